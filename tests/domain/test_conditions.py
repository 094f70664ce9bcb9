import pytest

from streams.domain.conditions import Boundary, DaysSince, EventCount, SegmentReference, merged, next_change
from streams.domain.identities import EventName, SegmentId
from streams.domain.instants import DAY
from streams.domain.ranges import UNBOUNDED, Range
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


def test_first_and_last_are_told_apart() -> None:
    """Days since the first occurrence look at the first, days since the last at the last."""
    known = facts({"visit": (2, 0, 5 * DAY)}, now=6 * DAY)
    assert DaysSince(VISIT, "first", Range(6, 6)).predicate()(known)
    assert DaysSince(VISIT, "last", Range(1, 1)).predicate()(known)


def test_boundaries_stand_where_days_are_crossed() -> None:
    """Time changes the answer after the days at which a range begins and ends."""
    assert DaysSince(VISIT, "last", Range(2, 4)).boundary() == Boundary(VISIT, "last", (2 * DAY, 5 * DAY))
    assert DaysSince(VISIT, "first", Range(0, UNBOUNDED)).boundary().offsets == ()


def test_boundaries_of_one_event_are_merged() -> None:
    """Each event and side occurs once, with all offsets in order; sides without offsets do not occur."""
    first, last = Boundary(VISIT, "first", (5,)), Boundary(VISIT, "last", (7, 9))
    assert merged([last, Boundary(VISIT, "last", (3, 7)), first, Boundary(EventName("x"), "last", ())]) == (
        first,
        Boundary(VISIT, "last", (3, 7, 9)),
    )


@pytest.mark.parametrize(
    ("held", "any_of"), [((), False), (("a",), True), (("b", "c"), True), (("c",), False)]
)
def test_reference(held: tuple[str, ...], any_of: bool) -> None:  # noqa: FBT001  the expected answer
    """One of the segments is enough for *in*; *not in* is its opposite."""
    named = frozenset(map(SegmentId, ("a", "b")))
    assert SegmentReference(named, inside=True).predicate()(facts(segments=held)) is any_of
    assert SegmentReference(named, inside=False).predicate()(facts(segments=held)) is not any_of


def test_the_next_change_lies_strictly_ahead() -> None:
    """Of all boundaries the soonest after now; none for events that never occurred or are long past."""
    boundaries = (
        Boundary(VISIT, "first", (10, 20)),
        Boundary(VISIT, "last", (15,)),
        Boundary(EventName("x"), "last", (1,)),
    )
    known = {"visit": (2, 100, 200)}
    assert next_change(boundaries, facts(known, now=100)) == 110
    assert next_change(boundaries, facts(known, now=110)) == 120
    assert next_change(boundaries, facts(known, now=120)) == 215
    assert next_change(boundaries, facts(known, now=215)) is None
    assert next_change(boundaries, facts(now=0)) is None


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
