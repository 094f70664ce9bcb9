import pytest

from streams.domain.instants import format_instant, parse_instant


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-02", 86_400_000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:00.250", 250),
        ("2028-02-29T12:00:00Z", 1_835_438_400_000),
        ("1969-12-31T23:59:59.999Z", -1),
    ],
)
def test_reading(written: str, instant: int) -> None:
    """RFC 3339 and ISO dates are read to the millisecond; without an offset they are UTC."""
    assert parse_instant(written) == instant


@pytest.mark.parametrize("written", ["", "yesterday", "2026-02-30", "1764000000"])
def test_what_is_no_instant(written: str) -> None:
    """Anything else is refused."""
    with pytest.raises(ValueError, match=r".*"):
        parse_instant(written)


@pytest.mark.parametrize("written", ["2026-11-23T10:00:00Z", "1969-07-20T20:17:40.123Z"])
def test_writing_reads_back(written: str) -> None:
    """Whole seconds are written without a fraction, others with milliseconds."""
    assert format_instant(parse_instant(written)) == written
