"""The filter cases once more, through Kafka and a worker: one installation that holds the filters of all at once.

Customers share a partition, and with it its clock, if one begins where another has ended. All filters are decided for
all customers; of each customer, only the segments of her own cases are looked at, and only up to her end.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from streams.agents.ticks import write_tick
from streams.domain.instants import format_instant, parse_instant
from streams.engine.partitioning import partition_of
from tests.broker.installation import Installation, wait_until
from tests.conftest import Kafka
from tests.corpus.filter_cases import (
    CUSTOMER,
    Change,
    Customer,
    FilterCase,
    answers,
    customers_of,
    event_names,
    filter_cases,
    lanes,
)

pytestmark = pytest.mark.broker

CASES = list(filter_cases())
CUSTOMERS = customers_of(CASES)
LANES = lanes(CUSTOMERS)
"""The customers of each partition."""
CENTURY = "P36500D"
"""How far ahead of the wall clock an event may be: cases have dates of their own."""

Told = Mapping[tuple[str, str], Sequence[Change]]
"""The changes by customer and segment, in order."""


@pytest.fixture(scope="module")
def changes(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """All that one worker publishes: the events are written first, so that it begins with work to do."""
    directory = tmp_path_factory.mktemp("filters")
    installation = Installation(kafka.bootstrap, f"filters-{uuid.uuid4().hex[:8]}.", directory / "run")
    installation.environment |= {
        "TIDEMARK_PARTITIONS": str(len(LANES)),
        "TIDEMARK_MAX_EVENT_AHEAD": CENTURY,
    }
    _write_definitions(directory / "definitions")
    installation.apply(directory / "definitions")
    _send(installation)
    with installation.worker() as worker:
        installation.wait_until_consumed()
        wait_until(lambda: worker.has_nothing_left(len(LANES)), "all deadlines to be taken")
        worker.stop()
    assert installation.records("rejected-events") == []
    told: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for record in installation.records("segment-changes"):
        change = Change(record["change"], record["cause"], parse_instant(record["occurred_at"]))
        told[record["customer_id"], record["segment_id"]].append(change)
    return told


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.name)
def test_answers(customer: Customer, changes: Told) -> None:
    """Who is in which filter, and what time changes then at which instant, is what is written down."""
    her_id = _id(customer)
    wrong = [
        (case.sentence, found)
        for case in CASES
        if case.customer.name == customer.name
        for segment in _segments(case)
        if (found := answers(case, changes.get((her_id, segment), []))) != (case.answer, case.then)
    ]
    assert wrong == []


def _segments(case: FilterCase) -> list[str]:
    """The ids of the case's filter, in each way to write it."""
    return [f"case-{CASES.index(case)}-{number}" for number in range(len(case.written))]


def _id(customer: Customer) -> str:
    """An id that puts the customer on her partition."""
    partition = next(number for number, lane in enumerate(LANES) if customer in lane)
    ids = (f"{customer.name}x{attempt}-{CUSTOMER}" for attempt in count())
    return next(one for one in ids if partition_of(one.encode(), len(LANES)) == partition)


def _write_definitions(directory: Path) -> None:
    """The filters and the events as an operator would write them."""
    directory.mkdir()
    for name in event_names(CASES):
        record = {"type": "record", "name": name.replace(".", "_"), "event": name, "fields": []}
        (directory / f"{name}.avsc").write_text(json.dumps(record), encoding="utf-8")
    (directory / "segments.json").write_text(json.dumps(list(_definitions())), encoding="utf-8")


def _definitions() -> Iterator[dict[str, Any]]:
    for customer in CUSTOMERS:
        for body in customer.segments:
            listed = {
                "customers": [_id(customer) if one == CUSTOMER else one for one in body.get("customers", [])]
            }
            yield body | (listed if "customers" in body else {})
    for case in CASES:
        for segment, written in zip(_segments(case), case.written, strict=True):
            yield {"kind": "segment", "id": segment, "filter": written}


def _send(installation: Installation) -> None:
    """Write every customer's events, and the passing of time after them, on her partition."""
    producer = Producer({"bootstrap.servers": installation.bootstrap, "enable.idempotence": True})
    failures: list[object] = []
    for partition, lane in enumerate(LANES):
        for record in (record for customer in lane for record in _records(customer)):
            producer.produce(
                f"{installation.prefix}custom-events",
                partition=partition,
                on_delivery=lambda error, _: failures.append(error),
                **record,
            )
    producer.flush(30)
    assert failures == [None] * sum(len(customer.told) + 1 for customer in CUSTOMERS)


def _records(customer: Customer) -> Iterator[dict[str, Any]]:
    her_id = _id(customer)
    for one in customer.told:
        event = {
            "id": one.id,
            "event": one.name,
            "customer": one.profile | {"source_id": her_id},
            "occurred_at": format_instant(one.occurred_at),
        }
        yield {"key": her_id, "value": json.dumps(event)}
    yield {"headers": write_tick(customer.end)}
