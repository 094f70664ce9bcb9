from collections.abc import Mapping

import pytest

from streams.domain.calendars import calendar_of
from streams.domain.comparisons import Subject, comparisons_at
from streams.domain.conditions import DaysSince, EventCount, ProfileField, SegmentReference
from streams.domain.evolve import counted
from streams.domain.facts import Facts
from streams.domain.faults import Place
from streams.domain.identities import EventName, SegmentId
from streams.domain.instants import DAY, Instant, parse_instant
from streams.domain.ranges import UNBOUNDED, Range
from streams.domain.state import Occurrence
from tests.domain.writing import facts

VISIT = EventName("visit")


@pytest.mark.parametrize(
    ("times", "matching"),
    [
        (Range(2, UNBOUNDED), [2, 3, 4]),
        (Range(0, 0), [0]),
        (Range(0, UNBOUNDED, frozenset({0})), [1, 2, 3, 4]),
        (Range(1, 4, frozenset({2, 3})), [1, 4]),
    ],
)
def test_count(times: Range, matching: list[int]) -> None:
    """A count is compared; who never did the event has count 0."""
    holds = EventCount(VISIT, times).predicate()
    counts = [number for number in range(1, 5) if holds(facts({"visit": (number, 0, 0)}))]
    assert ([0] if holds(facts()) else []) + counts == matching


def test_days_are_whole_days_elapsed() -> None:
    """Day n lasts from n times 24 hours after the occurrence until a millisecond before the next."""
    exactly_two = DaysSince(VISIT, "last", Range(2, 2)).predicate()
    instants = [2 * DAY - 1, 2 * DAY, 3 * DAY - 1, 3 * DAY]
    assert [exactly_two(facts({"visit": (1, 0, 0)}, now=now)) for now in instants] == [
        False,
        True,
        True,
        False,
    ]


def test_who_never_did_it_matches_no_days() -> None:
    """Neither more, nor less, nor other than any number of days."""
    for days in (Range(0, UNBOUNDED), Range(0, 4), Range(0, UNBOUNDED, frozenset({3}))):
        assert not DaysSince(VISIT, "last", days).predicate()(facts({"other": (1, 0, 0)}))


def test_an_occurrence_ahead_of_the_clock_is_on_day_zero() -> None:
    """A clock that lags a little behind the event counts no negative days."""
    ahead = facts({"visit": (1, 5000, 5000)}, now=0)
    assert DaysSince(VISIT, "last", Range(0, 0)).predicate()(ahead)
    assert DaysSince(VISIT, "last", Range(0, UNBOUNDED, frozenset({3}))).predicate()(ahead)
    assert not DaysSince(VISIT, "last", Range(0, UNBOUNDED, frozenset({0}))).predicate()(ahead)
    assert not DaysSince(VISIT, "last", Range(1, UNBOUNDED)).predicate()(ahead)
    assert not DaysSince(VISIT, "last", Range(0, -1)).predicate()(ahead)


def test_first_and_last_are_told_apart() -> None:
    """Days since the first occurrence look at the first, days since the last at the last."""
    known = facts({"visit": (2, 0, 5 * DAY)}, now=6 * DAY)
    assert DaysSince(VISIT, "first", Range(6, 6)).predicate()(known)
    assert DaysSince(VISIT, "last", Range(1, 1)).predicate()(known)


@pytest.mark.parametrize(
    ("held", "any_of"), [((), False), (("a",), True), (("b", "c"), True), (("c",), False)]
)
def test_reference(held: tuple[str, ...], any_of: bool) -> None:  # noqa: FBT001  the expected answer
    """One of the segments is enough for *in*; *not in* is its opposite."""
    named = frozenset(map(SegmentId, ("a", "b")))
    assert SegmentReference(named, inside=True).predicate()(facts(segments=held)) is any_of
    assert SegmentReference(named, inside=False).predicate()(facts(segments=held)) is not any_of


def test_what_a_condition_sees_now() -> None:
    """Each condition tells the value that it compares, and when time alone changes its answer next."""
    known = facts({"visit": (3, 0, DAY)}, segments=("b", "a"), now=4 * DAY)
    recency = DaysSince(VISIT, "last", Range(0, 4))
    assert (recency.value(known), recency.next_change(known)) == (3, 6 * DAY)
    assert (recency.value(facts()), recency.next_change(facts())) == (None, None)
    often = EventCount(VISIT, Range(2, UNBOUNDED))
    assert (often.value(known), often.value(facts()), often.next_change(known)) == (3, 0, None)
    among = SegmentReference(frozenset(map(SegmentId, ("a", "b", "c"))), inside=True)
    assert (among.value(known), among.next_change(known)) == (["a", "b"], None)


def visits(*instants: int, now: int) -> Facts:
    """What is known of who visited then."""
    occurrences: Mapping[EventName, Occurrence] = {}
    for at in instants:
        occurrences = counted(occurrences, VISIT, Instant(at))
    return facts(now=now)._replace(occurrences=occurrences)


def test_a_window_ends_today() -> None:
    """The last so many days by UTC, today included; what lies ahead of the clock is of today."""
    lately = EventCount(VISIT, Range(2, UNBOUNDED), within=3)
    happened = (0, DAY, DAY + 7, 2 * DAY - 1, 4 * DAY)
    counts = [
        lately.value(visits(*happened, now=now)) for now in (3 * DAY, 4 * DAY - 1, 4 * DAY, 6 * DAY, 7 * DAY)
    ]
    assert counts == [4, 4, 1, 1, 0]
    assert lately.predicate()(visits(*happened, now=3 * DAY))
    assert not lately.predicate()(visits(*happened, now=4 * DAY))


def test_a_window_changes_when_the_day_that_matters_leaves_it() -> None:
    """Not each day that leaves it matters; of who never did it none does, though the count be 0."""
    happened = (0, DAY, DAY, DAY, 2 * DAY)
    for times, change in (
        (Range(2, UNBOUNDED), 31 * DAY),
        (Range(5, 5), 30 * DAY),
        (Range(0, 0), 32 * DAY),
        (Range(0, 4), 30 * DAY),
        (Range(0, 9), None),
    ):
        condition = EventCount(VISIT, times, within=30)
        assert condition.next_change(visits(*happened, now=3 * DAY)) == change, times
    assert EventCount(VISIT, Range(0, 0), within=30).next_change(facts()) is None
    assert EventCount(VISIT, Range(0, 0), within=30).predicate()(facts())


def test_days_of_a_calendar() -> None:
    """The midnights of its zone since the occurrence, none for one that is still to come today."""
    warsaw = DaysSince(VISIT, "last", Range(1, 1), (), calendar_of("Europe/Warsaw"))
    late = parse_instant("2026-03-28T22:59:59Z")
    for now, days in (
        ("2026-03-28T22:59:59.999Z", 0),
        ("2026-03-28T23:00:00Z", 1),
        ("2026-03-29T22:00:00Z", 2),
    ):
        known = facts({"visit": (1, late, late)}, now=parse_instant(now))
        assert (warsaw.value(known), warsaw.predicate()(known)) == (days, days == 1)
    before = facts({"visit": (1, late, late)}, now=late - 2 * DAY)
    assert warsaw.value(before) == 0
    assert warsaw.next_change(before) == parse_instant("2026-03-28T23:00:00Z")
    assert warsaw.value(facts()) is None


def test_a_field_tells_its_value_and_its_next_change() -> None:
    """The soonest of those of its comparisons; none where no comparison speaks of now."""
    place = Place("segment", "s", (), [])
    written = {"conditions": {"$more_than_ago": [3], "$less_than_ago": [9], "$has_value": True}}
    moving = ProfileField(("birthdate",), comparisons_at(place, written, Subject("date")) or ())
    known = facts(profile={"birthdate": "1970-01-02"})
    assert (moving.value(known), moving.moves, moving.next_change(known)) == (
        "1970-01-02",
        True,
        Instant(DAY),
    )
    still = ProfileField(("birthdate",), moving.comparisons[2:])
    assert (still.moves, still.next_change(known)) == (False, None)
