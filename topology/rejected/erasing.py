"""Takes the rejected records of deleted customers out of ``rejected-events``, beside the stream.

Theory of operation. A consumer of a group of its own follows the topic ``customers`` and notes records without a value;
the workers of an installation share its partitions. When enough was noted, and some seconds have passed, in which
workers commit what they had just rejected, ``rejected-events`` is read once, what is meant gets a tombstone, and when
the brokers have all of them the positions are committed. So each deletion is looked for at least once; a second time
is harmless. Brokers that are away are waited for; what does not mend by itself ends the worker.

Which records are meant is not decided here.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event
from time import monotonic
from typing import Any

from streams.engine.errors import ConfigurationError
from topology.rejected.committed import committed_records
from topology.rejected.erasure import Deletions
from topology.rejected.rejected_event import RejectedEvent
from topology.rejected.tombstoning import Tombstoning
from topology.settings import Settings
from topology.topics import topics_of

logger = logging.getLogger(__name__)

_BATCH = 500
_STEP_SECONDS = 0.5
_COMMIT_SECONDS = 60.0
"""How often positions are committed while nobody is deleted."""
_SLICE = 100
_BREATH_SECONDS = 0.005
"""After each slice of records a look rests: the stream has the interpreter first."""
_MOST_MILLISECONDS = 3_600_000
"""How long a look may take until others get the partitions."""


async def beside(run: Callable[[Event], None]) -> None:
    """Have ``run`` work on a thread of its own until cancelled, or until it fails; it is told when to stop."""
    stop, thread = Event(), ThreadPoolExecutor(1, "erasing")
    try:
        await asyncio.get_running_loop().run_in_executor(thread, run, stop)
    finally:
        stop.set()
        thread.shutdown(wait=False)


class Eraser:
    """Follows deletions. For one thread."""

    def __init__(self, settings: Settings, erased: Callable[[int], None]) -> None:
        """``erased`` is told how many records were taken out."""
        topics = topics_of(settings)
        self._settings, self._erased = settings, erased
        self._customers, self._topic = topics.customers.name, topics.rejected_events.name
        self._deletions = Deletions()
        self._positions: dict[tuple[str, int], int] = {}
        """Behind what was read and is not committed."""
        self._committed_at = monotonic()

    def run(self, stop: Event) -> None:
        """Work until told to stop. Raises ``ConfigurationError`` where the topics may not be read."""
        from confluent_kafka import Consumer

        consumer = Consumer(
            {
                **self._settings.client(),
                "group.id": f"{self._settings.group_id}-erasing",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "max.poll.interval.ms": _MOST_MILLISECONDS,
                "queued.min.messages": 1_000,
                "queued.max.messages.kbytes": 4_096,
                "on_commit": self._told,
                "log_level": 0,
            }
        )
        consumer.subscribe([self._customers], on_revoke=self._forget, on_lost=self._forget)
        try:
            while not stop.is_set():
                self._note(consumer.consume(_BATCH, _STEP_SECONDS))
                now = monotonic()
                if self._deletions.due(now):
                    self._look(consumer, stop)
                elif not self._deletions and now - self._committed_at >= _COMMIT_SECONDS:
                    self._commit(consumer)
        finally:
            consumer.close()

    def _note(self, messages: Iterable[Any]) -> None:
        now = monotonic()
        for message in messages:
            if message.error() is not None:
                self._refuse(message.error())
                continue
            self._positions[message.topic(), message.partition()] = message.offset() + 1
            key = message.key()
            if key and not message.value():  # an empty value is what some producers make of none
                self._deletions.add(key, message.timestamp()[1], now)

    def _look(self, consumer: Any, stop: Event) -> None:
        """Take out what is meant, and commit; if that cannot be had, try again later."""
        from confluent_kafka import KafkaException

        try:
            done = self._scan(stop)
        except (ConfigurationError, KafkaException) as error:
            logger.warning("rejected records of deleted customers: %s. It is tried again", error)
            done = False
        if done:
            self._deletions.clear()
            self._commit(consumer)
        else:
            self._deletions.put_off(monotonic())

    def _scan(self, stop: Event) -> bool:
        """Whether everything was read, and what is meant was taken out."""
        began, seen, found, unreadable = monotonic(), 0, 0, 0
        tombstoning = Tombstoning(self._settings, self._topic)
        with closing(committed_records(self._settings, self._topic)) as records:
            for seen, record in enumerate(records, 1):
                if seen % _SLICE == 0 and stop.wait(_BREATH_SECONDS):
                    return False
                # One of long ago may have no key: compaction drops it.
                if record.value is None or record.key is None:
                    continue
                try:
                    meant = self._deletions.mean(record, RejectedEvent.of(record.value))
                except ConfigurationError:  # not ours: nobody knows whose it is
                    unreadable += 1
                    continue
                if meant:
                    tombstoning.take_out(record)
                    found += 1
        if not tombstoning.acknowledged():
            logger.warning(
                "rejected records of deleted customers: the brokers do not answer. It is tried again"
            )
            return False
        self._erased(found)
        logger.info(
            "%d rejected records of %d deleted customers taken out, of %d that were read in %.1f s; %d are unreadable",
            found, len(self._deletions), seen, monotonic() - began, unreadable,
        )  # fmt: skip
        return True

    def _commit(self, consumer: Any) -> None:
        from confluent_kafka import TopicPartition

        self._committed_at = monotonic()
        offsets = [TopicPartition(*place, offset) for place, offset in self._positions.items()]
        if offsets:
            self._positions.clear()
            consumer.commit(offsets=offsets, asynchronous=True)

    def _told(self, error: Any, partitions: Iterable[Any]) -> None:
        """A commit that failed is made once more, with the next one; unless others have the partitions by now."""
        if error is not None:
            for place in partitions:
                self._positions.setdefault((place.topic, place.partition), place.offset)

    def _forget(self, *_: object) -> None:
        """The partitions are given to somebody, who begins at what is committed."""
        self._deletions.clear()
        self._positions.clear()

    def _refuse(self, error: Any) -> None:
        """Raise for what does not mend by itself; anything else the client gets over."""
        from confluent_kafka import KafkaError

        if error.code() in {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED}:
            raise ConfigurationError(
                f"deletions cannot be followed: {error.str()}. Workers need to read {self._customers} in the group "
                f"{self._settings.group_id}-erasing"
            )
