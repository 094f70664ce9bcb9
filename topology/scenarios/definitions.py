"""Definitions as they stand in a scenario, and what is said of their faults.

Decides that each says its kind and id, and that it is of version 1 unless it says otherwise. What it means is checked
where all are compiled.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from streams.domain.definitions import Definition, Fault
from streams.domain.faults import ABSENT, Place
from topology.definitions.faults import fault_line
from topology.scenarios.scenario import Scenario

_VERSION = "version"


def check_definitions(place: Place, body: object) -> None:
    """Note what keeps the definitions of a list from being told apart."""
    if not isinstance(body, list):
        place.fault("a list of definitions", body)
        return
    for index, each in enumerate(body):
        here = place.at(index)
        written = here.mapping(each) or {}
        if written:
            here.at("kind").text(written.get("kind", ABSENT))
            here.at("id").text(written.get("id", ABSENT))
        version = written.get(_VERSION, 1)
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            here.at(_VERSION).fault("a whole number from 1", version)


def definitions_of(bodies: Iterable[Mapping[str, Any]]) -> tuple[Definition, ...]:
    """The definitions of a list that was checked."""
    return tuple(
        Definition(
            body["kind"],
            body["id"],
            body.get(_VERSION, 1),
            {key: value for key, value in body.items() if key != _VERSION},
        )
        for body in bodies
    )


def refusal(
    scenario: Scenario,
    path: Sequence[str | int],
    bodies: Sequence[Mapping[str, Any]],
    faults: Iterable[Fault],
) -> str:
    """A line for every fault of the definitions that stand at a path of a scenario."""
    at = {(body["kind"], body["id"]): index for index, body in enumerate(bodies)}
    lines = []
    for fault in faults:
        index = at.get((fault.kind, fault.id))
        inside = () if index is None else (index, *fault.path)
        lines.append(fault_line(fault, scenario.locate(*path, *inside)))
    return "\n".join(lines)
