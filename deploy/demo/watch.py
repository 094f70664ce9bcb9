"""The records coming out, as a service downstream sees them: committed ones only, from the beginning.

Decides how the output topics are read; what the records add up to is the tally's business.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from deploy.demo.processes import DemoError
from deploy.demo.tally import OUTPUTS, Record
from topology.connections import PATIENCE_SECONDS
from topology.settings import Settings

_decode = msgspec.json.Decoder().decode


class Watch:
    """A consumer of all output topics of one installation."""

    def __init__(self, consumer: Any, prefix: str) -> None:
        self._consumer = consumer
        self._unprefixed = {prefix + topic: topic for topic in OUTPUTS}

    def records(self, most: int, timeout: float) -> Iterator[tuple[str, Record]]:
        """Up to ``most`` records that have arrived, with their unprefixed topics; waits at most ``timeout`` seconds."""
        for message in self._consumer.consume(most, timeout):
            if message.error():
                raise DemoError(f"the outputs cannot be read: {message.error().str()}")
            yield self._unprefixed[message.topic()], _decode(message.value())


@contextmanager
def watch(settings: Settings) -> Iterator[Watch]:
    """Read the outputs from their beginning."""
    from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

    consumer = Consumer(
        {
            **settings.client(),
            "group.id": f"{settings.topic_prefix}watch",  # asked for by the client; nothing is committed under it
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "fetch.wait.max.ms": 50,
        }
    )
    try:
        partitions = [
            TopicPartition(name, partition, OFFSET_BEGINNING)
            for name in (settings.topic_prefix + topic for topic in OUTPUTS)
            for partition in consumer.list_topics(name, PATIENCE_SECONDS).topics[name].partitions
        ]
        consumer.assign(partitions)
        yield Watch(consumer, settings.topic_prefix)
    finally:
        consumer.close()
