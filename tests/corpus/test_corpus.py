from pathlib import Path
from typing import Any, cast

import pytest

from schemas.catalog import INTERNAL_DIRECTORY, load_catalog
from streams.agents.internal_events import internal_event
from streams.agents.records import distribution_trigger, point_event, segment_change
from streams.domain.advance import advance
from streams.domain.definitions import Definition, DefinitionError, EventShape
from streams.domain.effects import (
    Effect,
    MessageTriggered,
    PointsGranted,
    PointsMoved,
    Published,
    SegmentChanged,
)
from streams.domain.events import Event
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant, parse_instant
from streams.domain.internal_events import event_of, name_of
from streams.domain.ruleset import Clock, Ruleset, compile_ruleset
from streams.domain.signals import Occurred, Signal, Tick
from streams.domain.state import NEW_CUSTOMER
from tests.corpus.cases import INTERNAL_EVENTS, TOPICS, Case, cases_of, compared
from topology.definitions.event_shapes import event_shapes

INTERNAL_SHAPES = event_shapes(load_catalog([INTERNAL_DIRECTORY]))
CASES = list(cases_of(Path(__file__).parent))
ACCEPTED = [pytest.param(case, id=f"{file}: {case.name}") for file, case in CASES if case.refused is None]
REFUSED = [pytest.param(case, id=f"{file}: {case.name}") for file, case in CASES if case.refused is not None]


@pytest.mark.parametrize("case", ACCEPTED)
def test_records(case: Case) -> None:
    """The case's events cause the records that are written down, in that order, and no others."""
    produced = records_of(case)
    assert {topic: compared(produced[topic], case.then[topic]) for topic in case.then} == case.then


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: Case) -> None:
    """The case's definitions are refused with the faults that are written down, all at once, and no others."""
    with pytest.raises(DefinitionError) as refused:
        ruleset_of(case, case.definitions)
    faults: list[dict[str, Any]] = [
        fault._asdict() | {"path": list(fault.path)} for fault in refused.value.faults
    ]
    assert compared(faults, case.refused or []) == case.refused


def test_there_are_cases() -> None:
    """The files are found, and names tell cases apart."""
    names = [(file, case.name) for file, case in CASES]
    assert len(set(names)) == len(names) >= 25


def records_of(case: Case) -> dict[str, list[dict[str, Any]]]:
    """The records that the case's steps cause, by topic."""
    ruleset = ruleset_of(case, case.definitions)
    customer = next(CustomerId(step["customer"]["source_id"]) for step in case.when if "event" in step)
    state, clock = NEW_CUSTOMER, Instant(-(10**15))
    produced: dict[str, list[dict[str, Any]]] = {topic: [] for topic in (*TOPICS, INTERNAL_EVENTS)}
    for index, step in enumerate(case.when):
        if "apply" in step:
            ruleset = ruleset_of(case, step["apply"])
            continue
        clock = max(clock, parse_instant(step.get("now") or step.get("tick") or step["occurred_at"]))
        state, effects = advance(state, signal_of(step, index, clock), ruleset)
        for effect in effects:
            if name_of(effect) is not None:
                event = event_of(customer, effect)  # type: ignore[arg-type]  # it has a name
                produced[INTERNAL_EVENTS].append(internal_event(event))
            if isinstance(effect, Published):
                topic, record = record_of(customer, effect)
                produced[topic].append(record)
    return produced


def signal_of(step: dict[str, Any], index: int, now: Instant) -> Signal:
    """A step as a signal; an event without id is identified by where it stands."""
    if "tick" in step:
        return Tick(CustomerId(step.get("customer", {}).get("source_id", "c-42")), now)
    customer = dict(step["customer"])
    event = Event(
        EventId(step.get("id", f"step-{index}")),
        EventName(step["event"]),
        CustomerId(customer.pop("source_id")),
        parse_instant(step["occurred_at"]),
        step.get("metadata", {}),
        customer,
        step.get("source"),
        step.get("loyalty", {}).get("code"),
    )
    return Occurred(event, now)


def record_of(customer: CustomerId, effect: Effect) -> tuple[str, dict[str, Any]]:
    """An effect as the record of its topic."""
    never = Instant(0)
    match effect:
        case SegmentChanged():
            return "segment-changes", segment_change(customer, effect, never)
        case MessageTriggered():
            return "distribution-triggers", distribution_trigger(customer, effect, never)
        case PointsGranted() | PointsMoved():
            return "point-events", point_event(customer, effect, never)
    raise AssertionError(effect)


def ruleset_of(case: Case, definitions: list[dict[str, Any]]) -> Ruleset:
    """The case's definitions, compiled against its events."""
    shapes = {
        EventName(name): EventShape(
            {key: kind for key, kind in attributes.items() if key != "additional"},
            additional=bool(attributes.get("additional", False)),
        )
        for name, attributes in case.events.items()
    }
    shapes = {**INTERNAL_SHAPES, **shapes}
    parsed = [
        Definition(
            body["kind"],
            body["id"],
            body.get("version", 1),
            {k: v for k, v in body.items() if k != "version"},
        )
        for body in definitions
    ]
    return compile_ruleset(parsed, shapes, clock=cast("Clock", case.clock))
