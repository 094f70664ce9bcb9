"""The consumer's thread: fetches records, hands them over as batches, serves rebalances.

Each batch carries the epoch of the reading it belongs to and the position before its first record, so that a batch that
was lost or is left over on the way is noticed. The client lets one thread at a time call it, so nobody else does: what
others need to know of it (the group's metadata, the ends of partitions) is kept here for them. What a record says, and
whether a partition may be left, is decided elsewhere.

The group divides one topic. Others follow it: whoever has a partition of it has those of the same number of all, which
no assignor but the eager ones would promise. The broker knows nothing of that, and need not: their records and offsets
are asked for as any others.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

from confluent_kafka import OFFSET_STORED, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.engine.deliveries import Deliveries
from streams.engine.record_batches import RecordBatch

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.02
_FULL_SECONDS = 0.02
_STUCK_SECONDS = 1.0
_LOOK_SECONDS = 0.1
_MOST_WAITING_BYTES = 64 * 1024 * 1024

_NOT_YET = (KafkaError._STATE, KafkaError._PREV_IN_PROGRESS)  # noqa: SLF001 -- the library's public names
"""A partition that was assigned a moment ago is not fetched yet: seek once more."""


class Listener(Protocol):
    """What the intake's thread tells; every call but ``deliver`` may block it."""

    def deliver(self, batches: Sequence[RecordBatch]) -> None:
        """Records arrived."""

    def assigned(self, tenures: Mapping[TopicPartition, threading.Event]) -> None:
        """These partitions of the divided topic are ours until their event is set, and the others of their numbers.

        All are paused until ``Intake.read_from`` is called for them.
        """

    def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """These partitions go away when this returns."""

    def lost(self, partitions: Sequence[TopicPartition]) -> None:
        """These partitions are gone already, and nothing of them may be committed.

        Must not wait: until it returns, a static member sends heartbeats without its id, for which a broker that
        comes back fences it for good (librdkafka, ``rd_kafka_cgrp_session_timeout_check``).
        """

    def failed(self, failure: BaseException) -> None:
        """The thread ended by an error."""


class Intake:
    """Owns the consumer and the thread that polls it; other threads give it commands."""

    def __init__(self, config: Mapping[str, Any], *, batch: int, backlog: int) -> None:
        self.group: object = None
        """The consumer group's metadata as of the last turn, with which a transaction proves its membership."""
        self.ends: dict[tuple[str, int], int] = {}
        """The end of each partition that is read, as of the last look."""
        self.turned_at = time.monotonic()
        """When the thread last came round."""
        self._looked_at = 0.0
        self._mean_bytes = 0.0
        ours = {"enable.auto.commit": False, "enable.auto.offset.store": False, "enable.partition.eof": True}
        self._consumer = Consumer({**config, **ours}, logger=logger)
        self._following: Sequence[str] = ()
        self._listener: Listener
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._ended: Future[None] = Future()
        self._batch = self._largest_batch = batch
        self._backlog = backlog
        self._commands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._deliveries = Deliveries()
        self._tenures: dict[tuple[str, int], threading.Event] = {}
        self._room = threading.Event()
        self._stopping = False

    def start(self, listener: Listener) -> None:
        """Start the thread, which tells ``listener`` what happens."""
        self._listener = listener
        self._ended = self._thread.submit(self._run)
        self._ended.add_done_callback(self._tell_end)

    def subscribe(self, topic: str, following: Sequence[str] = ()) -> None:
        """Join the group that divides ``topic``; the ``following`` ones have as many partitions."""
        self._following = following
        self._commands.put(
            lambda: self._consumer.subscribe(
                [topic], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
            )
        )

    def read_from(self, topic: str, partition: int, offset: int, epoch: int) -> None:
        """Read a partition from ``offset`` on; its batches carry ``epoch``."""
        self._commands.put(lambda: self._seek(topic, partition, offset, epoch))

    def leave_off(self, topic: str, partition: int) -> None:
        """Fetch nothing of a partition until it is read from somewhere; what was fetched is void."""
        self._commands.put(lambda: self._leave_off(TopicPartition(topic, partition)))

    def fetch_at_most(self, records: int) -> None:
        """Hand over no more than so many records at a time, nor more than at first."""
        self._batch = min(self._largest_batch, records)

    def applied(self, topic: str, partition: int, position: int) -> None:
        """Everything before ``position`` has been applied or is not wanted; makes room for more."""
        self._deliveries.applied((topic, partition), position)
        self._room.set()

    def stop(self) -> None:
        """Leave the group and end the thread; partitions are revoked first. Returns when that is done."""
        self._stopping = True
        self._room.set()
        self._thread.shutdown()

    def backlog(self) -> int:
        """How many records were handed over and not applied."""
        return self._deliveries.backlog()

    def waiting(self, topic: str, partition: int) -> int | None:
        """The serial of the newest batch of a partition, if that was not applied yet."""
        return self._deliveries.waiting((topic, partition))

    def full(self) -> bool:
        """Whether as much waits to be applied as may, in records or, by their mean size, in bytes."""
        waiting = self.backlog()
        return waiting >= self._backlog or waiting * self._mean_bytes >= _MOST_WAITING_BYTES

    def _run(self) -> None:
        while not self._stopping:
            self._turn(self._batch)
            if self.full() and not self._makes_room():
                self._stand_by()
        self._consumer.close()

    def _turn(self, most: int) -> None:
        self.turned_at = time.monotonic()
        for _ in range(self._commands.qsize()):
            self._commands.get()()
        self._hand_over(self._consumer.consume(most, _POLL_SECONDS))
        self.group = self._consumer.consumer_group_metadata()
        if time.monotonic() - self._looked_at > _LOOK_SECONDS:
            self._look()

    def _makes_room(self) -> bool:
        """Wait while the backlog is full; ``False`` if nothing seems to move it."""
        since = time.monotonic()
        while self.full() and not self._stopping and self._commands.empty():
            if time.monotonic() - since > _STUCK_SECONDS:
                return False
            self._room.clear()
            self._room.wait(_FULL_SECONDS)
            self.turned_at = time.monotonic()
            self.group = self._consumer.consumer_group_metadata()
        return True

    def _stand_by(self) -> None:
        """Fetch nothing while nothing is applied, but answer the group, which would take silence for the end.

        What the client had fetched ahead it fetches again afterwards.
        """
        waiting = [TopicPartition(*place) for place in self._deliveries.places()]
        self._consumer.pause(waiting)
        while self.full() and not self._stopping:
            self._turn(1)
        still = [place for place in waiting if (place.topic, place.partition) in self._deliveries]
        self._consumer.resume(still)

    def _tell_end(self, ended: Future[None]) -> None:
        failure = ended.exception()
        if failure is not None:
            self._listener.failed(failure)

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        for topic, number in self._deliveries.places():
            _, end = self._consumer.get_watermark_offsets(TopicPartition(topic, number), cached=True)
            if end >= 0:
                self.ends[topic, number] = end

    def _hand_over(self, messages: Sequence[Message]) -> None:
        by_partition: dict[tuple[str, int], list[Message]] = {}
        ends: dict[tuple[str, int], int] = {}
        for message in messages:
            key, error = (message.topic(), message.partition()), message.error()
            if error is None:
                by_partition.setdefault(key, []).append(message)
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- the library's public name for it
                ends[key] = message.offset()
            else:
                _weigh(error)
        if by_partition:
            sizes = [len(message) for records in by_partition.values() for message in records]
            self._mean_bytes = sum(sizes) / len(sizes)
        batches = [
            batch for key, records in by_partition.items() if (batch := self._deliveries.batch(key, records))
        ]
        batches += [batch for key, end in ends.items() if (batch := self._deliveries.markers(key, end))]
        if batches:
            self._listener.deliver(batches)

    def _seek(self, topic: str, partition: int, offset: int, epoch: int) -> None:
        target = TopicPartition(topic, partition, offset)
        if target not in self._consumer.assignment():
            return
        try:
            self._consumer.seek(target)
        except KafkaException as early:
            if early.args[0].code() not in _NOT_YET:
                raise
            self._commands.put(lambda: self._seek(topic, partition, offset, epoch))
            return
        self._consumer.resume([target])
        self._deliveries.begin((topic, partition), offset, epoch)

    def _leave_off(self, place: TopicPartition) -> None:
        if place in self._consumer.assignment():
            self._consumer.pause([place])
        self._deliveries.end((place.topic, place.partition))

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if partitions:
            paused = [TopicPartition(p.topic, p.partition, OFFSET_STORED) for p in self._all(partitions)]
            consumer.incremental_assign(paused)
            consumer.pause(paused)
        self.group = consumer.consumer_group_metadata()
        tenures = {p: threading.Event() for p in partitions}
        self._tenures |= {(p.topic, p.partition): tenure for p, tenure in tenures.items()}
        self._listener.assigned(tenures)

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        # The generation is a new one already, and the partitions are still ours to commit.
        self.group = consumer.consumer_group_metadata()
        self._listener.revoked(partitions)
        self._forget(consumer, partitions)

    def _on_lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._listener.lost(partitions)
        self._forget(consumer, partitions)

    def _forget(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        going = self._all(partitions)
        for gone in going:
            self._deliveries.end((gone.topic, gone.partition))
            self.ends.pop((gone.topic, gone.partition), None)
        for gone in partitions:
            self._tenures.pop((gone.topic, gone.partition)).set()
        consumer.incremental_unassign(going)

    def _all(self, partitions: Sequence[TopicPartition]) -> list[TopicPartition]:
        """Partitions of the divided topic, and those that follow them."""
        following = (TopicPartition(topic, p.partition) for topic in self._following for p in partitions)
        return [*partitions, *following]


def _weigh(error: KafkaError) -> None:
    """Errors that come in the place of records: fatal ones end the thread, the others pass by themselves."""
    if error.fatal() or error.code() == KafkaError._FATAL:  # noqa: SLF001 -- the library's public name for it
        raise KafkaException(error)
    logger.warning("the broker says: %s", error.str())
