"""The life of a worker: starting, waiting, refusing, stopping, and finding its way back."""

import json
import re
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, NewPartitions

from deploy.kafka.local_broker import LocalBroker
from schemas.outputs import output_decoder, output_topics
from streams.engine.state_store import Changes, StateStore
from tests.broker.events import DEFINITIONS, balances, home, purchase, review, send, written
from tests.broker.installation import Installation, Record, WorkerProcess, wait_until
from tests.conftest import Kafka

pytestmark = pytest.mark.broker

CUSTOMERS = [f"c-{number}" for number in range(300)]
ROUNDS = 20


@pytest.fixture
def installation(kafka: Kafka, topic_prefix: str, tmp_path: Path) -> Installation:
    """Topics and definitions of this test's own."""
    made = Installation(kafka.bootstrap, topic_prefix, tmp_path, clock="wall")
    made.apply(DEFINITIONS)
    return made


def events(directory: Path) -> Path:
    """A file in which each customer buys twenty times."""
    path = directory / "events.ndjson"
    lines = (written(purchase(customer)) + b"\n" for _ in range(ROUNDS) for customer in CUSTOMERS)
    path.write_bytes(b"".join(lines))
    return path


def restored(worker: WorkerProcess) -> int:
    """How many changelog records the worker applied since it was started first."""
    return sum(int(count) for count in re.findall(r"(\d+) changelog records applied", worker.log.read_text()))


def ended(worker: WorkerProcess) -> str:
    """What a worker that ended by itself with an error had to say."""
    try:
        wait_until(lambda: worker.process.poll() is not None, "the worker to end")
    finally:
        worker.kill()
    assert worker.process.returncode != 0
    return worker.log.read_text()


def rebuilt(changes: list[Record]) -> dict[str, dict[str, Record]]:
    """Who is in which segment since when, from the changes alone."""
    members: dict[str, dict[str, Record]] = {}
    for change in changes:
        own = members.setdefault(str(change["customer_id"]), {})
        if change["change"] == "entered":
            names = ("segment_id", "segment_version")
            own[change["segment_id"]] = {name: change[name] for name in names} | {
                "entered_at": change["occurred_at"]
            }
        else:
            del own[change["segment_id"]]
    return members


def test_stopped_in_mid_stream_a_worker_goes_on_where_it_was(
    installation: Installation, tmp_path: Path
) -> None:
    """SIGTERM ends it within 10 s, all committed; the next start reads no more than the tail; all counts once."""
    with installation.worker() as worker:
        installation.produce(events(tmp_path))
        wait_until(lambda: installation.consumed() > 0, "the first events to be committed")
        assert worker.stop() < 10
    with installation.worker() as worker:
        installation.wait_until_consumed()
        assert worker.stop() < 10
        after_two_starts = restored(worker)
    with installation.worker() as worker:
        assert restored(worker) - after_two_starts <= 2 * 4  # markers and the like, not the 300 customers
        assert worker.stop() < 10
    points = installation.records("point-events")
    for customer in CUSTOMERS:
        own = [record["balance"] for record in points if record["customer_id"] == customer]
        assert own == list(range(1, ROUNDS + 1)), customer
    assert_in_step(installation, points)


def assert_in_step(installation: Installation, points: list[Record]) -> None:
    """The compacted topics say what the topics of changes add up to."""
    changes = rebuilt(installation.records("segment-changes"))
    latest = installation.latest("segment-memberships")
    assert len(changes) == len(CUSTOMERS)
    assert {(key or b"").decode(): by_segment(value) for key, value in latest.items()} == changes
    cards = {
        key: json.loads(value or b"")["balance"]
        for key, value in installation.latest("point-balances").items()
    }
    assert cards == {f"{p['customer_id']}/{p['card_id']}".encode(): ROUNDS for p in points}


def by_segment(value: bytes | None) -> dict[str, Record]:
    """The memberships in one record, by segment."""
    return {held["segment_id"]: held for held in json.loads(value or b"")["segments"]}


def test_a_worker_without_its_store_is_restored(installation: Installation) -> None:
    """On an empty disk, as on another machine, it knows every customer from the changelog."""
    with installation.worker("one") as worker:
        send(installation, "mover", *(written(purchase("mover")) for _ in range(3)))
        installation.wait_until_consumed()
        worker.stop()
    with installation.worker("two") as other:
        send(installation, "mover", written(purchase("mover")))
        installation.wait_until_consumed()
        assert balances(installation, "mover") == [1, 2, 3, 4]
        other.stop()


def test_a_worker_waits_for_its_broker(private_kafka: LocalBroker, topic_prefix: str, tmp_path: Path) -> None:
    """Started first, it says that nobody answers and what to do, and serves when the broker has come."""
    installation = Installation(private_kafka.start().bootstrap, topic_prefix, tmp_path, clock="wall")
    installation.apply(DEFINITIONS)
    private_kafka.stop()
    worker = WorkerProcess(installation, "early")
    try:
        wait_until(lambda: "no Kafka broker answers" in worker.log.read_text(), "the word that it waits")
        assert "Waiting for it" in worker.log.read_text()
        assert worker.process.poll() is None
        private_kafka.start()
        wait_until(worker.ready, "the worker to be ready")
        send(installation, "patient", written(purchase("patient")))
        installation.wait_until_consumed()
        assert balances(installation, "patient") == [1]
        assert worker.stop() < 10
    finally:
        worker.kill()


def test_unequal_partition_counts_are_refused(installation: Installation) -> None:
    """A customer would be counted on two partitions: the start is refused with the counts, and exit code 2."""
    admin = AdminClient({"bootstrap.servers": installation.bootstrap})
    name = f"{installation.prefix}custom-events"
    admin.create_partitions([NewPartitions(name, 5)])[name].result(30)
    worker = WorkerProcess(installation, "one")
    said = ended(worker)
    assert worker.process.returncode == 2
    assert f"equal partition counts, found: {name} has 5" in said
    assert "Traceback" not in said


def test_missing_topics_are_refused(kafka: Kafka, topic_prefix: str, tmp_path: Path) -> None:
    """Without topics a worker does not start, and says which command makes them."""
    worker = WorkerProcess(Installation(kafka.bootstrap, topic_prefix, tmp_path, clock="wall"), "one")
    said = ended(worker)
    assert worker.process.returncode == 2
    assert f"topic {topic_prefix}custom-events does not exist; create it with `tidemark apply DIR`" in said
    assert "Traceback" not in said


def decoded(installation: Installation, topic: str) -> list[Record]:
    """The records of a topic on which only Avro stands."""
    decode, values = output_decoder(topic, "avro"), [each.value or b"" for each in installation.read(topic)]
    assert all(value.startswith(b"\xc3\x01") for value in values)
    return [decode(value) for value in values]


def test_outputs_in_avro_say_the_same(installation: Installation) -> None:
    """With Avro as encoding every output topic decodes by its schema, and only Avro stands on it."""
    installation.environment["TIDEMARK_OUTPUT_ENCODING"] = "avro"
    with installation.worker() as worker:
        send(
            installation,
            "avro",
            *(written(purchase("avro")) for _ in range(2)),
            written(review("avro")),
            b"no event",
        )
        installation.wait_until_consumed()
        worker.stop()
    found = {topic: decoded(installation, topic) for topic in output_topics()}
    assert [change["segment_id"] for change in found["segment-changes"]] == [
        "repeat-buyers",
        "recent-reviewers",
    ]
    assert [points["balance"] for points in found["point-events"]] == [1, 2]
    assert [trigger["message"] for trigger in found["distribution-triggers"]] == [
        {"channel": "email", "template": "thanks", "data": {"score": 5}}
    ]
    assert [rejected["reason"] for rejected in found["rejected-events"]] == ["malformed_json"]
    assert found["point-balances"][-1]["balance"] == 2
    last = {held["segment_id"] for held in found["segment-memberships"][-1]["segments"]}
    assert last == {"repeat-buyers", "recent-reviewers"}
    assert len(found["internal-events"]) == 5


def test_a_changelog_that_cannot_be_read_ends_the_worker(installation: Installation) -> None:
    """States of another format are not guessed at: the worker ends, and says what it found and what to do."""
    installation.write("tidemark.customers.changelog", b"\x07junk", b"c", partition=0)
    said = ended(WorkerProcess(installation, "one"))
    assert "a customer's state has format 07, this version reads 02" in said


def test_a_state_that_cannot_be_read_ends_the_worker(installation: Installation) -> None:
    """An error in the middle of a batch commits nothing of it and does not go unseen; mended, all is counted."""
    with installation.worker() as worker:
        send(installation, "damaged", written(purchase("damaged")))
        installation.wait_until_consumed()
        worker.stop()
    place = installation.directory / "state-one" / str(home("damaged"))
    store = StateStore.open(place)
    good = store.get(b"damaged") or b""
    put(store, b"\x07junk")
    send(installation, "healthy", written(purchase("healthy")))
    send(installation, "damaged", written(purchase("damaged")))
    said = ended(WorkerProcess(installation, "one"))
    assert "a customer's state has format 07" in said
    put(StateStore.open(place), good)
    with installation.worker() as worker:
        installation.wait_until_consumed()
        worker.stop()
    assert balances(installation, "damaged") == [1, 2]
    assert balances(installation, "healthy") == [1]


def put(store: StateStore, record: bytes) -> None:
    """Write the state of the customer and close the store."""
    changes = Changes()
    changes.put(b"damaged", record)
    store.apply(changes, None)
    store.close()
