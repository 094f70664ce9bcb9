"""Runs the pure heart over a history: what would have been decided, had it been in force then.

Decides the order of things: events by their time, then as they stand in the file; a customer's deadlines
before the event of the same instant, each taken at its own instant; the remaining deadlines at the end. The
clock is the history's own. Knows nothing of files and Kafka; records are written by whoever asked.

Customers do not influence each other, so each is moved on only when an event of its own comes, and once at
the end. What comes out is ordered afterwards.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from streams.domain.advance import advance
from streams.domain.effects import CascadeCut, DuplicateDropped, Effect, PointsRefused, Published
from streams.domain.events import Event, JsonValue
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Occurred, Tick
from streams.domain.state import NEW_CUSTOMER, CustomerState

Profiles = Mapping[CustomerId, Mapping[str, JsonValue]]


class Decided(NamedTuple):
    """One thing that was decided; sorts by occurrence, then customer, then sequence."""

    occurred_at: Instant
    customer_id: CustomerId
    sequence: int
    effect: Published


@dataclass
class Outcome:
    """What a history led to; filled while it runs."""

    states: dict[CustomerId, CustomerState]
    decided: list[Decided] = field(default_factory=list)
    cut: list[CascadeCut] = field(default_factory=list)
    """Cascades of internal events that were cut."""
    duplicates: int = 0
    applied: int = 0
    """Events that were taken, duplicates included."""
    refused: list[PointsRefused] = field(default_factory=list)
    """Events that counted, and that asked to move points in a way that cannot be."""


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events by their time; of the same instant, as they came."""
    return sorted(events, key=lambda event: event.occurred_at)


def run(events: Iterable[Event], ruleset: Ruleset, *, profiles: Profiles, until: Instant) -> Outcome:
    """Decide over events that are in order and not after ``until``, deadlines up to ``until`` included.

    ``profiles`` are what was known of customers before their first event. By itself a profile decides
    nothing: a customer's segments are decided from the first event on.
    """
    outcome = Outcome({each: NEW_CUSTOMER._replace(profile=profile) for each, profile in profiles.items()})
    with _collector_off():
        for event in events:
            _occur(event, ruleset, outcome)
        for customer in list(outcome.states):
            _pass_deadlines(customer, until, ruleset, outcome)
        outcome.decided.sort(key=lambda each: each[:3])
    return outcome


@contextmanager
def _collector_off() -> Iterator[None]:
    """Values have no cycles; searching millions of them for some took a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _occur(event: Event, ruleset: Ruleset, outcome: Outcome) -> None:
    customer, at = event.customer_id, event.occurred_at
    state = outcome.states.get(customer, NEW_CUSTOMER)
    if state.due is not None and state.due <= at:
        state = _pass_deadlines(customer, at, ruleset, outcome)
    state, effects = advance(state, Occurred(event, at), ruleset)
    outcome.states[customer] = state
    outcome.applied += 1
    for effect in effects:
        outcome.duplicates += isinstance(effect, DuplicateDropped)
    outcome.refused += (effect for effect in effects if isinstance(effect, PointsRefused))
    _take(customer, effects, outcome)


def _pass_deadlines(
    customer: CustomerId, until: Instant, ruleset: Ruleset, outcome: Outcome
) -> CustomerState:
    """Take a customer's deadlines up to ``until``, each while the clock reads its own instant.

    Taken late, one would count as stale news and send nothing.
    """
    state = outcome.states[customer]
    while state.due is not None and state.due <= until:
        state, effects = advance(state, Tick(customer, state.due), ruleset)
        _take(customer, effects, outcome)
    outcome.states[customer] = state
    return state


def _take(customer: CustomerId, effects: Iterable[Effect], outcome: Outcome) -> None:
    outcome.decided += _published(customer, effects)
    outcome.cut += (effect for effect in effects if isinstance(effect, CascadeCut))


def _published(customer: CustomerId, effects: Iterable[Effect]) -> Iterator[Decided]:
    for effect in effects:
        if isinstance(effect, Published):
            yield Decided(effect.occurred_at, customer, effect.sequence, effect)
