import pytest

from streams.domain.durations import duration_at, parse_duration
from streams.domain.faults import Place

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        ("P7D", 7 * 24 * HOUR),
        ("P2W", 14 * 24 * HOUR),
        ("PT36H", 36 * HOUR),
        ("P1DT12H30M5S", 36 * HOUR + 30 * 60_000 + 5_000),
        ("PT0S", 0),
    ],
)
def test_reading(written: str, milliseconds: int) -> None:
    """Weeks, days, hours, minutes and seconds add up."""
    assert parse_duration(written) == milliseconds


@pytest.mark.parametrize(
    "written", ["", "P", "PT", "P1M", "P1Y", "P1DT", "7D", "P-1D", "P1.5D", "p7d", "P٣D"]
)
def test_what_is_no_duration(written: str) -> None:
    """What has no fixed length, or is written in another way, is refused."""
    with pytest.raises(ValueError, match=r".*"):
        parse_duration(written)


def test_the_longest_duration() -> None:
    """An instant that lies so far ahead of an event can still be written."""
    place = Place("distribution", "d", ("limits", "max_age"), [])
    assert duration_at(place, "P1000000D") == 1_000_000 * 24 * HOUR


@pytest.mark.parametrize("written", ["PT0S", "P1M", 7, None, "P1000000DT1S", "P999999W"])
def test_a_definition_needs_a_real_duration(written: object) -> None:
    """In a definition, a duration that is nothing or without end, or none at all, is a fault with its place."""
    place = Place("distribution", "d", ("limits", "cooldown"), [])
    assert duration_at(place, written) is None
    assert [fault.path for fault in place.noted] == [("limits", "cooldown")]
