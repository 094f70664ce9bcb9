"""Where reading goes on: behind what was committed, and not before it is settled what was."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.engine.restore import CalledOff, committed_positions
from tests.broker.installation import wait_until
from tests.engine.cluster import Cluster

pytestmark = pytest.mark.broker


class Setting(NamedTuple):
    """A group and the topic that it reads."""

    cluster: Cluster
    events: str

    def positions(self, called_off: threading.Event | None = None) -> dict[str, int]:
        """What the group would read on from in partition 1."""
        config = {**self.cluster.client, "group.id": self.cluster.group}
        return committed_positions(config, [self.events], 1, called_off or threading.Event())

    def offer(self, producer: Producer, offset: int) -> None:
        """Put an offset into the producer's open transaction."""
        place = TopicPartition(self.events, 1, offset)
        producer.send_offsets_to_transaction([place], self.cluster.outsider(), 30)


@pytest.fixture
def setting(cluster: Cluster) -> Setting:
    """A topic of five events."""
    events = cluster.create("events")
    cluster.write(events, 1, [(b"c", str(number).encode()) for number in range(5)])
    return Setting(cluster, events)


def test_a_group_that_never_committed_begins_at_the_first_record(setting: Setting) -> None:
    """Where retention has removed the beginning, the first record that is left counts."""
    assert setting.positions() == {setting.events: 0}
    admin: AdminClient = setting.cluster.admin
    place = TopicPartition(setting.events, 1, 3)
    admin.delete_records([place])[place].result(30)
    assert setting.positions() == {setting.events: 3}


def test_reading_goes_on_behind_what_was_committed(setting: Setting) -> None:
    """The offset of the last committed transaction is the next record to read."""
    producer = setting.cluster.transactional("writer")
    producer.begin_transaction()
    setting.offer(producer, 4)
    producer.commit_transaction(30)
    assert setting.positions() == {setting.events: 4}


@pytest.mark.parametrize(("committed", "expected"), [(True, 4), (False, 0)])
def test_a_pending_commit_is_waited_for(
    setting: Setting,
    committed: bool,  # noqa: FBT001
    expected: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """While a predecessor's transaction holds an offset, nobody knows where to read on, so no answer is given."""
    producer = setting.cluster.transactional("predecessor")
    producer.begin_transaction()
    setting.offer(producer, 4)
    caplog.set_level("INFO")
    with ThreadPoolExecutor(1) as thread:
        asking = thread.submit(setting.positions)
        wait_until(lambda: "waiting for its committed offsets" in caplog.text, "the log to say that it waits")
        assert not asking.done()
        if committed:
            producer.commit_transaction(30)
        else:
            producer.abort_transaction(30)
        assert asking.result(60) == {setting.events: expected}


def test_who_calls_off_gets_no_answer(setting: Setting) -> None:
    """The question ends when the partition has gone away."""
    called_off = threading.Event()
    called_off.set()
    with pytest.raises(CalledOff):
        setting.positions(called_off)
