"""Time and order of events on a real broker: late ones, future ones, repetitions within the window and after it."""

from collections.abc import Iterator

import pytest

from streams.domain.duplicates import MOST
from streams.engine.state_codec import decode_state
from tests.broker.events import DEFINITIONS, ago, balances, home, of_customer, purchase, send, written
from tests.broker.installation import Installation, WorkerProcess, wait_until
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

MINUTE = 60.0


@pytest.fixture(scope="module")
def worker(installation: Installation) -> Iterator[WorkerProcess]:
    """One worker on the wall clock for all tests of this module that ask for it."""
    with installation.worker() as running:
        yield running
        running.stop()


def dropped(worker: WorkerProcess) -> float:
    """How many events were dropped because their id was seen."""
    return worker.metrics()["tidemark_events_duplicate_total"]


def test_a_late_event_counts_and_moves_no_last_back(
    installation: Installation, worker: WorkerProcess
) -> None:
    """The older one came second: two are counted, the first is the older, the last the younger."""
    old, young = "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"
    send(installation, "late", *(written(purchase("late", occurred_at=at)) for at in (young, old)))
    installation.wait_until_consumed()
    assert balances(installation, "late") == [1, 2]
    state = decode_state(installation.latest("tidemark.customers.changelog")[b"late"] or b"")
    occurrence = state.occurrences["purchase"]  # type: ignore[index]  # a name is a name
    assert occurrence.count == 2
    assert occurrence.last - occurrence.first == 366 * 86_400_000


def test_only_beyond_the_skew_is_an_event_of_the_future(
    installation: Installation, worker: WorkerProcess
) -> None:
    """Four minutes ahead counts, six are rejected."""
    for minutes in (4, 6):
        send(installation, "early", written(purchase("early", occurred_at=ago(seconds=-minutes * MINUTE))))
    installation.wait_until_consumed()
    assert balances(installation, "early") == [1]
    (rejected,) = [each for each in installation.records("rejected-events") if each["customer_id"] == "early"]
    assert (rejected["reason"], rejected["expected"]) == ("future", "at most 300000 ms ahead of the clock")


def test_an_event_without_a_time_takes_its_records(installation: Installation, worker: WorkerProcess) -> None:
    """The timestamp of the record is when it happened."""
    installation.write(
        "custom-events",
        written(purchase("plain")),
        b"plain",
        partition=home("plain"),
        timestamp=1_700_000_000_000,
    )
    installation.wait_until_consumed()
    (points,) = of_customer(installation, "point-events", "plain")
    assert points["occurred_at"] == "2023-11-14T22:13:20Z"


def test_what_is_remembered_of_ids_is_bounded(installation: Installation, worker: WorkerProcess) -> None:
    """After two windows full of ids, one of the last 256 is still known, the state holds no more, all counted once."""
    events = [written(purchase("keen")) for _ in range(2 * MOST)]
    file = installation.directory / "keen.ndjson"
    file.write_bytes(b"\n".join([*events, events[-MOST]]) + b"\n")
    installation.produce(file)
    installation.wait_until_consumed()
    assert balances(installation, "keen") == list(range(1, 2 * MOST + 1))
    record = installation.latest("tidemark.customers.changelog")[b"keen"] or b""
    assert len(decode_state(record).recent) == MOST * 16
    wait_until(lambda: dropped(worker) == 1, "the one repetition to be counted")


def test_an_id_is_known_for_the_window(
    kafka: Kafka, topic_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """By the stream's clock: dropped at 24 hours to the millisecond, and counted a millisecond later."""
    installation = Installation(kafka.bootstrap, topic_prefix, tmp_path_factory.mktemp("window"))
    installation.apply(DEFINITIONS)
    for at in ("01T00:00:00Z", "02T00:00:00Z", "02T00:00:00.001Z"):
        send(installation, "twin", written(purchase("twin", id="p-1", occurred_at=f"2025-01-{at}")))
    with installation.worker() as worker:
        installation.wait_until_consumed()
        wait_until(lambda: dropped(worker) == 1, "the one repetition to be counted")
        worker.stop()
    points = of_customer(installation, "point-events", "twin")
    assert [record["occurred_at"] for record in points] == [
        "2025-01-01T00:00:00Z",
        "2025-01-02T00:00:00.001Z",
    ]
