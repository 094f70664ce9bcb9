"""RFC 3339, and nothing looser."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.instants import EARLIEST, LATEST, date_of, days_of, format_instant, is_date, parse_instant
from streams.domain.instants import Instant
from streams.domain.instants import format_instant as format_in_the_heart


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01 00:00:00Z", 0),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("1969-12-31T23:59:59.9999Z", -1),
        ("1970-01-01T00:00:00.0019999999Z", 1),
        ("2026-11-23T10:00:00Z", 1_795_428_000_000),
        ("2026-11-23T10:00:00-00:00", 1_795_428_000_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ],
)
def test_what_is_an_instant(text: str, instant: int) -> None:
    """Any offset, any precision, cut down to the millisecond."""
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-23",
        "2026-11-23T10:00:00",
        "2026-11-23T10:00Z",
        "20261123T100000Z",
        "2026-W47-1T10:00:00Z",
        "2026-11-23T10:00:00,5Z",
        "2026-11-23T10:00:00.Z",
        "2026-11-23T10:00:00+0200",
        "2026-11-23T10:00:00+02:00:30",
        "2026-11-23T10:00:00+25:00",
        "2026-11-23T24:00:00Z",
        "2026-02-30T10:00:00Z",
        " 2026-11-23T10:00:00Z",
        "2026-11-23T10:00:00Z\n",
        "\uff12026-11-23T10:00:00Z",
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:59:59-02:00",
        "now",
    ],
)
def test_what_is_none(text: str) -> None:
    """Other forms of ISO 8601, missing offsets, days that do not exist, years beyond 1 to 9999."""
    assert parse_instant(text) is None


@given(st.integers(EARLIEST, LATEST))
def test_writing_is_the_inverse_of_reading(instant: int) -> None:
    """Every instant is written so that it is read again, and as the heart writes it."""
    assert parse_instant(format_instant(instant)) == instant
    assert format_instant(instant) == format_in_the_heart(Instant(instant))


@given(st.datetimes(timezones=st.just(UTC)))
def test_reading_agrees_with_the_calendar(moment: datetime) -> None:
    """An instant is the whole milliseconds since 1970."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    expected = since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
    assert parse_instant(moment.isoformat()) == expected


@pytest.mark.parametrize(("text", "days"), [("1970-01-01", 0), ("1969-12-31", -1), ("2000-03-01", 11017)])
def test_dates_are_days(text: str, days: int) -> None:
    """Days since 1970, in both directions."""
    assert is_date(text)
    assert days_of(text) == days
    assert date_of(days) == text


@pytest.mark.parametrize("days", [-719_163, 2_932_897, 2**31 - 1, -(2**31)])
def test_days_of_no_calendar(days: int) -> None:
    """Outside the years 1 to 9999 there is no date."""
    assert date_of(days) is None
