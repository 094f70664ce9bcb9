"""Short ways to write definitions, events and rulesets in the tests of the heart."""

from collections.abc import Mapping
from typing import Any

from streams.domain.advance import advance
from streams.domain.definitions import Definition, DefinitionError, EventShape, Fault, Kind
from streams.domain.effects import Effect, InternalOccurred
from streams.domain.events import Event
from streams.domain.facts import Facts
from streams.domain.identities import CustomerId, EventId, EventName, SegmentId
from streams.domain.instants import Instant
from streams.domain.internal_names import CREATED, CUSTOM_EVENT, ENTERED, LEFT, POINTS_ADDED, UPDATED
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.signals import Occurred, Tick
from streams.domain.state import CustomerState, Membership, Occurrence

CUSTOMER = CustomerId("c-42")
EVENTS = {
    EventName("visit"): EventShape({}, additional=True),
    **dict.fromkeys(
        (CREATED, UPDATED, CUSTOM_EVENT, ENTERED, LEFT, POINTS_ADDED), EventShape({}, additional=True)
    ),
    EventName("review"): EventShape({"rating": "number", "text": "text", "tags": "list"}, additional=False),
}


def segment(
    name: str, body: Mapping[str, Any] | str | None = None, /, version: int = 1, **more: Any
) -> Definition:
    """A segment with this filter."""
    return definition("segment", name, {**({} if body is None else {"filter": body}), **more}, version)


def definition(kind: Kind, name: str, body: Mapping[str, Any], version: int = 1) -> Definition:
    """Any definition."""
    return Definition(kind, name, version, {"kind": kind, "id": name, **body})


def metric(name: str, **conditions: int) -> dict[str, Any]:
    """One condition on an event, such as ``metric("visit.count", more_than=1)``."""
    return {
        f"events.{name}": {"conditions": {f"${operator}": [value] for operator, value in conditions.items()}}
    }


def compiled(*definitions: Definition) -> Ruleset:
    """The ruleset of these definitions over ``EVENTS``."""
    return compile_ruleset(definitions, EVENTS)


def faults_of(*definitions: Definition) -> list[Fault]:
    """The faults for which these definitions are refused; none if they are not."""
    try:
        compiled(*definitions)
    except DefinitionError as error:
        return list(error.faults)
    return []


def event(name: str = "visit", at: int = 0, event_id: str | None = None, **more: Any) -> Event:
    """An event of the customer; its id says what and when unless given."""
    identity = EventId(event_id or f"{name}-{at}")
    metadata, profile = more.get("metadata", {}), more.get("profile", {})
    return Event(identity, EventName(name), CUSTOMER, Instant(at), metadata, profile, None)


def after(state: CustomerState, ruleset: Ruleset, *steps: Event | int) -> tuple[CustomerState, list[Effect]]:
    """State and effects after events, each when it occurs, and after ticks of the clock.

    Left out is what is told of the customer alone: that there is one, or another profile.
    """
    effects: list[Effect] = []
    for step in steps:
        signal = Tick(CUSTOMER, Instant(step)) if isinstance(step, int) else Occurred(step, step.occurred_at)
        state, caused = advance(state, signal, ruleset)
        effects += (effect for effect in caused if not isinstance(effect, InternalOccurred))
    return state, effects


def facts(
    occurrences: Mapping[str, tuple[int, int, int]] | None = None,
    profile: Mapping[str, Any] | None = None,
    segments: tuple[str, ...] = (),
    now: int = 0,
    of: Event | None = None,
) -> Facts:
    """What is known of the customer: (count, first, last) by event, profile, segments."""
    counted = {
        EventName(k): Occurrence(n, Instant(a), Instant(b)) for k, (n, a, b) in (occurrences or {}).items()
    }
    held = {SegmentId(name): Membership(1, Instant(0)) for name in segments}
    return Facts(CUSTOMER, counted, profile or {}, held, Instant(now), of)
