"""Reads a topic from its beginning, or from an instant, to its end: what is committed as the reading begins.

Decides what the end is and how long to wait for it. Records are handed on one by one and not kept, for a topic may
hold more than memory does. What a record says is the caller's business.
"""

from collections.abc import Iterator
from time import monotonic
from typing import Any

from streams.domain.instants import Instant
from streams.engine.errors import ConfigurationError
from topology.connections import PATIENCE_SECONDS, connect
from topology.settings import Settings

_BATCH = 1_000
_STEP_SECONDS = 0.1


def committed_values(settings: Settings, topic: str, since: Instant | None = None) -> Iterator[bytes]:
    """The values of a topic's committed records that have one. Otherwise as ``committed_records``."""
    for message in committed_records(settings, topic, since):
        if message.value() is not None:
            yield message.value()


def committed_records(settings: Settings, topic: str, since: Instant | None = None) -> Iterator[Any]:
    """A topic's committed records as the client gives them, in the order of each partition.

    ``since`` leaves out records that were written before. Raises ``ConfigurationError`` for a topic that does not
    exist or cannot be read to its end.
    """
    from confluent_kafka import Consumer, KafkaException

    consumer = Consumer(
        {
            **settings.client(),
            "group.id": f"{settings.group_id}-rejected",  # never joined, the partitions are assigned
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "log_level": 0,
        }
    )
    try:
        ends = _assign(consumer, topic, partition_count(settings, topic), since)
        yield from _to_the_ends(consumer, topic, ends)
    except KafkaException as error:
        raise ConfigurationError(f"topic {topic} cannot be read: {error.args[0].str()}") from error
    finally:
        consumer.close()


def partition_count(settings: Settings, topic: str) -> int:
    """How many partitions a topic has. Raises ``ConfigurationError`` if there is none, or no broker answers."""
    known = connect(settings).list_topics(timeout=PATIENCE_SECONDS).topics
    if topic not in known:
        raise ConfigurationError(f"topic {topic} does not exist; create it with `tidemark apply DIR`")
    return len(known[topic].partitions)


def _assign(consumer: Any, topic: str, count: int, since: Instant | None) -> dict[int, int]:
    """Begin to read; returns the end of each partition that has anything to read."""
    from confluent_kafka import OFFSET_BEGINNING, TopicPartition

    begins = [
        TopicPartition(topic, number, OFFSET_BEGINNING if since is None else max(0, since))
        for number in range(count)
    ]
    if since is not None:
        begins = [
            place for place in consumer.offsets_for_times(begins, PATIENCE_SECONDS) if place.offset >= 0
        ]
    ends = {place.partition: _end(consumer, TopicPartition(topic, place.partition)) for place in begins}
    consumer.assign(begins)
    return ends


def _end(consumer: Any, partition: Any) -> int:
    """The end of a partition; waits for the leader of one that was created a moment ago."""
    from confluent_kafka import KafkaError, KafkaException

    not_yet = KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            end: int = consumer.get_watermark_offsets(partition, PATIENCE_SECONDS)[1]
        except KafkaException as early:
            if early.args[0].code() not in not_yet or monotonic() >= deadline:
                raise
            consumer.poll(_STEP_SECONDS)
        else:
            return end


def _to_the_ends(consumer: Any, topic: str, ends: dict[int, int]) -> Iterator[Any]:
    from confluent_kafka import KafkaError

    waiting, deadline = dict(ends), monotonic() + PATIENCE_SECONDS
    while waiting:
        arrived = consumer.consume(_BATCH, _STEP_SECONDS)
        for message in arrived:
            number, error = message.partition(), message.error()
            if error is None:
                if number in waiting and message.offset() < waiting[number]:
                    yield message
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- the constant's public name
                # One that comes before the end known at the start is that of an open transaction.
                if number in waiting and message.offset() >= waiting[number]:
                    del waiting[number]
            elif not error.retriable():
                raise ConfigurationError(f"topic {topic} cannot be read: {error.str()}")
        if arrived:
            deadline = monotonic() + PATIENCE_SECONDS  # whoever takes the records may take their time
        elif monotonic() >= deadline:
            raise ConfigurationError(f"topic {topic} could not be read to its end in time. Run it again")
