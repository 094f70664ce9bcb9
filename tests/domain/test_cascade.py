"""Internal events are fed back to the customer of whom they tell."""

from typing import Any

import pytest

from streams.domain.advance import Transition, advance
from streams.domain.cards import held
from streams.domain.cascade import MOST_DEPTH
from streams.domain.definitions import Definition
from streams.domain.effects import (
    CascadeCut,
    Effect,
    MessageTriggered,
    PointsGranted,
    SegmentChanged,
    Unnumbered,
)
from streams.domain.events import Event
from streams.domain.identities import EventName
from streams.domain.instants import DAY, Instant
from streams.domain.record_ids import record_id
from streams.domain.signals import Occurred, Tick
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.domain.writing import CUSTOMER, compiled, definition, event, metric, segment

ENTERED, ADDED = "customer.segment.entered", "customer.voucher.loyalty_card.points_added"
SEEN = segment("seen", metric("visit.count", more_than=0))
ONLY_SOME = {
    "rules": {
        "1": {"name": "custom_event.metadata", "property": "points", "conditions": {"$more_than": [0]}}
    },
    "logic": "1",
}
"""Holds for all points that are granted, which no check of the definitions can know."""
FRESH = segment("fresh", metric("visit.last_occurred", less_than=1))


def message(name: str, trigger: str, **limits: Any) -> Definition:
    """A distribution on an event."""
    body = {"trigger": {"event": trigger}, "message": {"of": "{{event.name}}"}, "limits": limits}
    return definition("distribution", name, body)


def earning(name: str, trigger: str, **more: Any) -> Definition:
    """An earning rule on an event."""
    body = {"campaign": "club", "trigger": {"event": trigger}, "points": {"type": "fixed", "value": 1}}
    return definition("earning_rule", name, body | more)


def moved(*definitions: Definition, state: CustomerState = NEW_CUSTOMER, by: Event | int) -> Transition:
    """The customer after an event at its time, or a tick."""
    signal = Tick(CUSTOMER, Instant(by)) if isinstance(by, int) else Occurred(by, by.occurred_at)
    return advance(state, signal, compiled(*definitions))


def named(effects: tuple[Effect, ...]) -> list[str]:
    """Changes, messages and points, by the definitions that they come from."""
    names = []
    for effect in effects:
        if isinstance(effect, SegmentChanged):
            names.append(f"{effect.change} {effect.segment_id}")
        elif isinstance(effect, MessageTriggered):
            names.append(effect.distribution_id)
        elif isinstance(effect, PointsGranted):
            names.append(effect.earning_rule_id)
    return names


def test_internal_events_are_counted() -> None:
    """Each once, at the time of what it tells, whether or not anything looks."""
    state = moved(SEEN, by=event(at=5)).state
    assert {name: (one.count, one.last) for name, one in state.occurrences.items()} == {
        "visit": (1, 5),
        "customer.created": (1, 5),
        ENTERED: (1, 5),
    }


def test_they_are_decided_and_reacted_to_in_the_same_step() -> None:
    """A segment that counts entries is entered by another one's; its own entry is told in turn."""
    joiners = segment("joiners", metric(f"{ENTERED}.count", more_than=1))
    regulars = segment("regulars", metric(f"{ENTERED}.count", more_than=0))
    state, effects = moved(joiners, regulars, SEEN, by=event(at=5))
    assert named(effects) == ["entered seen", "entered regulars", "entered joiners"]
    assert state.occurrences[EventName(ENTERED)].count == 3
    assert state.segments.keys() == {"seen", "regulars", "joiners"}


def test_all_effects_of_a_moment_come_before_what_they_cause() -> None:
    """Breadth first: changes, messages and points of the event, then those of each internal event in order."""
    effects = moved(
        SEEN,
        segment("also", metric("visit.count", more_than=0)),
        message("on-entered", ENTERED),
        message("on-points", ADDED),
        earning("on-visit", "visit"),
        earning("when-entered", ENTERED),
        by=event(at=5),
    ).effects
    assert named(effects) == [
        *("entered also", "entered seen", "on-visit"),
        *("on-entered", "when-entered", "on-entered", "when-entered", "on-points"),
        *("on-points", "on-points"),
    ]
    numbers = [effect.sequence for effect in effects if not isinstance(effect, Unnumbered)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_what_follows_names_the_internal_event() -> None:
    """Message and change carry the internal event, and their ids are derived from it."""
    joined = segment("joined", metric(f"{ENTERED}.count", more_than=0))
    effects = moved(SEEN, joined, message("hello", ENTERED), by=event(at=5)).effects
    cause = record_id("segment", "seen", 1, CUSTOMER, "event:5:visit-5") + ".internal"
    change = next(one for one in effects if isinstance(one, SegmentChanged) and one.segment_id == "joined")
    sent = next(one for one in effects if isinstance(one, MessageTriggered))
    assert (change.event_id, change.cause, change.occurred_at) == (cause, "event", 5)
    assert change.id == record_id("segment", "joined", 1, CUSTOMER, f"internal:{cause}")
    assert sent.event is not None
    assert (sent.event.id, sent.event.name, sent.trigger) == (cause, ENTERED, "event")
    assert sent.event.metadata == {"segment_id": "seen", "segment_version": 1, "cause": "event"}


def test_created_and_updated_may_trigger() -> None:
    """A welcome to new customers, and a note when a profile changes."""
    rules = message("welcome", "customer.created"), message("changed", "customer.updated")
    state, first = moved(*rules, by=event(at=1))
    _, second = moved(*rules, state=state, by=event(at=2, profile={"email": "a@x"}))
    assert (named(first), named(second)) == (["welcome"], ["changed"])


def test_time_keeps_its_cause() -> None:
    """What follows from a deadline has cause time and the deadline's instant."""
    gone = segment("gone", metric("customer.segment.left.count", more_than=0))
    state, _ = moved(FRESH, gone, by=event(at=0))
    effects = moved(FRESH, gone, message("bye", "customer.segment.left"), state=state, by=DAY).effects
    changes = [
        (one.segment_id, one.change, one.cause, one.occurred_at)
        for one in effects
        if isinstance(one, SegmentChanged)
    ]
    assert changes == [("fresh", "left", "time", Instant(DAY)), ("gone", "entered", "time", Instant(DAY))]
    assert [one.cause for one in effects if isinstance(one, MessageTriggered)] == ["time"]


def test_a_backfill_sets_off_only_what_asks_for_it() -> None:
    """Counted and decided, but no message and no points unless ``on`` says so."""
    state, _ = moved(by=event(at=0))
    joined = segment("joined", metric(f"{ENTERED}.count", more_than=0))
    rules = (
        message("quiet", ENTERED),
        message("loud", ENTERED, on=["backfill"]),
        earning("when-entered", ENTERED),
        earning("whoever-was-in", ENTERED, limits={"on": ["backfill"]}),
    )
    after, effects = moved(SEEN, joined, *rules, state=state, by=7)
    every = ["loud", "whoever-was-in"]
    assert named(effects) == ["entered seen", "entered joined", *every, *every]
    assert after.occurrences[EventName(ENTERED)].count == 2


def test_what_is_fed_back_brings_deadlines() -> None:
    """A segment that time moves after an internal event is due in time, by an event and by a deadline."""
    newly = segment("newly", metric(f"{ENTERED}.last_occurred", less_than=2))
    state, effects = moved(SEEN, newly, by=event(at=5))
    assert named(effects) == ["entered seen", "entered newly"]
    assert state.due == 5 + 2 * DAY
    lapsed = segment("lapsed", metric("customer.segment.left.last_occurred", less_than=3))
    state, _ = moved(FRESH, lapsed, by=event(at=0))
    state, effects = moved(FRESH, lapsed, state=state, by=DAY)
    assert named(effects) == ["left fresh", "entered lapsed"]
    assert state.due == 4 * DAY


def test_a_cascade_without_end_is_cut() -> None:
    """Eight internal events may come of one another; the next is published, not fed back, and an effect says so."""
    again = earning("again", ADDED, validation_rule=ONLY_SOME)
    state, effects = moved(earning("first", "visit"), again, by=event(at=5))
    assert named(effects) == ["first", *["again"] * MOST_DEPTH]
    assert MOST_DEPTH == 8
    cut = effects[-1]
    assert isinstance(cut, CascadeCut)
    assert (cut.event.name, cut.event.metadata["balance"], cut.events) == (ADDED, 9, 1)
    assert state.occurrences[EventName(ADDED)].count == 8
    assert [one.card.balance for one in held(state.cards, CUSTOMER)] == [9]


def test_a_cascade_that_grows_without_bound_is_cut_too() -> None:
    """A dozen rules that set one another off would come to billions of events; they come to some thousands."""
    dozen = [earning(f"again-{number:02}", ADDED, validation_rule=ONLY_SOME) for number in range(12)]
    effects = moved(earning("first", "visit"), *dozen, by=event(at=5)).effects
    assert 1_000 < len(effects) < 30_000
    assert isinstance(effects[-1], CascadeCut)
    assert effects[-1].events > 1


@pytest.mark.parametrize("wide", [3_000])
def test_a_wide_moment_is_no_cascade(wide: int) -> None:
    """However many segments an event enters, each entry is fed back."""
    many = [segment(f"s{number}", metric("visit.count", more_than=0)) for number in range(wide)]
    state, effects = moved(*many, by=event(at=5))
    assert state.occurrences[EventName(ENTERED)].count == wide
    assert not any(isinstance(effect, CascadeCut) for effect in effects)
