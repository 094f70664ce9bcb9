"""Who is deleted leaves nothing on ``rejected-events``: what was rejected before is taken out, and nothing else."""

import time
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from tests.broker.events import PARTITIONS, home
from tests.broker.installation import Installation, wait_until
from tests.broker.visits import SECONDS, define, listed, send, visit
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

_HOUR = 3_600_000


@pytest.fixture
def installation(kafka: Kafka, topic_prefix: str, tmp_path: Path) -> Installation:
    """Topics of this test's own, and visits that must not tell a room."""
    made = Installation(kafka.bootstrap, topic_prefix, tmp_path, clock="wall")
    define(made, SECONDS)
    return made


def customers(installation: Installation) -> list[str]:
    """Of whom `tidemark rejected list` has a record."""
    return sorted(event["customer_id"] for event in listed(installation))


def shares(installation: Installation) -> list[int]:
    """How many partitions each of those who follow deletions has."""
    group = f"{installation.prefix}tidemark-erasing"
    admin = AdminClient({"bootstrap.servers": installation.bootstrap})
    members = admin.describe_consumer_groups([group])[group].result().members
    return sorted(len(member.assignment.topic_partitions) for member in members)


def test_what_a_deleted_customer_had_rejected_is_taken_out(installation: Installation) -> None:
    """Others' stays, and what one sent since the deletion; a restart looks for nobody again."""
    with installation.worker() as worker:
        for customer in ("ann", "ann", "bob", "cat"):
            send(installation, visit(customer))
        installation.wait_until_consumed()
        assert customers(installation) == ["ann", "ann", "bob", "cat"]
        hour_ago = int(time.time() * 1000) - _HOUR
        installation.write("customers", None, b"cat", timestamp=hour_ago)
        installation.write("customers", None, b"ann")
        wait_until(lambda: worker.metrics()["tidemark_erased_total"] == 2, "ann's records to be taken out")
        worker.stop()
        assert "2 rejected records of 2 deleted customers taken out, of 4 that were read" in worker.said()
    assert customers(installation) == ["bob", "cat"]
    records = installation.read("rejected-events")
    gone = {(each.partition, each.key) for each in records if each.value is None}
    of_ann = {(each.partition, each.key) for each in records if b'"customer_id":"ann"' in (each.value or b"")}
    assert gone == of_ann
    assert len(gone) == 2
    with installation.worker() as again:
        send(installation, visit("ann"))
        installation.wait_until_consumed()
        installation.write("customers", None, b"nobody")
        wait_until(lambda: "deleted customers taken out" in again.said(), "the next look")
        assert "0 rejected records of 1 deleted customers taken out" in again.said()
        again.stop()
    assert customers(installation) == ["ann", "bob", "cat"]


def test_workers_share_the_deletions(installation: Installation) -> None:
    """Each looks for those of its partitions, on whatever partition they were rejected; nobody is left out."""
    gone = [f"gone-{number}" for number in range(24)]
    assert len({home(customer) for customer in gone}) == PARTITIONS
    with installation.worker("one") as one, installation.worker("two") as two:
        for customer in ("bob", *gone):
            send(installation, visit(customer))
        installation.wait_until_consumed()
        wait_until(lambda: shares(installation) == [2, 2], "both workers to follow deletions")
        for customer in gone:
            installation.write("customers", None, customer.encode(), partition=home(customer))
        erased = [0.0, 0.0]

        def all_are() -> bool:
            erased[:] = [worker.metrics()["tidemark_erased_total"] for worker in (one, two)]
            return sum(erased) >= len(gone)

        wait_until(all_are, "their records to be taken out")
        assert sum(erased) == len(gone)
        assert min(erased) > 0
        assert customers(installation) == ["bob"]
        one.stop()
        two.stop()
