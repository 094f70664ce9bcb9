"""What Tidemark tells of a customer as events: names, attributes, ids."""

from typing import Any

from streams.domain.advance import advance
from streams.domain.effects import Effect
from streams.domain.events import Event
from streams.domain.instants import DAY, Instant
from streams.domain.internal_events import event_of, name_of
from streams.domain.record_ids import record_id
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Occurred
from streams.domain.state import NEW_CUSTOMER
from tests.domain.writing import CUSTOMER, compiled, definition, event, metric, segment

NOTHING = compiled()


def told(ruleset: Ruleset, *events: Event, times: int = 1) -> list[Event]:
    """The internal events that events cause, all in the order of the effects."""
    effects: list[Effect] = []
    state = NEW_CUSTOMER
    for one in events:
        for _ in range(times):
            state, caused = advance(state, Occurred(one, one.occurred_at), ruleset)
            effects += caused
    return [event_of(CUSTOMER, effect) for effect in effects if name_of(effect)]  # type: ignore[arg-type]


def written(events: list[Event]) -> list[tuple[str, dict[str, Any], int]]:
    """Name, attributes and time of each."""
    return [(one.name, dict(one.metadata), one.occurred_at) for one in events]


def test_a_customer_is_created_once() -> None:
    """By the first event, at its time; the profile that comes with it is no change."""
    first = event(at=5, profile={"name": "Ann"})
    assert written(told(NOTHING, first, event(at=9))) == [("customer.created", {"by": "visit"}, 5)]


def test_an_update_tells_the_fields_that_changed() -> None:
    """Ascending, those of metadata and address one by one; fields that stay, and no change at all, are not told."""
    known = {"name": "Ann", "email": "a@x", "metadata": {"level": 1, "plan": "gold", "old": True}}
    change = {"email": None, "name": "Ann", "metadata": {"plan": "silver", "new": 2, "old": None}}
    told_of = told(
        NOTHING, event(at=1, profile=known), event(at=2, profile=known), event(at=3, profile=change)
    )
    fields = ["email", "metadata.new", "metadata.old", "metadata.plan"]
    assert written(told_of)[1:] == [("customer.updated", {"fields": fields}, 3)]


def test_metadata_may_go_as_a_whole() -> None:
    """Each field that was in it has changed."""
    gone = told(
        NOTHING,
        event(at=1, profile={"metadata": {"a": 1, "b": 2}}),
        event(at=2, profile={"metadata": {"a": None, "b": None}}),
    )
    assert gone[-1].metadata == {"fields": ["metadata.a", "metadata.b"]}


def test_a_custom_event_is_told_while_something_looks_at_it() -> None:
    """It would only repeat the topic of custom events; internal events are no custom ones."""
    looking = compiled(segment("busy", metric("customer.custom_event.count", more_than=9)))
    events = told(looking, event(at=1), event("customer.order.paid", at=2))
    assert [one.name for one in events] == ["customer.created", "customer.custom_event"]
    assert events[1].metadata == {"event": "visit", "event_id": "visit-1"}


def test_a_distribution_looks_as_well() -> None:
    """A trigger is a look."""
    body = {"trigger": {"event": "customer.custom_event"}, "message": {}}
    looking = compiled(definition("distribution", "echo", body))
    assert [one.name for one in told(looking, event(at=1))] == ["customer.created", "customer.custom_event"]


def test_ids_are_derived_from_what_caused_them() -> None:
    """The same after any replay; an event that comes twice tells nothing twice."""
    entered = compiled(segment("s", metric("visit.count", more_than=0)))
    created, change = told(entered, event(at=5), times=2)
    cause = "event:5:visit-5"
    assert created.id == record_id("internal_event", "customer.created", 1, CUSTOMER, cause) + ".internal"
    assert change.id == record_id("segment", "s", 1, CUSTOMER, cause) + ".internal"


def test_what_time_changes_is_told_at_its_own_time() -> None:
    """Leaving by time is dated by the deadline, and says so."""
    fresh = compiled(segment("fresh", metric("visit.last_occurred", less_than=1)))
    events = told(fresh, event(at=0), event("review", at=3 * DAY))
    assert written(events)[-1] == (
        "customer.segment.left",
        {"segment_id": "fresh", "segment_version": 1, "cause": "time"},
        Instant(DAY),
    )
