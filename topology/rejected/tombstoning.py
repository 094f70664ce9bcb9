"""Takes records out of a compacted topic: writes their keys without a value, each on the record's own partition.

Decides when that is done: when the brokers have acknowledged all of it. Doing it again is harmless.
"""

from typing import Any

from topology.connections import PATIENCE_SECONDS
from topology.rejected.committed import Committed
from topology.settings import Settings


class Tombstoning:
    """One round of it. For one thread."""

    def __init__(self, settings: Settings, topic: str) -> None:
        from confluent_kafka import Producer

        self._topic = topic
        self._failed = 0
        self._producer: Any = Producer(
            {**settings.client(), "enable.idempotence": True, "acks": "all", "linger.ms": 100, "log_level": 0}
        )

    def take_out(self, record: Committed) -> None:
        """Write the tombstone of a record, which has a key. Raises ``KafkaException``."""
        try:
            self._produce(record)
        except BufferError:
            self._producer.flush(PATIENCE_SECONDS)
            self._produce(record)
        self._producer.poll(0)

    def acknowledged(self) -> bool:
        """Wait a while for the brokers; whether all that was written is there."""
        return self._producer.flush(PATIENCE_SECONDS) == 0 and not self._failed

    def _produce(self, record: Committed) -> None:
        self._producer.produce(self._topic, None, record.key, record.partition, on_delivery=self._delivered)

    def _delivered(self, error: object, _: object) -> None:
        self._failed += error is not None
