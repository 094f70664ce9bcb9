"""Customers without events: told of and deleted over Kafka and HTTP, through a real worker, exactly once."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.broker.installation import Installation, Record, WorkerProcess, wait_until
from tests.broker.over_http import answered, serving
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

DEFINITIONS = """\
kind: segment
id: gold
filter: {metadata.level: {conditions: {$is: [Gold]}}}
---
kind: segment
id: visitors
filter: {events.new_review.count: {conditions: {$more_than: [0]}}}
---
kind: earning_rule
id: visit
campaign: club
trigger: {event: new_review}
points: {type: fixed, value: 1}
"""
GOLD = {"metadata": {"level": "Gold"}}


@pytest.fixture(scope="module")
def installation(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Topics and definitions for all tests here; each has customers of its own."""
    made = Installation(
        kafka.bootstrap, "test-customers.", tmp_path_factory.mktemp("customers"), clock="wall"
    )
    directory = made.directory / "definitions"
    directory.mkdir()
    (directory / "all.yaml").write_text(DEFINITIONS, encoding="utf-8")
    made.run("apply", "definitions", "--yes")
    return made


@pytest.fixture(scope="module")
def worker(installation: Installation) -> Iterator[WorkerProcess]:
    """A worker for all tests."""
    with installation.worker("one") as running:
        yield running
        running.stop()


@pytest.fixture(scope="module")
def gateway(installation: Installation) -> Iterator[WorkerProcess]:
    """A gateway that is ready."""
    with serving(installation) as running:
        yield running
        running.stop()


def ask(gateway: WorkerProcess, method: str, customer: str, body: bytes | None = None) -> tuple[int, Any]:
    """Status and answer."""
    return answered(f"{gateway.pages()}/v1/customers/{quote(customer, safe='')}", method, body)


def changes(installation: Installation, customer: str) -> list[tuple[str, str, str]]:
    """Segment, change and cause of what was published of a customer, in order."""
    own = (one for one in installation.records("segment-changes") if one["customer_id"] == customer)
    return [(one["segment_id"], one["change"], one["cause"]) for one in own]


def internal(installation: Installation, customer: str, name: str) -> list[Record]:
    """Internal events of a customer."""
    return [
        one
        for one in installation.records("internal-events")
        if one["customer"]["source_id"] == customer and one["event"] == name
    ]


def visit(installation: Installation, customer: str) -> None:
    """Send an event, the same id each time."""
    event = {
        "id": "v-1",
        "event": "new_review",
        "customer": {"source_id": customer},
        "metadata": {"rating": 5},
    }
    installation.write("custom-events", json.dumps(event).encode(), customer.encode())


def test_a_customer_who_is_told_of_enters_segments_and_deleted_leaves_them(
    installation: Installation, worker: WorkerProcess, gateway: WorkerProcess
) -> None:
    """Entered by the profile, left by the deletion; the compacted topics forget; afterwards the id is somebody new."""
    assert worker.ready()
    status, answer = ask(gateway, "PUT", "ann/1", json.dumps(GOLD).encode())
    assert (status, answer["customer_id"]) == (202, "ann/1")
    wait_until(lambda: changes(installation, "ann/1"), "the entry")
    visit(installation, "ann/1")
    wait_until(lambda: len(changes(installation, "ann/1")) == 2, "the other entry")
    assert b"ann/1" in installation.latest("segment-memberships")
    assert ask(gateway, "DELETE", "ann/1")[0] == 202
    wait_until(lambda: internal(installation, "ann/1", "customer.deleted"), "the receipt")
    entered = [("gold", "entered", "profile"), ("visitors", "entered", "event")]
    left = [("gold", "left", "deletion"), ("visitors", "left", "deletion")]
    assert changes(installation, "ann/1") == entered + left
    (receipt,) = internal(installation, "ann/1", "customer.deleted")
    assert receipt["metadata"] == {"segments": 2, "cards": 1}
    for topic in ("segment-memberships", "point-balances", "tidemark.customers.changelog"):
        latest = installation.latest(topic)
        assert {value for key, value in latest.items() if key and key.startswith(b"ann/1")} == {None}
    visit(installation, "ann/1")
    wait_until(lambda: len(changes(installation, "ann/1")) == 5, "the customer to be known again")
    assert changes(installation, "ann/1")[4] == ("visitors", "entered", "event")


def test_what_is_no_customer_is_told(gateway: WorkerProcess, installation: Installation) -> None:
    """Over HTTP at once, with all faults; over Kafka on the topic of what is rejected."""
    status, answer = ask(gateway, "PUT", "bob", b'{"source_id": "rob", "name": 7}')
    assert status == 400
    assert [fault["path"] for fault in answer["faults"]] == ["customer.source_id", "customer.name"]
    installation.write("customers", b'{"name": 7}', b"bob")
    wait_until(
        lambda: [one for one in installation.records("rejected-events") if one["customer_id"] == "bob"],
        "the rejection",
    )


def test_a_file_of_customers(installation: Installation, worker: WorkerProcess) -> None:
    """Profiles and deletions, one a line; what is neither is shown, and the others go on."""
    lines = [
        '{"source_id": "cat", "metadata": {"level": "Gold"}}',
        '{"source_id": "dan", "metadata": {"level": "Gold"}}',
        '{"name": "nobody"}',
        '{"source_id": "cat", "deleted": true}',
    ]
    (installation.directory / "customers.ndjson").write_text("\n".join(lines), encoding="utf-8")
    done = installation.ask("produce", "customers.ndjson", "--customers")
    assert done.returncode == 1
    assert "customers.ndjson:3: not sent" in done.stderr
    assert "Customers sent: 3, refused: 1, failed: 0." in done.stdout
    wait_until(lambda: len(changes(installation, "cat")) == 2, "cat to come and go")
    assert changes(installation, "cat") == [("gold", "entered", "profile"), ("gold", "left", "deletion")]
    wait_until(lambda: changes(installation, "dan"), "dan")
    assert worker.ready()


def test_what_was_deleted_stays_so_when_the_state_is_restored(
    installation: Installation, worker: WorkerProcess
) -> None:
    """A new owner without a store knows who was told of, and nobody who was forgotten."""
    wait_until(lambda: changes(installation, "dan"), "dan")
    worker.stop()
    for name in ("one", "two"):  # with its store, and without
        with installation.worker(name) as next_owner:
            wait_until(next_owner.ready, "the next owner")
            known = [page_of(next_owner, customer) for customer in ("dan", "cat")]
            assert known == [200, 404]
            next_owner.stop()


def page_of(worker: WorkerProcess, customer: str) -> int:
    """The status of a customer's page."""
    return answered(f"{worker.pages()}/customers/{customer}", "GET")[0]
