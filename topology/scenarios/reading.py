"""Reads scenarios from YAML, and finds the files that hold them.

Decides what is wrong with how a scenario is written: every fault of a file is told at once, with line and column. What
definitions and events mean is checked where they are compiled and read.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

from schemas.profile import check_profile
from schemas.rejections import Fault as SenderFault
from streams.domain.definitions import Fault
from streams.domain.faults import ABSENT, Place, shown
from streams.domain.instants import format_instant
from streams.domain.ruleset import Clock
from streams.engine.errors import ConfigurationError
from topology.definitions.faults import fault_words
from topology.definitions.load import is_scenario, text_of
from topology.definitions.places import Document
from topology.definitions.yaml_source import read_yaml
from topology.scenarios.definitions import check_definitions
from topology.scenarios.instants import instant_at
from topology.scenarios.scenario import KEYS, Expected, Scenario, customer_of
from topology.scenarios.short_events import check_short_event
from topology.scenarios.steps import kind_of
from topology.scenarios.topics import COMPARED, INTERNAL, REJECTED, TOPICS, fields_of

_FAULT_FIELDS = dict.fromkeys(Fault._fields, False)


def scenario_files(directory: Path) -> tuple[Path, ...]:
    """The files of scenarios in and below a directory: ``*.scenario.yaml``, and YAML in a directory ``tests``."""
    return tuple(file for file in sorted(directory.rglob("*")) if is_scenario(file, directory))


def read_directory(directory: Path) -> list[Scenario]:
    """All scenarios below a directory. Raises ``ConfigurationError`` with every fault, or if there are none."""
    scenarios, lines = list[Scenario](), list[str]()
    for file in scenario_files(directory):
        try:
            scenarios += read_scenarios(file)
        except ConfigurationError as error:
            lines.append(str(error))
    if not (scenarios or lines):
        expected = "scenarios in *.scenario.yaml or tests/*.yaml"
        lines.append(
            f"{directory}: expected {expected}, found none; topology/scenarios/README.md shows how to write one"
        )
    if lines:
        raise ConfigurationError("\n".join(lines))
    return scenarios


def read_scenarios(file: Path) -> list[Scenario]:
    """The scenarios of a file. Raises ``ConfigurationError`` with a line for every fault."""
    name = str(file)
    try:
        text = text_of(file)
    except OSError as error:
        raise ConfigurationError(f"{name}: cannot be read: {error.strerror}") from error
    documents, lines = list(read_yaml(text, name)), list[str]()
    scenarios, named = list[Scenario](), dict[str, Scenario]()
    for document in documents:
        noted: list[Fault] = []
        scenario = _scenario(document, Place("scenario", "", (), noted))
        if scenario is not None and scenario.name in named:
            first = named[scenario.name].place
            noted.append(
                Fault("", "", ("case",), f"each case once; the first stands at {first}", shown(scenario.name))
            )
        if scenario is not None and not noted:
            named[scenario.name] = scenario
            scenarios.append(scenario)
        lines += (f"{document.locate(fault.path)}: {fault_words(fault)}" for fault in noted)
    if lines:
        raise ConfigurationError("\n".join(lines))
    return scenarios


def _scenario(document: Document, place: Place) -> Scenario | None:
    """The scenario of a document, or none after faults were noted."""
    body = place.mapping(document.value)
    if body is None:
        return None
    _check(place, body)
    refused = _records(place.at("refused"), body["refused"], _FAULT_FIELDS) if "refused" in body else None
    then = _then(place.at("then"), body.get("then", {}))
    if place.noted:
        return None
    written: Mapping[str, Any] = body
    scenario = Scenario(
        written["case"],
        document,
        written.get("events", {}),
        written.get("definitions", []),
        written.get("clock", "stream"),
        written.get("only"),
        written.get("customers", []),
        written.get("given", []),
        written.get("when", []),
        then,
        refused,
    )
    _check_names(scenario, place.at("then"))
    return scenario


def _check(place: Place, body: Mapping[str, object]) -> None:
    """Note what is wrong with all but the records."""
    place.keys(body, KEYS)
    place.at("case").text(body.get("case", ABSENT))
    place.at("clock").choice(body.get("clock", "stream"), get_args(Clock))
    _check_events(place.at("events"), body.get("events", {}))
    if "definitions" in body:
        check_definitions(place.at("definitions"), body["definitions"])
    for index, each in enumerate(_list(place.at("only"), body.get("only", []), "ids of definitions")):
        place.at("only", index).text(each)
    _check_customers(place.at("customers"), body.get("customers", []))
    for key in ("given", "when"):
        _check_steps(place.at(key), body.get(key, []))
    if "refused" in body and "then" in body:
        place.at("refused").fault("either then or refused", "both")


def _check_events(place: Place, body: object) -> None:
    for name, attributes in (place.mapping(body) or {}).items():
        check_short_event(place.at(name), name, attributes)


def _check_customers(place: Place, body: object) -> None:
    known = set[object]()
    for index, each in enumerate(_list(place, body, "customers")):
        here = place.at(index)
        profile = dict(here.mapping(each) or {})
        if not profile:
            continue
        named = here.at("source_id").text(profile.pop("source_id", ABSENT))
        if named is not None and named in known:
            here.at("source_id").fault("each customer once", named)
        known.add(named)
        faults: list[SenderFault] = []
        check_profile(cast("Any", profile), faults)
        for fault in faults:
            key = fault.path.removeprefix("customer.").partition(".")[0]
            here.at(key).noted.append(Fault("", "", (*here.path, key), fault.expected, fault.found))


def _check_steps(place: Place, body: object) -> None:
    for index, each in enumerate(_list(place, body, "steps")):
        here = place.at(index)
        step = here.mapping(each)
        kind = None if step is None else kind_of(here, step)
        if step is not None and kind is not None:
            kind.check(here, step)


def _then(place: Place, body: object) -> Mapping[str, Sequence[Expected]]:
    written = place.mapping(body) or {}
    for topic in written:
        place.at(topic).choice(topic, TOPICS)
    listed = {
        topic: _records(place.at(topic), written[topic], fields_of(topic))
        for topic in TOPICS
        if topic in written
    }
    return {topic: [] for topic in COMPARED} | listed


def _records(place: Place, body: object, fields: Mapping[str, bool]) -> Sequence[Expected]:
    """The records written at a place, instants in their one form."""
    records: list[Expected] = []
    for index, each in enumerate(_list(place, body, "records")):
        here = place.at(index)
        record = here.mapping(each) or {}
        here.keys(record, fields)
        instants = {}
        for key, value in record.items():
            if fields.get(key) and value is not None:
                instant = instant_at(here.at(key), value)
                instants[key] = value if instant is None else format_instant(instant)
        records.append({**record, **instants})
    return records


def _check_names(scenario: Scenario, then: Place) -> None:
    """Where there are several customers, each record must say whose it is."""
    if len(customers_of(scenario)) < 2:
        return
    for topic, records in scenario.then.items():
        for index, record in enumerate(records):
            if topic != REJECTED and expected_customer(topic, record) is None:
                key = "customer" if topic == INTERNAL else "customer_id"
                then.at(topic, index, key).fault("whose it is, as there are several customers", ABSENT)


def customers_of(scenario: Scenario) -> tuple[str, ...]:
    """The customers that a scenario names, in order."""
    steps = (*scenario.given, *scenario.when)
    kinds = [(kind_of(Place("scenario", "", (), []), step), step) for step in steps]
    named = [kind.customer(step) for kind, step in kinds if kind is not None]
    known = [each["source_id"] for each in scenario.customers]
    return tuple(dict.fromkeys(name for name in (*known, *named) if name is not None))


def expected_customer(topic: str, record: Expected) -> str | None:
    """Whose record is expected, if it says so."""
    return customer_of(record) if topic == INTERNAL else record.get("customer_id")


def _list(place: Place, body: object, what: str) -> Iterator[object]:
    if isinstance(body, list):
        yield from body
    else:
        place.fault(f"a list of {what}", body)
