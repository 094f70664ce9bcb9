"""Records arrive as batches that show what they follow, from where they were asked for, and not without bound."""

import itertools
from collections.abc import Iterator

import pytest

from streams.engine.intake import Intake
from tests.broker.installation import wait_until
from tests.engine.cluster import Cluster
from tests.engine.reader import Reader

pytestmark = pytest.mark.broker


@pytest.fixture
def topic(cluster: Cluster) -> str:
    """Two partitions with a hundred records each."""
    name = cluster.create("events")
    for partition in (0, 1):
        cluster.write(name, partition, [(b"c", f"{partition}/{number}".encode()) for number in range(100)])
    return name


@pytest.fixture
def reader(cluster: Cluster, topic: str) -> Iterator[Reader]:
    """A started intake with a small backlog, both partitions its own and none read yet."""
    config = {
        **cluster.client,
        "group.id": cluster.group,
        "partition.assignment.strategy": "cooperative-sticky",
    }
    intake = Intake({**config, "isolation.level": "read_committed"}, batch=10, backlog=50)
    reader = Reader(intake)
    intake.start(reader)
    intake.subscribe(topic)
    wait_until(lambda: ("assigned", {0, 1}) in reader.told, "the partitions")
    yield reader
    intake.stop()
    assert reader.failure is None


def apply_all(reader: Reader, topic: str) -> None:
    """Tell the intake that everything delivered was applied."""
    for batch in list(reader.batches):
        reader.intake.applied(topic, batch.partition, batch.next)


def arrive(reader: Reader, topic: str, partition: int, position: int) -> None:
    """Wait for everything before a position, applying all that comes."""

    def there() -> bool:
        apply_all(reader, topic)
        return reader.ends_at(partition) >= position

    wait_until(there, f"everything before {position}")


def test_nothing_is_read_before_it_is_asked_for(reader: Reader, topic: str) -> None:
    """A partition that was assigned is silent until its reading starts; others are not held up."""
    reader.intake.read_from(topic, 0, 0, 1)
    arrive(reader, topic, 0, 100)
    assert {batch.partition for batch in reader.batches} == {0}


def test_each_batch_says_what_it_follows(reader: Reader, topic: str) -> None:
    """From the start of a reading on, every batch begins where its predecessor ended, and carries the epoch."""
    reader.intake.read_from(topic, 0, 30, 7)
    arrive(reader, topic, 0, 100)
    assert reader.values(0, 7) == [f"0/{number}".encode() for number in range(30, 100)]
    assert reader.batches[0].follows == 30
    assert all(later.follows == batch.next for batch, later in itertools.pairwise(reader.batches))
    assert all(batch.next == batch.records[-1].offset() + 1 for batch in reader.batches if batch.records)


def test_markers_of_transactions_are_no_gaps(reader: Reader, cluster: Cluster, topic: str) -> None:
    """Offsets that hold no record are inside a batch or before it: the chain of positions has no hole."""
    producer = cluster.transactional("writer")
    for end in (producer.commit_transaction, producer.abort_transaction, producer.commit_transaction):
        producer.begin_transaction()
        producer.produce(topic, b"new", b"c", partition=1)
        producer.flush(30)
        end(30)
    reader.intake.read_from(topic, 1, 95, 1)
    arrive(reader, topic, 1, cluster.end(topic, 1))
    assert reader.values(1, 1) == [b"1/95", b"1/96", b"1/97", b"1/98", b"1/99", b"new", b"new"]
    assert reader.batches[0].follows == 95
    assert all(later.follows == batch.next for batch, later in itertools.pairwise(reader.batches))


def test_markers_at_the_end_do_not_wait(reader: Reader, cluster: Cluster, topic: str) -> None:
    """Behind the last record the position goes on to the end, so that nothing seems to be left."""
    producer = cluster.transactional("writer")
    producer.begin_transaction()
    producer.produce(topic, b"new", b"c", partition=1)
    producer.commit_transaction(30)
    reader.intake.read_from(topic, 1, 99, 1)
    arrive(reader, topic, 1, 102)  # the marker may be written a moment after the commit is answered
    assert reader.ends_at(1) == 102
    assert reader.values(1, 1) == [b"1/99", b"new"]
    assert all(later.follows == batch.next for batch, later in itertools.pairwise(reader.batches))


def test_a_reading_can_be_moved(reader: Reader, topic: str) -> None:
    """Asked to read from an earlier position, it does so once and under the new epoch, whatever was under way."""
    reader.intake.read_from(topic, 0, 0, 1)
    arrive(reader, topic, 0, 60)
    reader.intake.read_from(topic, 0, 20, 2)
    wait_until(lambda: any(batch.epoch == 2 for batch in reader.batches), "the second reading")
    arrive(reader, topic, 0, 100)
    first = next(batch for batch in reader.batches if batch.epoch == 2)
    assert first.follows == 20
    assert reader.values(0, 2) == [f"0/{number}".encode() for number in range(20, 100)]


def test_a_backlog_stops_the_fetching(reader: Reader, topic: str) -> None:
    """What nobody applies does not pile up: fetching stops a batch behind the limit, and goes on when there is room."""
    reader.intake.read_from(topic, 0, 0, 1)
    wait_until(lambda: reader.intake.backlog() >= 50, "the backlog to fill")
    full_since = reader.intake._looked_at
    wait_until(lambda: reader.intake._looked_at > full_since + 0.5, "the thread to have gone on turning")
    assert 50 <= len(reader.values(0, 1)) < 50 + 10
    arrive(reader, topic, 0, 100)
    assert len(reader.values(0, 1)) == 100
    assert reader.intake.backlog() == 0


def test_who_waits_long_still_answers_the_group(reader: Reader, topic: str) -> None:
    """While nothing is applied for longer than a moment, a rebalance is served; then nothing was lost or doubled."""
    reader.intake.read_from(topic, 0, 0, 1)
    wait_until(reader.intake.full, "the backlog to fill")
    full_since = reader.intake._looked_at
    wait_until(lambda: reader.intake._looked_at > full_since + 0.5, "the intake to stand by")
    reader.intake.read_from(topic, 1, 0, 2)
    wait_until(lambda: reader.values(1, 2), "a command to be carried out")
    arrive(reader, topic, 0, 100)
    arrive(reader, topic, 1, 100)
    assert reader.values(0, 1) == [f"0/{number}".encode() for number in range(100)]
    assert reader.values(1, 2) == [f"1/{number}".encode() for number in range(100)]


def test_what_is_left_off_waits_for_a_new_reading(reader: Reader, topic: str) -> None:
    """Nothing more of it arrives or counts as waiting, until it is read from somewhere again."""
    reader.intake.read_from(topic, 0, 0, 1)
    wait_until(lambda: reader.intake.backlog() >= 50, "the backlog to fill")
    reader.intake.leave_off(topic, 0)
    wait_until(lambda: reader.intake.backlog() == 0, "the backlog to be forgotten")
    reader.intake.read_from(topic, 1, 0, 2)
    arrive(reader, topic, 1, 100)
    assert len(reader.values(0, 1)) < 100
    reader.intake.read_from(topic, 0, 40, 3)
    arrive(reader, topic, 0, 100)
    assert reader.values(0, 3) == [f"0/{number}".encode() for number in range(40, 100)]


def test_others_know_the_group_and_the_ends(reader: Reader, topic: str) -> None:
    """The group's metadata and the end of each partition that is read are kept for those who may not ask the client."""
    reader.intake.read_from(topic, 0, 0, 1)
    wait_until(lambda: reader.intake.ends.get((topic, 0)) == 100, "the end of the partition")
    assert reader.intake.group is not None
    assert (topic, 1) not in reader.intake.ends


def test_stopping_gives_everything_back(reader: Reader, topic: str) -> None:
    """When ``stop`` returns, the listener was told that its partitions go, they are gone, the backlog is empty."""
    reader.intake.read_from(topic, 0, 0, 1)
    wait_until(lambda: reader.batches, "a batch")
    assert not any(gone.is_set() for gone in reader.tenures.values())
    reader.intake.stop()
    assert reader.told[-1] == ("revoked", {0, 1})
    assert [gone.is_set() for gone in reader.tenures.values()] == [True, True]
    assert reader.intake.backlog() == 0
