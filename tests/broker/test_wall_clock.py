"""A worker on the wall clock: time moves customers by itself, and definitions change while it runs."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.broker.events import ago, of_customer, purchase, review, send, written
from tests.broker.installation import Installation, WorkerProcess, wait_until

pytestmark = pytest.mark.broker

PATIENT_SEGMENT = """
kind: segment
id: big-spenders
filter: {events.purchase.count: {conditions: {$more_than_or_equal: [3]}}}
"""


RETURNERS = """
kind: segment
id: returners
filter: {events.parcel_returned.count: {conditions: {$more_than_or_equal: [1]}}}
"""
PARCEL_RETURNED = {
    "type": "record",
    "name": "parcel_returned",
    "owner": "logistics",
    "example": {"parcels": 2},
    "fields": [{"name": "parcels", "type": "long", "min": 1}],
}


@pytest.fixture(scope="module")
def worker(installation: Installation) -> Iterator[WorkerProcess]:
    """One worker for all tests of this module."""
    with installation.worker() as running:
        yield running
        running.stop()


def test_a_segment_is_left_by_time_alone(installation: Installation, worker: WorkerProcess) -> None:
    """Five days after a review its writer leaves, at that very instant, published within seconds and with a message."""
    written_at = ago(days=5, seconds=-8)
    send(installation, "patient", written(review("patient", occurred_at=written_at)))
    changes = "segment-changes"
    wait_until(lambda: len(of_customer(installation, changes, "patient")) == 2, "entering and leaving")
    entered, left = of_customer(installation, changes, "patient")
    assert (entered["change"], entered["cause"]) == ("entered", "event")
    assert (left["change"], left["cause"], left["event_id"]) == ("left", "time", None)
    deadline = datetime.fromisoformat(written_at) + timedelta(days=5)
    assert datetime.fromisoformat(str(left["occurred_at"])) == deadline
    values = [json.loads(record.value or b"") for record in installation.read(changes)]
    (emitted_at,) = [value["emitted_at"] for value in values if value["id"] == left["id"]]
    assert timedelta(0) <= datetime.fromisoformat(emitted_at) - deadline < timedelta(seconds=5)
    (missed,) = of_customer(installation, "distribution-triggers", "patient")  # too late for thanks
    assert (missed["distribution_id"], missed["cause"], missed["segment"]) == (
        "miss-reviewer",
        "time",
        "recent-reviewers",
    )


def test_who_comes_too_late_for_a_segment_never_enters(
    installation: Installation, worker: WorkerProcess
) -> None:
    """An event older than the condition allows is counted and moves nobody, in or out."""
    send(installation, "late", written(review("late", occurred_at=ago(days=5, seconds=1))))
    installation.wait_until_consumed()
    assert of_customer(installation, "segment-changes", "late") == []


def test_the_future_within_limits_is_taken(installation: Installation, worker: WorkerProcess) -> None:
    """An event a minute ahead, as clocks that disagree produce them, is counted at its own time."""
    ahead = ago(seconds=-60)
    send(installation, "ahead", written(review("ahead", occurred_at=ahead)))
    installation.wait_until_consumed()
    (entered,) = of_customer(installation, "segment-changes", "ahead")
    assert datetime.fromisoformat(str(entered["occurred_at"])) == datetime.fromisoformat(ahead)


def ruleset(worker: WorkerProcess) -> str:
    """The ruleset in force, as the metrics name it."""
    (name,) = (name for name in worker.metrics() if name.startswith("tidemark_ruleset_info"))
    return name


def test_definitions_take_over_while_the_worker_runs(
    installation: Installation, worker: WorkerProcess, definitions: Path
) -> None:
    """What is applied decides about the next event, without a restart; customers keep what they had done before."""
    send(installation, "spender", *(written(purchase("spender")) for _ in range(2)))
    installation.wait_until_consumed()
    before = ruleset(worker)
    (definitions / "more.yaml").write_text(PATIENT_SEGMENT, encoding="utf-8")
    installation.apply(definitions)
    wait_until(lambda: ruleset(worker) != before, "the new definitions")
    send(installation, "spender", written(purchase("spender")))
    installation.wait_until_consumed()
    changed = [change["segment_id"] for change in of_customer(installation, "segment-changes", "spender")]
    assert changed == ["repeat-buyers", "big-spenders"]


def test_an_event_is_understood_once_its_definition_is_applied(
    installation: Installation, worker: WorkerProcess, definitions: Path
) -> None:
    """Before, it is rejected as undefined; after, its attributes are checked and it counts, without a restart."""
    (definitions / "parcel_returned.avsc").write_text(json.dumps(PARCEL_RETURNED), encoding="utf-8")
    (definitions / "returners.yaml").write_text(RETURNERS, encoding="utf-8")
    parcels = [purchase("returner", event="parcel_returned", metadata={"parcels": n}) for n in (1, 0, 2)]
    send(installation, "returner", written(parcels[0]))
    installation.wait_until_consumed()
    before = ruleset(worker)
    installation.apply(definitions)
    wait_until(lambda: ruleset(worker) != before, "the new event")
    send(installation, "returner", *map(written, parcels[1:]))
    installation.wait_until_consumed()
    rejected = of_customer(installation, "rejected-events", "returner")
    assert [(each["reason"], each["path"]) for each in rejected] == [
        ("undefined_event", "event"),
        ("out_of_limits", "metadata.parcels"),
    ]
    (entered,) = of_customer(installation, "segment-changes", "returner")
    assert (entered["segment_id"], entered["event_id"]) == ("returners", parcels[2]["id"])


def test_definitions_that_do_not_compile_are_refused(
    installation: Installation, worker: WorkerProcess
) -> None:
    """The last good ones stay in force, metrics and log say so; when the mistake is gone, all is well again."""
    before = ruleset(worker)
    broken = {
        "kind": "segment",
        "id": "broken",
        "version": 1,
        "applied_at": "2026-01-01T00:00:00Z",
        "body": {"filter": {"events.no_such_event.count": {"conditions": {"$more_than": [1]}}}},
    }
    installation.write("definitions", json.dumps(broken).encode(), b"segment/broken")
    wait_until(lambda: worker.metrics()["tidemark_ruleset_refused"] == 1, "the refusal")
    assert "no_such_event" in worker.log.read_text()
    assert ruleset(worker) == before
    send(installation, "steady", *(written(purchase("steady")) for _ in range(2)))
    installation.wait_until_consumed()
    assert len(of_customer(installation, "segment-changes", "steady")) == 1
    installation.write("definitions", None, b"segment/broken")
    wait_until(lambda: worker.metrics()["tidemark_ruleset_refused"] == 0, "the mistake to be gone")
    assert ruleset(worker) == before


def test_a_definition_that_is_no_definition_is_refused(
    installation: Installation, worker: WorkerProcess
) -> None:
    """Foreign bytes on the definitions topic harm nobody and are named with their offset."""
    installation.write("definitions", b"\xff\xfe", b"segment/foreign")
    wait_until(lambda: worker.metrics()["tidemark_ruleset_refused"] == 1, "the refusal")
    assert "segment/foreign" in worker.log.read_text()
    installation.write("definitions", None, b"segment/foreign")
    wait_until(lambda: worker.metrics()["tidemark_ruleset_refused"] == 0, "the mistake to be gone")
