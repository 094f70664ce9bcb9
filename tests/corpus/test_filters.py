"""Every filter case through the heart, decided in two ways: as events come, and all at once afterwards.

Only the cases are known here; how they were delivered and dated is the same for all.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

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
    FILTERS,
    Change,
    FilterCase,
    answers,
    event_names,
    filter_cases,
)

CASES = list(filter_cases())
EVENTS = {EventName(name): EventShape({}, additional=False) for name in event_names(CASES)}
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.sentence}")


@EACH
def test_decided_as_events_come(case: FilterCase) -> None:
    """Who is in a filter after her events, and what time changes then, is what is written down."""
    ruleset = _ruleset(case)
    _, changes = _run(NEW_CUSTOMER, _events(case), ruleset, case)
    expected = [(case.answer, case.then)] * len(case.written)
    assert [answers(case, its) for its in changes] == expected


@EACH
def test_decided_afterwards(case: FilterCase) -> None:
    """A filter that is added later answers the same from then on: what is kept of a customer is enough for it."""
    state, _ = _run(NEW_CUSTOMER, _events(case)[:-1], compile_ruleset([], EVENTS, clock="stream"), case)
    _, changes = _run(state, [Tick(CustomerId(CUSTOMER), case.at), _end(case)], _ruleset(case), case)
    expected = [(case.answer, case.then)] * len(case.written)
    assert [answers(case, its) for its in changes] == expected


def test_there_are_enough_cases() -> None:
    """The files are found, each with a dozen cases or more, and sentences tell them apart."""
    names = [(case.file, case.sentence) for case in CASES]
    assert len(set(names)) == len(names) >= 150
    assert min(Counter(case.file for case in CASES).values()) >= 12
    assert len({case.file for case in CASES}) == len(list(FILTERS.glob("*.yaml")))


def test_referred_segments_have_names_of_their_own() -> None:
    """All customers can be decided under the segments of all, as they are by one worker."""
    ids = [
        body["id"]
        for customer in {case.customer.name: case.customer for case in CASES}.values()
        for body in customer.segments
    ]
    assert len(set(ids)) == len(ids)


def _ruleset(case: FilterCase) -> Ruleset:
    asked = [{"kind": "segment", "id": _name(n), "filter": body} for n, body in enumerate(case.written)]
    definitions = [Definition("segment", body["id"], 1, body) for body in [*asked, *case.customer.segments]]
    return compile_ruleset(definitions, EVENTS, clock="stream")


def _name(number: int) -> str:
    return f"asked-{number}"


def _events(case: FilterCase) -> list[Signal]:
    """The customer's events, each when the stream's clock comes to it, and the passing of time up to her end."""
    customer, now = CustomerId(CUSTOMER), Instant(-(10**15))
    signals: list[Signal] = []
    for one in case.customer.told:
        now = max(now, one.occurred_at)
        event = Event(EventId(one.id), EventName(one.name), customer, one.occurred_at, {}, one.profile, None)
        signals.append(Occurred(event, now))
    return [*signals, _end(case)]


def _end(case: FilterCase) -> Tick:
    return Tick(CustomerId(CUSTOMER), case.customer.end)


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
