"""Bringing a store up to the end of the changelog, and finding where to read on.

The order is what makes a hand-over safe: the committed input offsets are asked for first, and the broker answers only
when no transaction on them is pending; then the changelog is read to its uncommitted end, which waits for the markers
of whatever was committed before. It runs in a thread and can be called off; partitions in service are not touched.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.engine.marks import is_mark
from streams.engine.patience import let_go, within
from streams.engine.state_codec import due_order
from streams.engine.state_store import Changes, StateStore

logger = logging.getLogger(__name__)

_BATCH = 10_000
_WAIT_SECONDS = 0.5
_REQUEST_SECONDS = 5.0
_LOG_EVERY_SECONDS = 5.0
_QUEUE_KIBIBYTES = 16_384
_HOPELESS = (KafkaError._FATAL, KafkaError._AUTO_OFFSET_RESET)  # noqa: SLF001 -- the library's public names


class CalledOff(Exception):  # noqa: N818 -- no error: somebody asked for it
    """The partition went away while it was brought up."""


class StoreIsAhead(Exception):  # noqa: N818 -- says what was found
    """A store knows of more than the changelog holds: the topic was made anew, and the store is of no use."""


class Changelog(NamedTuple):
    """Where the states of a partition are written."""

    config: Mapping[str, Any]
    """Client properties."""
    topic: str
    partition: int


Progress = Callable[[int, int], None]
"""Told how many changelog offsets are done, and how many there are."""


def committed_positions(
    config: Mapping[str, Any], topics: Sequence[str], partition: int, called_off: threading.Event
) -> dict[str, int]:
    """The offset to read on from, by topic; ``config`` names the group.

    Asks for as long as a transaction is pending or the broker is away, each time anew: a client that was there before
    the broker came back may hold on to what was true then.
    """
    places = [TopicPartition(topic, partition) for topic in topics]
    while not called_off.is_set():
        asking = Consumer({**config, "isolation.level": "read_committed", "enable.auto.commit": False})
        try:
            found = within(_REQUEST_SECONDS, partial(asking.committed, places))
            return {place.topic: _position(asking, place) for place in found}
        except KafkaException as failure:
            reason = failure.args[0].str()
            logger.info("partition %d: waiting for its committed offsets (%s)", partition, reason)
            called_off.wait(_WAIT_SECONDS)
        finally:
            let_go(asking)
    raise CalledOff


def _position(asking: Consumer, committed: TopicPartition) -> int:
    """The committed offset, or the first there is where none was committed."""
    if committed.error is not None:
        raise KafkaException(committed.error)
    if committed.offset >= 0:
        return int(committed.offset)
    place = TopicPartition(committed.topic, committed.partition)
    return int(_watermarks(asking, place)[0])


def restore(store: StateStore, changelog: Changelog, called_off: threading.Event, progress: Progress) -> int:
    """Apply to ``store`` what the changelog holds behind the store's position; returns the number of records.

    Raises ``CalledOff`` and ``StoreIsAhead``.
    """
    config = {
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "error",  # a reset would leave out states without a word
        "queued.max.messages.kbytes": _QUEUE_KIBIBYTES,
        **changelog.config,
    }
    place = TopicPartition(changelog.topic, changelog.partition)
    low, end = _ends(config, place, called_off)
    if (store.position or 0) > end:
        raise StoreIsAhead
    start = max(low, store.position or 0)
    progress(0, end - start)
    if start >= end:
        return 0
    reader = Consumer({**config, "group.id": "unused", "isolation.level": "read_committed"})
    try:
        reader.assign([TopicPartition(place.topic, place.partition, start)])
        return _read(reader, store, Reading(start, end, called_off, progress))
    finally:
        let_go(reader)


def _watermarks(consumer: Consumer, place: TopicPartition) -> tuple[int, int]:
    """The first and the next offset. Raises ``KafkaException``."""
    low, high = within(
        _REQUEST_SECONDS, lambda seconds: consumer.get_watermark_offsets(place, timeout=seconds)
    )
    return int(low), int(high)


class Reading(NamedTuple):
    """One pass over a changelog."""

    start: int
    end: int
    called_off: threading.Event
    progress: Progress


def _read(reader: Consumer, store: StateStore, reading: Reading) -> int:
    position, count, logged = reading.start, 0, time.monotonic()
    while position < reading.end:
        if reading.called_off.is_set():
            raise CalledOff
        messages = reader.consume(1, _WAIT_SECONDS) + reader.consume(_BATCH, 0)  # a full batch may never come
        latest: dict[bytes, bytes | None] = {}
        for message in messages:
            position = max(position, _take(message, latest))
        if messages:
            store.apply(_changes(latest), position)
            count += len(messages)
            reading.progress(position - reading.start, reading.end - reading.start)
        if time.monotonic() - logged > _LOG_EVERY_SECONDS:
            logged = time.monotonic()
            logger.info(
                "restoring %s: %d of %d", store.path, position - reading.start, reading.end - reading.start
            )
    return count


def _take(message: Message, latest: dict[bytes, bytes | None]) -> int:
    """Note what one changelog record says of its key; returns the position behind it."""
    error = message.error()
    if error is None:
        latest[message.key()] = message.value()
        return int(message.offset()) + 1
    if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- the library's public name for it
        return int(message.offset())
    if error.fatal() or error.code() in _HOPELESS:
        raise KafkaException(error)
    logger.warning("the broker says: %s", error.str())
    return 0


def _changes(latest: Mapping[bytes, bytes | None]) -> Changes:
    """The last record of each key, and when its customer is due."""
    changes = Changes()
    for key, record in latest.items():
        changes.put(key, record)
        order = None if record is None or is_mark(key) else due_order(record)
        if order is not None:
            changes.due_in_order(order, key)
    return changes


def _ends(config: Mapping[str, Any], place: TopicPartition, called_off: threading.Event) -> tuple[int, int]:
    """The first and the next offset of a partition, records of open transactions included."""
    while not called_off.is_set():
        prober = Consumer({**config, "group.id": "unused", "isolation.level": "read_uncommitted"})
        try:
            low, high = _watermarks(prober, place)
        except KafkaException as failure:
            logger.info("%s is not to be had yet (%s)", place.topic, failure.args[0].str())
            called_off.wait(_WAIT_SECONDS)
        else:
            return low, high
        finally:
            let_go(prober)
    raise CalledOff
