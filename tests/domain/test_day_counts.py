from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.day_counts import KEPT_DAYS, counts_since, with_one_more
from streams.domain.instants import DAY

DAYS = st.one_of(st.integers(0, 30), st.integers(0, 1200), st.integers(65_530, 65_540), st.integers(-3, 3))


def counted(*days: int) -> bytes:
    """The counts after an occurrence on each of these days."""
    kept = b""
    for day in days:
        kept = with_one_more(kept, day * DAY + day % 1000)
    return kept


def entries(kept: bytes) -> list[tuple[int, int]]:
    """All days with their counts."""
    return list(counts_since(kept, 0))


def test_an_entry_takes_four_bytes() -> None:
    """Day number and count, two bytes each, the newest last."""
    assert counted(1, 258, 258) == bytes([0, 1, 0, 1, 1, 2, 0, 2])


def test_a_late_event_lands_on_its_own_day() -> None:
    """Between the days that are there, or on one of them."""
    assert entries(counted(5, 9, 7, 5, 9, 3)) == [(3, 1), (5, 2), (7, 1), (9, 2)]


@pytest.mark.parametrize(("instant", "day"), [(0, 0), (DAY - 1, 0), (DAY, 1), (65_536 * DAY - 1, 65_535)])
def test_days_are_those_of_utc(instant: int, day: int) -> None:
    """A day lasts from midnight to the millisecond before the next."""
    assert entries(with_one_more(b"", instant)) == [(day, 1)]


def test_a_day_is_forgotten_when_it_is_no_longer_among_the_newest() -> None:
    """The newest day and the 399 before it are kept, whatever happened in between."""
    assert entries(counted(100, 101, 499)) == [(100, 1), (101, 1), (499, 1)]
    assert entries(counted(100, 101, 500)) == [(101, 1), (500, 1)]
    assert entries(counted(100, 101, 2000)) == [(2000, 1)]
    assert entries(counted(500, 100)) == [(500, 1)]
    assert entries(counted(500, 101)) == [(101, 1), (500, 1)]


@pytest.mark.parametrize("day", [-1, 65_536, -(1 << 40), 1 << 40])
def test_a_day_that_two_bytes_do_not_hold_is_not_kept(day: int) -> None:
    """Nothing is kept of it, and what was there stays."""
    assert counted(day) == b""
    assert counted(1, day, 2) == counted(1, 2)


def test_a_count_stops_at_what_two_bytes_hold() -> None:
    """A day with more occurrences keeps 65,535, as the newest day and as an earlier one."""
    full = counted(7)[:2] + b"\xff\xfe"
    for _ in range(3):
        full = with_one_more(full, 7 * DAY)
    assert entries(full) == [(7, 65_535)]
    late = full + counted(9)
    for _ in range(3):
        late = with_one_more(late, 7 * DAY)
    assert entries(late) == [(7, 65_535), (9, 1)]


@given(st.lists(DAYS, max_size=40), st.integers(-5, 1300))
def test_counts_are_those_of_the_kept_days(days: list[int], first: int) -> None:
    """In any order of coming, the days still kept have all that occurred on them since they were last kept."""
    seen = list[int]()
    for day in days:
        if 0 <= day <= 65_535:
            newest = max([*seen, day])
            seen = [one for one in [*seen, day] if one > newest - KEPT_DAYS]
    assert list(counts_since(counted(*days), first)) == sorted(
        (day, times) for day, times in Counter(seen).items() if day >= first
    )
    assert len(counted(*days)) <= 4 * KEPT_DAYS
