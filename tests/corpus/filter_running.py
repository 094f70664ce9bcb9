"""Filter cases through the heart: a customer's events under the stream's clock, and what each filter says then.

Decides how a case is delivered: as its events come, with the filter there from the beginning, or all of them before the
filter is. Does not judge what comes out.
"""

from collections.abc import Sequence
from typing import Any

from streams.domain.advance import advance
from streams.domain.definitions import Definition, EventShape
from streams.domain.effects import SegmentChanged
from streams.domain.events import Event
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.signals import Occurred, Signal, Tick
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.corpus.filter_cases import (
    CUSTOMER,
    Answers,
    Change,
    FilterCase,
    answers,
    event_names,
    filter_cases,
)

CASES = list(filter_cases())
EVENTS = {EventName(name): EventShape({}, additional=False) for name in event_names(CASES)}


def as_events_come(case: FilterCase) -> list[Answers]:
    """What each way to write the filter answers if it is there before the first event."""
    _, changes = _run(NEW_CUSTOMER, [*_events(case), _tick(case.customer.end)], _ruleset(case), case)
    return [answers(case, its) for its in changes]


def afterwards(case: FilterCase) -> list[Answers]:
    """What each way to write the filter answers if it is added at the instant at which the case looks."""
    nothing = compile_ruleset([], EVENTS, clock="stream")
    state, _ = _run(NEW_CUSTOMER, _events(case), nothing, case)
    _, changes = _run(state, [_tick(case.at), _tick(case.customer.end)], _ruleset(case), case)
    return [answers(case, its) for its in changes]


def expected(case: FilterCase) -> list[Answers]:
    """What is written down, for each way to write the filter."""
    return [(case.answer, case.then)] * len(case.written)


def _ruleset(case: FilterCase) -> Ruleset:
    asked = [{"kind": "segment", "id": _name(n), "filter": body} for n, body in enumerate(case.written)]
    bodies = [*asked, *case.customer.segments]
    return compile_ruleset(
        [Definition("segment", body["id"], 1, body) for body in bodies], EVENTS, clock="stream"
    )


def _name(number: int) -> str:
    return f"asked-{number}"


def _events(case: FilterCase) -> list[Signal]:
    """The customer's events, each when the stream's clock comes to it."""
    customer, now = CustomerId(CUSTOMER), Instant(-(10**15))
    signals: list[Signal] = []
    for one in case.customer.told:
        now = max(now, one.occurred_at)
        event = Event(EventId(one.id), EventName(one.name), customer, one.occurred_at, {}, one.profile, None)
        signals.append(Occurred(event, now))
    return signals


def _tick(at: Instant) -> Tick:
    return Tick(CustomerId(CUSTOMER), at)


def _run(
    state: CustomerState, signals: Sequence[Signal], ruleset: Ruleset, case: FilterCase
) -> tuple[CustomerState, list[list[Change]]]:
    """The last state, and the changes of each way to write the filter."""
    changes: list[list[Change]] = [[] for _ in case.written]
    effects: list[Any] = []
    for signal in signals:
        state, caused = advance(state, signal, ruleset)
        effects += caused
    for effect in effects:
        for number, its in enumerate(changes):
            if isinstance(effect, SegmentChanged) and effect.segment_id == _name(number):
                its.append(Change(effect.change, effect.cause, effect.occurred_at))
    return state, changes
