"""Input that is large and allowed, or that adds up: it is carried or rejected, and never stops the stream."""

from collections.abc import Iterator

import pytest

from tests.broker.events import balances, of_customer, purchase, send, written
from tests.broker.installation import Installation, WorkerProcess

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def worker(installation: Installation) -> Iterator[WorkerProcess]:
    """One worker for all tests of this module."""
    with installation.worker() as running:
        yield running
        running.stop()


def test_a_large_event_makes_a_larger_message(installation: Installation, worker: WorkerProcess) -> None:
    """An event just within its limit, shown three times over in the message it triggers, arrives whole."""
    story = "x" * 990_000
    view = purchase("reader", event="page_viewed", metadata={"path": "/", "story": story})
    send(installation, "reader", written(view), written(purchase("reader")))
    installation.wait_until_consumed()
    (trigger,) = of_customer(installation, "distribution-triggers", "reader")
    assert trigger["message"]["data"] == {"story": story, "again": story}
    assert trigger["event"]["metadata"]["story"] == story
    assert balances(installation, "reader") == [1]


def test_a_profile_that_grows_without_end_is_stopped(
    installation: Installation, worker: WorkerProcess
) -> None:
    """Beyond a million bytes the event that adds to the profile is rejected with the size; others go on."""
    for number in range(8):
        fields = {f"field-{number}-{each}": "x" * 1_000 for each in range(200)}
        send(
            installation,
            "hoarder",
            written(purchase("x") | {"customer": {"source_id": "hoarder", "metadata": fields}}),
        )
    send(installation, "hoarder", written(purchase("hoarder")))
    installation.wait_until_consumed()
    rejected = [r for r in installation.records("rejected-events") if r["customer_id"] == "hoarder"]
    assert {(record["reason"], record["path"]) for record in rejected} == {("too_large", "customer")}
    assert len(rejected) == 4
    assert rejected[0]["expected"] == "a profile of at most 1000000 bytes with these fields"
    assert balances(installation, "hoarder") == [1, 2, 3, 4, 5]
