"""Segments that are added, edited and deleted while events flow: those of whom nothing is heard are decided too."""

import json
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from confluent_kafka import Producer

from tests.broker.events import PARTITIONS, home, purchase, written
from tests.broker.installation import Installation, Record, WorkerProcess, wait_until
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

SILENT = {f"silent-{number:03}": 1 + number % 3 for number in range(120)}
"""Customers of whom nothing is heard once the definitions change, and how often they bought before."""
BUSY = [f"busy-{number}" for number in range(25)]
BUYERS = """
kind: segment
id: buyers
filter: {{events.purchase.count: {{conditions: {{$more_than: [{count}]}}}}}}
"""
GREETING = """
---
kind: distribution
id: greet
trigger: {segment_entered: buyers}
message: {channel: email, template: welcome}
limits: {on: [event, backfill]}
status: live
"""


@pytest.fixture
def installation(kafka: Kafka, topic_prefix: str, tmp_path: Path) -> Installation:
    """Topics of this test's own, and no definitions yet."""
    made = Installation(kafka.bootstrap, topic_prefix, tmp_path, clock="wall")
    apply(made, "")
    return made


def apply(installation: Installation, definitions: str) -> None:
    """Publish definitions in the place of those before."""
    directory = installation.directory / "definitions"
    directory.mkdir(exist_ok=True)
    (directory / "all.yaml").write_text(definitions, encoding="utf-8")
    installation.run("apply", str(directory), "--yes")


def produce(installation: Installation, customers: Sequence[str]) -> None:
    """A purchase of each of them."""
    producer = Producer({"bootstrap.servers": installation.bootstrap})
    for customer in customers:
        event, partition = written(purchase(customer, id=uuid.uuid4().hex)), home(customer)
        producer.produce(installation.prefix + "custom-events", event, customer.encode(), partition=partition)
    assert producer.flush(30) == 0


@contextmanager
def flowing(installation: Installation) -> Iterator[None]:
    """The busy ones buy, again and again, while the context is open."""
    enough = threading.Event()

    def buy() -> None:
        while not enough.wait(0.02):
            produce(installation, BUSY)

    with ThreadPoolExecutor(1) as buying:
        bought = buying.submit(buy)
        try:
            yield
        finally:
            enough.set()
        bought.result()


def swept(worker: WorkerProcess) -> bool:
    """Whether the worker says that all customers are decided."""
    told = worker.told()
    return told is not None and told["ready"] and told["sweeping"] == {}


def remaining(worker: WorkerProcess) -> list[float]:
    """How many customers are left, by the metrics, partition by partition."""
    metrics = worker.metrics()
    names = (f'tidemark_sweep_remaining_customers{{partition="{number}"}}' for number in range(PARTITIONS))
    return [metrics.get(name, -1) for name in names]


def changes(installation: Installation) -> Mapping[str, list[Record]]:
    """The committed changes by customer."""
    found: dict[str, list[Record]] = {}
    for record in installation.records("segment-changes"):
        found.setdefault(str(record["customer_id"]), []).append(record)
    return found


def of_silent(installation: Installation) -> dict[str, list[tuple[object, ...]]]:
    """What became of the silent ones: change, cause and version of each, by customer."""
    return {
        customer: [(r["change"], r["cause"], r["segment_version"]) for r in its]
        for customer, its in changes(installation).items()
        if customer in SILENT
    }


def read_model(installation: Installation) -> dict[str, dict[str, str]]:
    """Since when each customer is in which segment, from the changes alone; customers in none included."""
    members: dict[str, dict[str, str]] = {}
    for customer, its in changes(installation).items():
        own = members.setdefault(customer, {})
        for change in its:
            if change["change"] == "entered":
                assert change["segment_id"] not in own
                own[str(change["segment_id"])] = str(change["occurred_at"])
            else:
                del own[str(change["segment_id"])]
    return members


def published_memberships(installation: Installation) -> dict[str, dict[str, str]]:
    """The same as the compacted topic has it."""
    latest = installation.latest("segment-memberships")
    held = {(key or b"").decode(): json.loads(value or b"")["segments"] for key, value in latest.items()}
    return {key: {one["segment_id"]: one["entered_at"] for one in its} for key, its in held.items()}


def test_segments_change_while_events_flow(installation: Installation) -> None:
    """Exactly the differences come out, once, also of those who do nothing; the memberships are what they add up to."""
    produce(installation, [customer for customer, times in SILENT.items() for _ in range(times)])
    entered, left = ("entered", "backfill", 1), ("left", "definition", 2)
    with installation.worker() as worker:
        installation.wait_until_consumed()
        with flowing(installation):
            apply(installation, BUYERS.format(count=1) + GREETING)
            in_it = {customer: [entered] for customer, times in SILENT.items() if times > 1}
            wait_until(lambda: of_silent(installation) == in_it, "those who are in it to enter")
            apply(installation, BUYERS.format(count=2) + GREETING)
            narrowed = {name: [entered, left] if SILENT[name] == 2 else [entered] for name in in_it}
            wait_until(lambda: of_silent(installation) == narrowed, "those who are out of it to leave")
            apply(installation, "")
            gone = {name: [entered, left] for name in in_it}
            wait_until(lambda: of_silent(installation) == gone, "the rest to leave")
            apply(installation, BUYERS.format(count=0))
            back = {name: [*gone.get(name, []), entered] for name in SILENT}
            wait_until(lambda: of_silent(installation) == back, "all to enter what is there again")
        installation.wait_until_consumed()
        wait_until(lambda: swept(worker), "the sweep to end")
        wait_until(lambda: remaining(worker) == [0] * PARTITIONS, "the metrics to say so")
        worker.stop()
    assert of_silent(installation) == back
    assert {*changes(installation)} == {*SILENT, *BUSY}
    assert published_memberships(installation) == read_model(installation)
    greeted = [str(record["customer_id"]) for record in installation.records("distribution-triggers")]
    assert sorted(name for name in greeted if name in SILENT) == sorted(in_it)
    assert "of them changed" in worker.said()


def test_changes_while_no_worker_runs_are_made_up_for(installation: Installation) -> None:
    """A worker that comes back finds other definitions, decides all once, and none again at its next start."""
    produce(installation, list(SILENT))
    with installation.worker() as worker:
        installation.wait_until_consumed()
        worker.stop()
    apply(installation, BUYERS.format(count=0))
    for start in ("first", "second"):
        with installation.worker() as worker:
            wait_until(partial(swept, worker), "the sweep")
            worker.stop()
            assert ("decided anew" in worker.said()) == (start == "first")
    assert of_silent(installation) == {name: [("entered", "backfill", 1)] for name in SILENT}
    assert published_memberships(installation) == read_model(installation)
