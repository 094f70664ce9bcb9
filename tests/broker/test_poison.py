"""Records that break the heart of a real worker: parked with their traceback, too many of them stop it."""

import base64
import json
from pathlib import Path

import pytest

from streams.engine.marks import is_mark
from tests.broker.breaking_worker import BREAKING_WORKER, BREAKS
from tests.broker.events import DEFINITIONS, purchase, written
from tests.broker.installation import Installation, wait_until
from tests.conftest import Kafka

pytestmark = pytest.mark.broker


@pytest.fixture
def installation(kafka: Kafka, topic_prefix: str, tmp_path: Path) -> Installation:
    """Topics and definitions of this test's own."""
    made = Installation(kafka.bootstrap, topic_prefix, tmp_path, clock="wall")
    made.apply(DEFINITIONS)
    return made


def send(installation: Installation, customers: list[str]) -> None:
    """A purchase of each, through ``tidemark produce``."""
    path = installation.directory / f"{len(customers)}.ndjson"
    path.write_bytes(b"".join(written(purchase(customer)) + b"\n" for customer in customers))
    installation.produce(path)


def test_records_that_break_the_heart_are_parked_and_all_others_count(installation: Installation) -> None:
    """Two among two hundred go to ``rejected-events`` with traceback and bytes; everybody else is served, once."""
    good, bad = [f"c-{number}" for number in range(200)], [f"{BREAKS}-{number}" for number in (1, 2)]
    send(installation, [*good[:100], *bad, *good[100:]])
    with installation.started("one", BREAKING_WORKER) as worker:
        wait_until(worker.ready, "the worker to be ready")
        installation.wait_until_consumed()
        assert worker.metrics()['tidemark_poison_total{kind="record"}'] == 2
        worker.stop()
    parked = installation.records("rejected-events")
    assert {record["reason"] for record in parked} == {"internal_error"}
    assert all("broken on purpose" in record["traceback"] for record in parked)
    originals = [json.loads(base64.b64decode(record["value"])) for record in parked]
    assert sorted(event["customer"]["source_id"] for event in originals) == bad
    states = installation.latest("tidemark.customers.changelog")
    assert sorted(key.decode() for key in states if key and not is_mark(key)) == sorted(good)


def test_more_of_them_than_may_be_stop_the_worker(installation: Installation) -> None:
    """The fault is then no single record's: the worker ends with an error that says so, and commits none of it."""
    installation.environment |= {"TIDEMARK_POISON_LIMIT": "1"}
    send(installation, [f"{BREAKS}-{number}" for number in range(3)])
    with installation.started("one", BREAKING_WORKER) as worker:
        wait_until(lambda: worker.process.poll() is not None, "the worker to end")
        assert worker.process.returncode == 1
        assert "more than TIDEMARK_POISON_LIMIT (1) allows" in worker.said()
