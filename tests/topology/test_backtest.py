"""Histories are decided in the right order: events by time, deadlines at their own instants."""

from collections.abc import Mapping

from streams.domain.definitions import Definition, EventShape
from streams.domain.effects import MessageTriggered, SegmentChanged
from streams.domain.events import Event, JsonValue
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import DAY, Instant
from streams.domain.internal_names import POINTS_ADDED
from streams.domain.ruleset import Ruleset, compile_ruleset
from topology.backtest import Outcome, in_order, run

EVENTS = {EventName("visit"): EventShape({}, additional=False)}


def event(customer: str, day: float, id_: str = "") -> Event:
    """A visit of a customer on a day counted from 1970."""
    at = Instant(int(day * DAY))
    return Event(
        EventId(id_ or f"{customer}-{day}"), EventName("visit"), CustomerId(customer), at, {}, {}, None
    )


def segment(name: str, metric: str, conditions: Mapping[str, object]) -> Definition:
    """A segment with one condition on visits."""
    filter_ = {"junction": "and", f"events.visit.{metric}": {"conditions": conditions}}
    return Definition("segment", name, 1, {"kind": "segment", "id": name, "filter": filter_})


def rules(*definitions: Definition) -> Ruleset:
    """A ruleset with the clock of a history."""
    return compile_ruleset(definitions, EVENTS, clock="stream")


LAPSED = rules(segment("lapsed", "last_occurred", {"$more_than_or_equal": [30]}))


def decide(ruleset: Ruleset, *events: Event, until: float) -> Outcome:
    """Run these events up to a day."""
    return run(in_order(events), ruleset, profiles={}, until=Instant(int(until * DAY)))


def changes(outcome: Outcome) -> list[tuple[float, str, str, str]]:
    """Day, customer, change and cause of what was decided, in order."""
    return [
        (each.occurred_at / DAY, each.customer_id, each.effect.change, each.effect.cause)
        for each in outcome.decided
        if isinstance(each.effect, SegmentChanged)
    ]


def test_a_deadline_between_events_is_taken_at_its_own_instant() -> None:
    """Thirty days after the first visit the customer lapses; the second visit ends that."""
    outcome = decide(LAPSED, event("c", 1), event("c", 100), until=100)
    assert changes(outcome) == [(31, "c", "entered", "time"), (100, "c", "left", "event")]


def test_a_deadline_comes_before_an_event_of_the_same_instant() -> None:
    """On day 31 the customer lapses and then comes back."""
    outcome = decide(LAPSED, event("c", 1), event("c", 31), until=31)
    assert changes(outcome) == [(31, "c", "entered", "time"), (31, "c", "left", "event")]


def test_time_passes_up_to_the_end_and_the_end_included() -> None:
    """A deadline at the very end takes effect, one a millisecond later does not."""
    assert changes(decide(LAPSED, event("c", 1), until=31)) == [(31, "c", "entered", "time")]
    assert changes(decide(LAPSED, event("c", 1), until=31 - 1 / DAY)) == []


def test_what_is_decided_is_ordered_by_time_then_customer() -> None:
    """Customers are moved on one by one, yet what comes out is in the order of occurrence."""
    outcome = decide(LAPSED, event("z", 1), event("b", 2), event("a", 2), event("z", 50), until=60)
    assert changes(outcome) == [
        (31, "z", "entered", "time"),
        (32, "a", "entered", "time"),
        (32, "b", "entered", "time"),
        (50, "z", "left", "event"),
    ]


def test_events_are_taken_by_time_and_of_one_instant_as_they_came() -> None:
    """Sorting keeps the order of the file where times are equal."""
    taken = in_order([event("c", 2, "late"), event("c", 1, "first"), event("c", 1, "second")])
    assert [each.id for each in taken] == ["first", "second", "late"]


def test_an_event_with_an_id_seen_before_is_a_duplicate() -> None:
    """It is counted as such and changes nothing."""
    outcome = decide(LAPSED, event("c", 1, "same"), event("c", 1.5, "same"), until=2)
    assert (outcome.applied, outcome.duplicates) == (2, 1)
    assert outcome.states[CustomerId("c")].occurrences[EventName("visit")].count == 1


def test_a_deadline_is_news_at_its_own_instant_however_late_the_next_event() -> None:
    """The message of a deadline is sent although the customer comes back a year later; max_age is 3 days."""
    message = {"channel": "email", "template": "miss-you"}
    body = {"kind": "distribution", "id": "d", "trigger": {"segment_entered": "lapsed"}, "message": message}
    ruleset = rules(
        segment("lapsed", "last_occurred", {"$more_than_or_equal": [30]}),
        Definition("distribution", "d", 1, {**body, "status": "live"}),
    )
    outcome = decide(ruleset, event("c", 1), event("c", 400), until=400)
    sent = [each.occurred_at / DAY for each in outcome.decided if isinstance(each.effect, MessageTriggered)]
    assert sent == [31]


def test_a_profile_is_known_before_the_first_event_and_decides_nothing_alone() -> None:
    """Segments over the profile are entered with the first event; a customer without events enters none."""
    filter_ = {"junction": "and", "metadata.club": {"conditions": {"$is": ["gold"]}}}
    body = {"kind": "segment", "id": "gold", "filter": filter_}
    ruleset = rules(Definition("segment", "gold", 1, body))
    gold: JsonValue = {"club": "gold"}
    profiles = {CustomerId(name): {"metadata": gold} for name in ("c", "silent")}
    outcome = run([event("c", 1)], ruleset, profiles=profiles, until=Instant(10 * DAY))
    assert changes(outcome) == [(1, "c", "entered", "event")]


def test_a_cascade_without_end_is_told() -> None:
    """The internal event that was not fed back stands beside what was decided, as on a worker."""
    points = {"campaign": "club", "points": {"type": "fixed", "value": 1}}
    rules = {
        "1": {"name": "custom_event.metadata", "property": "points", "conditions": {"$is": [1]}},
        "logic": "1",
    }
    again = {"trigger": {"event": POINTS_ADDED}, "validation_rule": rules, **points}
    ruleset = compile_ruleset(
        [
            Definition("earning_rule", "first", 1, {"trigger": {"event": "visit"}, **points}),
            Definition("earning_rule", "again", 1, again),
        ],
        {**EVENTS, POINTS_ADDED: EventShape({"points": "number"}, additional=True)},
        clock="stream",
    )
    outcome = decide(ruleset, event("c", 1), until=1)
    assert [cut.event.metadata["balance"] for cut in outcome.cut] == [9]
    assert len(outcome.decided) == 9
