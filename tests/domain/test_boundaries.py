from streams.domain.boundaries import NO_BOUNDARIES, Boundaries, Boundary, merged, moved, next_change
from streams.domain.calendars import calendar_of
from streams.domain.conditions import DaysSince, EventCount, SegmentReference
from streams.domain.identities import EventName, SegmentId
from streams.domain.instants import DAY, Instant
from streams.domain.ranges import UNBOUNDED, Range
from tests.domain.writing import facts

VISIT = EventName("visit")
RECENT = DaysSince(VISIT, "last", Range(0, 4))
ALWAYS = DaysSince(VISIT, "first", Range(0, UNBOUNDED))
OFTEN = EventCount(VISIT, Range(2, UNBOUNDED))
OFTEN_LATELY = EventCount(VISIT, Range(2, UNBOUNDED), (), 7)


def test_only_what_time_moves_has_a_boundary() -> None:
    """Days and windows end; any number of days does not, nor does a count, nor what is said of segments."""
    reference = SegmentReference(frozenset({SegmentId("s")}), inside=True)
    assert moved([RECENT, ALWAYS, OFTEN, OFTEN_LATELY, reference]) == (RECENT, OFTEN_LATELY)


def test_boundaries_of_one_event_are_merged() -> None:
    """Each event and side occurs once, with the offsets of all its conditions in order."""
    later = DaysSince(VISIT, "last", Range(2, 4))
    first = DaysSince(VISIT, "first", Range(9, UNBOUNDED))
    assert merged([RECENT, later, first]) == Boundaries(
        (Boundary(VISIT, "first", (9 * DAY,)), Boundary(VISIT, "last", (2 * DAY, 5 * DAY))), ()
    )


def test_what_counts_no_elapsed_days_stands_for_itself() -> None:
    """Days of a calendar and windows have no fixed offset from an occurrence, so each is asked."""
    at_midnight = DaysSince(VISIT, "last", Range(0, 4), (), calendar_of("Europe/Warsaw"))
    assert merged([at_midnight, RECENT, OFTEN_LATELY]) == Boundaries(
        (Boundary(VISIT, "last", (5 * DAY,)),), (at_midnight, OFTEN_LATELY)
    )


def test_nothing_is_always_the_same() -> None:
    """Where nothing moves, that can be told without looking into it."""
    assert merged([]) is NO_BOUNDARIES


def test_the_next_change_lies_strictly_ahead() -> None:
    """Of all boundaries the soonest after now; none for events that never occurred or are long past."""
    elapsed = (
        Boundary(VISIT, "first", (10, 20)),
        Boundary(VISIT, "last", (15,)),
        Boundary(EventName("x"), "last", (1,)),
    )
    boundaries, known = Boundaries(elapsed, ()), {"visit": (2, 100, 200)}
    assert next_change(boundaries, facts(known, now=100)) == 110
    assert next_change(boundaries, facts(known, now=110)) == 120
    assert next_change(boundaries, facts(known, now=120)) == 215
    assert next_change(boundaries, facts(known, now=215)) is None
    assert next_change(boundaries, facts(now=0)) is None


def test_the_next_change_is_the_soonest_of_both_sorts() -> None:
    """Midnights and elapsed days are looked at together."""
    at_midnight = DaysSince(VISIT, "last", Range(0, 0), (), calendar_of("UTC"))
    both = merged([at_midnight, DaysSince(VISIT, "first", Range(0, 0))])
    noon = DAY // 2
    known = {"visit": (1, noon, noon)}
    assert next_change(both, facts(known, now=noon)) == Instant(DAY)
    assert next_change(both, facts(known, now=DAY)) == Instant(DAY + noon)
