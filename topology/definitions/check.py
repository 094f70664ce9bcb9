"""Checks what a directory holds: who each definition is, whether events are Avro, whether all of it compiles.

Decides identities (kind, id, each once) and how a fault is shown: file, line, column, path, what was
expected, what stands there. What the rules mean is checked where they are compiled, in the heart.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, cast

from schemas.catalog import Catalog
from schemas.reserved import RESERVED
from streams.domain.definitions import KINDS, Definition, DefinitionError, Fault, Kind
from streams.domain.faults import ABSENT, nearest, shown
from streams.domain.instants import DAY, Milliseconds
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.engine.errors import ConfigurationError
from topology.definitions.event_files import read_event
from topology.definitions.event_shapes import event_shapes
from topology.definitions.faults import fault_line
from topology.definitions.load import EventDocument, LoadedDefinitions, Written
from topology.settings import Clock
from topology.templates.compiling import compile_template

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}")
_FIRST_VERSION = 1


class CheckedDefinitions(NamedTuple):
    """What a directory holds, found good."""

    definitions: tuple[Definition, ...]
    """As they would be if applied to an empty installation: all of version 1."""
    events: Mapping[str, Mapping[str, object]]
    """Avro documents of the directory's own event definitions, by event name."""
    catalog: Catalog
    """All event definitions in force, the directory's included."""
    ruleset: Ruleset
    members_files: Mapping[str, Path] = MappingProxyType({})
    """By segment, where its customers stand who are told one by one."""


def check_definitions(
    loaded: LoadedDefinitions,
    base: Catalog,
    *,
    clock: Clock = "wall",
    duplicate_window: Milliseconds = DAY,
) -> CheckedDefinitions:
    """Check and compile; ``base`` holds the events that are defined elsewhere.

    Raises ``ConfigurationError`` with one line for every fault found.
    """
    written, faults = _identified(loaded.definitions)
    events = _event_documents(loaded.events, faults)
    _refuse(faults)
    catalog = base.with_documents(events)
    definitions = tuple(
        Definition(cast("Kind", kind), name, _FIRST_VERSION, each.body)
        for (kind, name), each in written.items()
    )
    try:
        ruleset = compile_ruleset(
            definitions,
            event_shapes(catalog),
            clock=clock,
            duplicate_window=duplicate_window,
            templates=compile_template,
        )
    except DefinitionError as error:
        _refuse([_compile_line(fault, written) for fault in error.faults])
        raise
    members_files = {name: each.members_file for (_, name), each in written.items() if each.members_file}
    return CheckedDefinitions(definitions, events, catalog, ruleset, members_files)


def _identified(definitions: tuple[Written, ...]) -> tuple[dict[tuple[str, str], Written], list[str]]:
    """The definitions by kind and id, and a line for each that has none of its own."""
    known: dict[tuple[str, str], Written] = {}
    faults: list[str] = []
    for each in definitions:
        wrong = [fault_line(fault, each.locate(fault.path)) for fault in _identity_faults(each)]
        faults += wrong
        identity = (str(each.kind), str(each.id))
        if wrong:
            continue
        if identity in known:
            first = known[identity].locate(("id",))
            fault = Fault(*identity, ("id",), f"each id once; the first stands at {first}", shown(each.id))
            faults.append(fault_line(fault, each.locate(fault.path)))
        known.setdefault(identity, each)
    return known, faults


def _identity_faults(each: Written) -> Iterator[Fault]:
    kind, name = each.kind, each.id
    named = (str(kind) if kind is not None else "definition", str(name) if name is not None else "?")
    if kind not in KINDS:
        hint = nearest(str(kind), KINDS)
        yield Fault(*named, ("kind",), "one of " + ", ".join(KINDS), _shown(each, "kind"), hint)
    if not isinstance(name, str) or not _ID.fullmatch(name):
        expected = "an id of up to 120 letters, digits, dots, dashes and underscores"
        hint = "put it in quotes" if isinstance(name, int | float) else None
        yield Fault(*named, ("id",), expected, _shown(each, "id"), hint)


def _shown(each: Written, key: str) -> str:
    return shown(each.body.get(key, ABSENT))


def _event_documents(events: tuple[EventDocument, ...], faults: list[str]) -> dict[str, Mapping[str, object]]:
    """The Avro documents by event name; notes a line for each fault."""
    documents: dict[str, Mapping[str, object]] = {}
    origins: dict[str, str] = {}
    for each in events:
        top = each.places.locate(())
        try:
            name = read_event(each.places, each.file).name
        except ConfigurationError as error:
            faults.append(str(error))
            continue
        if name in RESERVED:
            faults.append(
                f"{top}: event/{name}: expected an event of your own, found one that only Tidemark tells of"
            )
        if name in documents:
            faults.append(f"{top}: event/{name}: expected each event once, found it in {origins[name]} too")
        documents[name], origins[name] = each.document, each.file
    return documents


def _compile_line(fault: Fault, written: Mapping[tuple[str, str], Written]) -> str:
    each = written.get((fault.kind, fault.id))
    return fault_line(fault, each.locate(fault.path) if each else None)


def _refuse(lines: list[str]) -> None:
    if lines:
        raise ConfigurationError("\n".join(lines))
