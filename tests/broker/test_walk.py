"""The way of somebody who has only the front door: define an event, send it, break it, read why, correct, replay.

The schema registry is a stand-in that follows the REST interface of Confluent's (``tests/schemas/registry_server.py``).
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker.events import balances, home, written
from tests.broker.installation import Installation, Record, WorkerProcess
from tests.broker.serialised import produce
from tests.broker.visits import listed, taking_over
from tests.conftest import Kafka
from tests.schemas.registry_server import RegistryServer

pytestmark = pytest.mark.broker

EVENT = "parcel_returned"
DEFINE = (
    "schema", "new", EVENT, "--directory", "definitions", "--owner", "logistics", "--doc", "A parcel came back.",
    "--attribute", "parcel:text,minLength=1", "--attribute", "reason:one_of(broken|late|unwanted)",
    "--attribute", "weight:decimal?,min=0",
)  # fmt: skip
POINTS = f"""\
kind: earning_rule
id: sorry
campaign: club
trigger: {{event: {EVENT}}}
points: {{type: fixed, value: 1}}
active: true
"""
GOOD = {"parcel": "p-1", "reason": "late"}
BROKEN: list[tuple[bytes | Record, str, str]] = [
    (b'{"event": "parcel_returned", "cust', "malformed_json", "value"),
    (b"\xc3\x01nowhere known", "unknown_fingerprint", "value"),
    ({"event": "parcel_retruned"}, "undefined_event", "event"),
    ({"metadata": {"reason": "late"}}, "missing_attribute", "metadata.parcel"),
    ({"metadata": GOOD | {"parcel": 7}}, "wrong_type", "metadata.parcel"),
    ({"metadata": GOOD | {"reason": "tired"}}, "out_of_limits", "metadata.reason"),
    ({"metadata": GOOD | {"weight": -1}}, "out_of_limits", "metadata.weight"),
    ({"occurred_at": "yesterday"}, "invalid_time", "occurred_at"),
    ({"occurred_at": "2125-01-01T00:00:00Z"}, "future", "occurred_at"),
    ({"metadata": GOOD | {"note": "wet"}}, "unknown_attribute", "metadata.note"),
]
"""Ten ways to break it: what is sent in the place of a good value or of parts of it, the reason, and the path."""


@pytest.fixture
def installation(kafka: Kafka, topic_prefix: str, tmp_path: Path) -> Installation:
    """Topics and a directory of this test's own."""
    return Installation(kafka.bootstrap, topic_prefix, tmp_path, clock="wall")


@pytest.fixture
def registry() -> Iterator[RegistryServer]:
    """A registry."""
    with RegistryServer() as running:
        yield running


def test_from_a_definition_to_right_counts(installation: Installation, registry: RegistryServer) -> None:
    """Each encoding counts, each mistake is told with its place, and after the correction one replay sets it right."""
    installation.run(*DEFINE)
    (installation.directory / "definitions" / "points.yaml").write_text(POINTS, encoding="utf-8")
    installation.run("apply", "definitions", "--yes")
    with installation.worker(TIDEMARK_REGISTRY_URL=registry.url) as worker:
        send_in_each_encoding(installation, registry)
        installation.wait_until_consumed()
        # The programs send one example, with one id: the second is a repetition.
        assert balances(installation, "c-42") == [1]
        assert balances(installation, "registered") == [1]
        for number, (change, *_) in enumerate(BROKEN):
            installation.write("custom-events", broken(number, change), b"ada", partition=home("ada"))
        installation.wait_until_consumed()
        told = {int(each["offset"]): (each["reason"], each["path"]) for each in listed(installation)}
        assert [told[offset] for offset in sorted(told)] == [(reason, path) for _, reason, path in BROKEN]
        assert balances(installation, "ada") == []
        correct(installation, worker)
        installation.run("rejected", "replay", "--reason", "unknown_attribute", "--yes")
        again = installation.run("rejected", "replay", "--reason", "unknown_attribute", "--yes")
        assert "Replayed before, and not sent again: 1." in again
        installation.wait_until_consumed()
        worker.stop()
    assert balances(installation, "ada") == [1]
    assert sum(bool(each["replayed"]) for each in listed(installation)) == 1


def send_in_each_encoding(installation: Installation, registry: RegistryServer) -> None:
    """By the programs that Tidemark writes, in JSON and in Avro, and by Confluent's serialiser."""
    show = ("schema", "show", EVENT, "--definitions", "definitions")
    wire = installation.run(*show, "--wire")
    (installation.directory / f"{EVENT}.wire.avsc").write_text(wire, encoding="utf-8")
    for program in ("python", "avro"):
        (installation.directory / "send.py").write_text(
            installation.run(*show, "--snippet", program), encoding="utf-8"
        )
        subprocess.run([sys.executable, "send.py"], cwd=installation.directory, check=True, timeout=60)
    produce(installation, registry.url, event("registered"), wire)


def event(customer: str, **changed: object) -> Record:
    """A good event, changed."""
    return {"event": EVENT, "customer": {"source_id": customer}, "metadata": GOOD} | changed


def broken(number: int, change: bytes | Record) -> bytes:
    """One of the broken values."""
    return change if isinstance(change, bytes) else written(event("ada", id=f"broken-{number}", **change))


def correct(installation: Installation, worker: WorkerProcess) -> None:
    """Allow a note: checked first against what it was, then applied and taken over."""
    file = installation.directory / "definitions" / f"{EVENT}.avsc"
    old = file.read_text(encoding="utf-8")
    document = json.loads(old)
    document["fields"].append({"name": "note", "type": ["null", "string"], "default": None})
    file.write_text(json.dumps(document), encoding="utf-8")
    checked = installation.ask("schema", "check", "-", str(file), text=old)
    assert checked.returncode == 0, checked.stdout
    with taking_over(worker):
        installation.run("apply", "definitions", "--yes")
