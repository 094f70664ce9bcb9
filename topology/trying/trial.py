"""One event, tried on one customer: what it does, what it does not do and why, and what time would do next.

Decides how far is looked ahead. What happens is the heart's decision; why something does not, is said in ``reasons``.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.domain.advance import advance
from streams.domain.effects import DuplicateDropped
from streams.domain.events import Event
from streams.domain.facts import Facts
from streams.domain.instants import Instant, Milliseconds
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Occurred, Tick
from streams.domain.state import CustomerState
from topology.trying.outside import Outside, outside
from topology.trying.reasons import Rules, Silent, silent
from topology.trying.told import Told, told_of

MOST_INSTANTS = 5
"""Instants ahead that are told."""
_MOST_STEPS = 1_000
"""Deadlines ahead that are looked at: many of them change nothing."""


class Then(NamedTuple):
    """What time alone would do at an instant."""

    at: Instant
    told: tuple[Told, ...]


class Trial(NamedTuple):
    """The whole answer."""

    event: Event
    now: Instant
    """What the clock reads when the event comes."""
    before: CustomerState
    """The customer when the event comes, all that time has done until then included."""
    until_then: tuple[Told, ...]
    """What time, or these definitions, do before the event comes."""
    duplicate: bool
    """Whether an event of this id has come before; then nothing happens."""
    happens: tuple[Told, ...]
    """In order."""
    silent: tuple[Silent, ...]
    """What is set off and does nothing."""
    outside: tuple[Outside, ...]
    """Segments that look at the event, and do not take the customer in."""
    after: CustomerState
    later: tuple[Then, ...]


def past(state: CustomerState, history: Iterable[Event], ruleset: Ruleset) -> CustomerState:
    """The customer after a history that is in order, each event at its own instant."""
    for event in history:
        state, _ = advance(state, Occurred(event, event.occurred_at), ruleset)
    return state


def try_event(event: Event, state: CustomerState, now: Instant, rules: Rules) -> Trial:
    """Try one event on a customer's state while the clock reads ``now``."""
    customer, ruleset = event.customer_id, rules.ruleset
    before, earlier = advance(state, Tick(customer, now), ruleset)
    after, effects = advance(before, Occurred(event, now), ruleset)
    duplicate = any(isinstance(effect, DuplicateDropped) for effect in effects)
    happens = told_of(customer, effects)
    facts = Facts(customer, after.occurrences, after.profile, after.segments, now, event)
    age = Milliseconds(now - event.occurred_at)
    return Trial(
        event,
        now,
        before,
        told_of(customer, earlier),
        duplicate,
        happens,
        () if duplicate else tuple(silent(facts, age, before, happens, rules)),
        () if duplicate else tuple(outside(facts, before, ruleset)),
        after,
        tuple(_later(event, after, ruleset)),
    )


def _later(event: Event, state: CustomerState, ruleset: Ruleset) -> Iterator[Then]:
    found = 0
    for _ in range(_MOST_STEPS):
        if state.due is None or found == MOST_INSTANTS:
            return
        at = state.due
        state, effects = advance(state, Tick(event.customer_id, at), ruleset)
        told = told_of(event.customer_id, effects)
        if told:
            found += 1
            yield Then(at, told)
