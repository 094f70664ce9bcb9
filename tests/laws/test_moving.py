"""Conditions that time moves, each for itself: what it says at any instant, and when it says otherwise."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.calendars import calendar_of
from streams.domain.comparisons import Subject, comparisons_at
from streams.domain.conditions import DaysSince, EventCount, ProfileField
from streams.domain.evolve import counted
from streams.domain.facts import Facts
from streams.domain.faults import Place
from streams.domain.identities import EventName
from streams.domain.instants import Instant
from streams.domain.ranges import Range
from streams.domain.state import Occurrence
from tests.laws.histories import CUSTOMER, DATED, DATES
from tests.laws.oracle import BASE, DAY, ZONES, date_holds, turning_points

NOWS = st.builds(
    lambda quarters, beside: BASE + quarters * DAY // 96 + beside, st.integers(0, 25 * 96), st.integers(-1, 1)
)
ANY_ZONE = st.sampled_from([None, None, *ZONES])
RANGES = st.builds(Range, st.integers(0, 4), st.integers(0, 6), st.frozensets(st.integers(0, 5), max_size=2))
VISIT = EventName("visit")


def known(now: int, profile: Mapping[str, Any] | None = None, instants: list[int] | None = None) -> Facts:
    """What is known of the customer."""
    occurrences: Mapping[EventName, Occurrence] = {}
    for at in instants or []:
        occurrences = counted(occurrences, VISIT, Instant(at))
    return Facts(CUSTOMER, occurrences, profile or {}, {}, Instant(now), None)


def stays_until_told(
    condition: DaysSince | EventCount | ProfileField, facts: Facts, points: list[int]
) -> None:
    """The answer is the same at every instant of ``points``, and just before and after it, until the one foretold."""
    holds, change = condition.predicate(), condition.next_change(facts)
    assert change is None or change > facts.now
    answer = holds(facts)
    for point in points:
        for at in (point - 1, point, point + 1):
            if at > facts.now and (change is None or at < change):
                assert holds(facts._replace(now=Instant(at))) is answer, (at, change)
    if change is not None:
        assert holds(facts._replace(now=Instant(change - 1))) is answer


@settings(max_examples=200, deadline=None)
@given(DATED, DATES, NOWS, ANY_ZONE)
def test_a_date_is_compared_with_now(written: dict[str, Any], value: str, now: int, zone: str | None) -> None:
    """At each instant at which it may change, and beside it, a condition says what counting by hand says."""
    subject = Subject("datetime", calendar_of(zone) if zone else None)
    comparisons = comparisons_at(Place("segment", "s", (), []), written, subject)
    assert comparisons is not None
    holds, facts = ProfileField(("birthdate",), comparisons).predicate(), known(now, {"birthdate": value})
    for point in turning_points([now], [value], now - 20 * DAY, now + 20 * DAY):
        for at in (point - 1, point, point + 1):
            assert holds(facts._replace(now=Instant(at))) is date_holds(
                value, written["conditions"], at, zone
            )


@settings(max_examples=200, deadline=None)
@given(DATED, DATES, NOWS, ANY_ZONE)
def test_a_date_changes_its_answer_when_told(
    written: dict[str, Any], value: str, now: int, zone: str | None
) -> None:
    """Up to the next change the answer of a date stays, and of a single operator it differs from then on."""
    subject = Subject("datetime", calendar_of(zone) if zone else None)
    comparisons = comparisons_at(Place("segment", "s", (), []), written, subject)
    assert comparisons is not None
    field, facts = ProfileField(("birthdate",), comparisons), known(now, {"birthdate": value})
    stays_until_told(field, facts, turning_points([], [value], now, now + 40 * DAY))
    change = field.next_change(facts)
    if change is not None and len(comparisons) == 1:
        holds = field.predicate()
        assert holds(facts._replace(now=change)) is not holds(facts)


@settings(max_examples=200, deadline=None)
@given(st.lists(NOWS, min_size=1, max_size=6), RANGES, NOWS, ANY_ZONE, st.sampled_from(["first", "last"]))
def test_days_since_change_their_answer_when_told(
    instants: list[int], days: Range, now: int, zone: str | None, side: Any
) -> None:
    """Up to the next change the answer stays, and it differs from then on; also for what is ahead of the clock."""
    condition = DaysSince(VISIT, side, days, (), calendar_of(zone) if zone else None)
    facts = known(now, instants=instants)
    stays_until_told(condition, facts, turning_points(instants, [], now, now + 30 * DAY))
    change, holds = condition.next_change(facts), condition.predicate()
    assert change is None or holds(facts._replace(now=change)) is not holds(facts)


@settings(max_examples=200, deadline=None)
@given(st.lists(NOWS, min_size=1, max_size=9), RANGES, NOWS, st.integers(1, 20))
def test_a_window_changes_its_answer_when_told(
    instants: list[int], times: Range, now: int, within: int
) -> None:
    """Up to the next change the answer stays, and it differs from then on; the count is that of the last days."""
    condition, facts = EventCount(VISIT, times, (), within), known(now, instants=instants)
    assert condition.value(facts) == sum(now // DAY - at // DAY < within for at in instants)
    stays_until_told(condition, facts, turning_points(instants, [], now, now + 40 * DAY))
    change, holds = condition.next_change(facts), condition.predicate()
    assert change is None or holds(facts._replace(now=change)) is not holds(facts)
