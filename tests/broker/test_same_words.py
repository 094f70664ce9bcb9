"""One text for one mistake: what ``tidemark validate`` says of a file, a worker says of the same records."""

import json
from pathlib import Path

import pytest

from tests.broker.events import DEFINITIONS, ago, home, purchase, review, written
from tests.broker.installation import Installation, Record
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

LINES = [
    written(purchase("c", event="purchas")),
    written(purchase("c", event="teleported")),
    written(purchase("c", metadata={})),
    written(purchase("c", metadata={"cds": "two", "amount": None, "colour": "red", "amont": 1})),
    written(review("c", metadata={"rating": 9, "text": "x" * 10_001})),
    written(purchase("c") | {"custmer": {}, "customer": {"source_id": ""}, "occurred_at": "yesterday"}),
    written({"event": "purchase", "customer": {"id": 7, "email": 1, "address": []}, "metadata": []}),
    written(purchase("c", occurred_at="2125-01-01T00:00:00Z")),
    written(purchase("c", occurred_at="2025-02-30T00:00:00Z")),
    written(purchase("c") | {"id": "", "source": 3}),
    b'{"event": "purchase", "customer',
    b"[1, 2]",
    b"no event",
    b"\x00\x00\x00\x00\x07rest",
    written(purchase("c", source="x" * 1_100_000)),
    written(purchase("good", occurred_at=ago(days=1))),
]


def test_files_and_records_are_judged_in_the_same_words(
    kafka: Kafka, topic_prefix: str, tmp_path: Path
) -> None:
    """Every fault of every record, with path, expectation and what was found, all at once and in the same order."""
    installation = Installation(kafka.bootstrap, topic_prefix, tmp_path, clock="wall")
    installation.apply(DEFINITIONS)
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"\n".join(LINES) + b"\n")
    for line in LINES:
        installation.write("custom-events", line, b"c", partition=home("c"))
    with installation.worker() as worker:
        installation.wait_until_consumed()
        worker.stop()
    told = installation.ask("validate", str(file), "--definitions", str(DEFINITIONS), "--json")
    assert told.returncode == 1
    by_validate = [json.loads(line) for line in told.stdout.splitlines()[:-1]]
    by_worker = sorted(installation.records("rejected-events"), key=lambda record: int(record["offset"]))
    assert [words(verdict) for verdict in by_validate] == [words(record) for record in by_worker]
    assert len(by_worker) == len(LINES) - 1
    assert max(len(record["faults"]) for record in by_worker) == 4
    assert by_worker[0]["expected"] == "the name of a defined event; did you mean purchase?"
    assert "did you mean amount?" in str(by_worker[3]["faults"])


def words(judged: Record) -> Record:
    """What is said to the sender."""
    return {name: judged[name] for name in ("reason", "event", "customer_id", "faults")}
