"""Takes records out of a compacted topic: writes their keys without a value, each on the record's own partition.

Decides when that is done: when the brokers have acknowledged all of it. Doing it again is harmless.
"""

from typing import Any

from topology.connections import PATIENCE_SECONDS
from topology.producing import Tally, hand_over
from topology.rejected.committed import Committed
from topology.settings import Settings


class Tombstoning:
    """One round of it. For one thread."""

    def __init__(self, settings: Settings, topic: str) -> None:
        from confluent_kafka import Producer

        self._topic = topic
        self._tally = Tally()
        self._producer: Any = Producer(
            {**settings.client(), "enable.idempotence": True, "acks": "all", "linger.ms": 100, "log_level": 0}
        )

    def take_out(self, record: Committed) -> None:
        """Write the tombstone of a record, which has a key. Raises ``KafkaException``."""
        told = self._tally.delivered
        hand_over(self._producer, self._topic, key=record.key, partition=record.partition, on_delivery=told)

    def acknowledged(self) -> bool:
        """Wait a while for the brokers; whether all that was written is there."""
        return self._producer.flush(PATIENCE_SECONDS) == 0 and not self._tally.failed
