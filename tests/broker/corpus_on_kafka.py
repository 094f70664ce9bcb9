"""The corpus as guests of one installation: every case in the same topics, under the same worker, apart from the rest.

Decides which cases can live side by side, and how one is kept apart: a mark stands before each of its names, and its
customer stands on a partition of its own, whose clock is then the case's alone. Definitions of other cases may still
take note of that customer, so a case reads only what its own definitions made of its own customer. Does not know what
a case expects.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Producer

from streams.agents.ticks import write_tick
from streams.domain.instants import parse_instant
from streams.engine.partitioning import partition_of
from tests.broker.installation import Installation, Record
from tests.corpus.cases import TOPICS, Case
from topology.scenarios.reading import customers_of
from topology.scenarios.short_events import avro_event

_MAKERS = {
    "segment-changes": "segment_id",
    "distribution-triggers": "distribution_id",
    "distribution-suppressions": "distribution_id",
    "point-events": "campaign_id",
}
"""The field that names the definition from which a record comes, by topic."""


class Guest(NamedTuple):
    """A case on a partition of its own."""

    case: Case
    mark: str
    """Stands before each name of the case; taken away from a record, it leaves what the case says."""
    partition: int


def reason_to_stay_away(case: Case) -> str | None:
    """Why a case cannot share a worker that is started once, from definitions that are applied once; else ``None``."""
    written = json.dumps([case.definitions, [step.get("event") for step in case.when]])
    reasons = {
        "its definitions are refused": case.refused is not None,
        "it says what the wall clock reads": case.clock != "stream",
        "its definitions change": any("apply" in step for step in case.when),
        "it looks at internal events, which the segments of other cases cause as well": (
            any(named in written for named in ('"customer.', "(customer.", '"events.customer.'))
        ),
        "its definitions begin with a later version": any(
            definition.get("version", 1) != 1 for definition in case.definitions
        ),
        "it types expressions, in which names bear no mark": any(map(_types, case.definitions)),
        "it does not tell all that happens": bool(case.given or case.customers or case.only),
        "it has steps for topics of their own": any(
            {"profile", "delete", "request", "list", "unlist"} & step.keys() for step in case.when
        ),
        "it has several customers": len(customers_of(case)) > 1,
        "it sends what is no event": bool(case.then["rejected-events"]),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _types(body: dict[str, Any]) -> bool:
    """Whether a definition has an expression in it, or a rule that names events."""
    shared, tree = body.get("validation_rule"), body.get("filter", {})
    typed = isinstance(shared, str) and not shared.replace("-", "").isalnum()
    parts = [body.get("rules"), tree, *(tree.get("groups", ()) if isinstance(tree, dict) else ())]
    return typed or any(isinstance(part, str) for part in parts) or '"name": "events.' in json.dumps(body)


def guests(cases: Sequence[Case]) -> list[Guest]:
    """Each case with a mark that puts its customer on the partition of its number."""
    return [Guest(case, _mark(case, number, len(cases)), number) for number, case in enumerate(cases)]


def write_definitions(guest: Guest, directory: Path) -> None:
    """Write the case's definitions and events as an operator would."""
    bodies = [_marked_definition(body, guest.mark) for body in guest.case.definitions]
    (directory / f"{guest.mark}.json").write_text(json.dumps(bodies), encoding="utf-8")
    for name in guest.case.events:
        schema = json.dumps(_event_schema(guest, name))
        (directory / f"{guest.mark}{name}.avsc").write_text(schema, encoding="utf-8")


def send_steps(everybody: Sequence[Guest], installation: Installation) -> None:
    """Write the events and ticks of all cases, each case's in its order on its partition."""
    producer = Producer({"bootstrap.servers": installation.bootstrap, "enable.idempotence": True})
    failures: list[object] = []
    for guest in everybody:
        for step in guest.case.when:
            producer.produce(
                f"{installation.prefix}custom-events",
                partition=guest.partition,
                on_delivery=lambda error, _: failures.append(error),
                **_wire(step, guest.mark),
            )
    producer.flush(30)
    assert failures == [None] * sum(len(guest.case.when) for guest in everybody)


def own_records(guest: Guest, published: dict[str, list[Record]]) -> dict[str, list[Record]]:
    """What the case's definitions made of its customer, by topic, in the order of the topic and in the case's words.

    Sequences are those that the customer would have if nobody else's definitions took note of it: the place among the
    case's own records.
    """
    own = {
        topic: [record for record in published[topic] if _is_own(record, topic, guest.mark)]
        for topic in TOPICS
    }
    numbers = sorted(record["sequence"] for records in own.values() for record in records)
    return {
        topic: [
            json.loads(json.dumps(record).replace(guest.mark, ""))
            | {"sequence": 1 + numbers.index(record["sequence"])}
            for record in records
        ]
        for topic, records in own.items()
    }


def _mark(case: Case, number: int, partitions: int) -> str:
    customer = next(step["customer"]["source_id"] for step in case.when if "event" in step)
    marks = (f"case{number}x{attempt}_" for attempt in count())
    return next(mark for mark in marks if partition_of(f"{mark}{customer}".encode(), partitions) == number)


def _is_own(record: Record, topic: str, mark: str) -> bool:
    return str(record["customer_id"]).startswith(mark) and str(record[_MAKERS[topic]]).startswith(mark)


def _wire(step: dict[str, Any], mark: str) -> dict[str, Any]:
    """A step as what a producer is given."""
    if "tick" in step:
        return {"headers": write_tick(parse_instant(step["tick"]))}
    customer = step["customer"] | {"source_id": mark + step["customer"]["source_id"]}
    event = step | {"event": mark + step["event"], "customer": customer}
    return {"key": customer["source_id"], "value": json.dumps(event)}


def _event_schema(guest: Guest, name: str) -> dict[str, Any]:
    """The case's event as an Avro record under the marked name."""
    marked = guest.mark + name
    record = avro_event(name, guest.case.events[name], guest.case.when)
    return record | {"name": marked.replace(".", "_"), "event": marked}


def _marked_definition(body: dict[str, Any], mark: str) -> dict[str, Any]:
    """A definition with the mark before its id and before each name that it refers to."""
    return dict(_marked_parts(body, mark))


def _marked_parts(body: dict[str, Any], mark: str) -> Iterator[tuple[str, Any]]:
    for key, part in body.items():
        if key in {"id", "campaign", "customers", "trigger"}:
            yield key, _marked(part, mark)
        elif key == "filter":
            yield key, _marked_filter(part, mark)
        elif key == "rules":
            yield key, {name: _marked_rule(rule, mark) for name, rule in part.items()}
        elif key == "validation_rule":
            yield key, mark + part if isinstance(part, str) else _marked_definition(part, mark)
        else:
            yield key, part


def _marked_filter(junction: dict[str, Any], mark: str) -> dict[str, Any]:
    marked: dict[str, Any] = {}
    for key, part in junction.items():
        if key.startswith("events."):
            marked[f"events.{mark}{key.removeprefix('events.')}"] = part
        elif key == "segments":
            marked[key] = _marked(part, mark)
        elif key == "groups":
            marked[key] = [_marked_filter(group, mark) for group in part]
        else:
            marked[key] = part
    return marked


def _marked_rule(rule: Any, mark: str) -> Any:
    """One rule, or the logic that joins them."""
    if isinstance(rule, dict) and rule["name"] == "customer.segment":
        return rule | {"conditions": _marked(rule["conditions"], mark)}
    return rule


def _marked(part: Any, mark: str) -> Any:
    """Every text in it with the mark before it."""
    if isinstance(part, dict):
        return {key: _marked(value, mark) for key, value in part.items()}
    if isinstance(part, list):
        return [_marked(value, mark) for value in part]
    return mark + part if isinstance(part, str) else part
