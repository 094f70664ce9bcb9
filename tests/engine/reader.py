"""Stands where the transport stands: is told what the intake's thread tells, and keeps it."""

import threading
from collections.abc import Mapping, Sequence

from confluent_kafka import TopicPartition

from streams.engine.intake import Intake
from streams.engine.record_batches import RecordBatch


class Reader:
    """Collects what the intake's thread tells."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.batches: list[RecordBatch] = []
        self.told: list[tuple[str, set[int]]] = []
        self.tenures: dict[int, threading.Event] = {}
        self.failure: BaseException | None = None

    def deliver(self, batches: Sequence[RecordBatch]) -> None:
        """Keep the batches."""
        self.batches += batches

    def assigned(self, tenures: Mapping[TopicPartition, threading.Event]) -> None:
        """Keep the word."""
        self.told.append(("assigned", {place.partition for place in tenures}))
        self.tenures |= {place.partition: gone for place, gone in tenures.items()}

    def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Keep the word."""
        self.told.append(("revoked", {place.partition for place in partitions}))

    def lost(self, partitions: Sequence[TopicPartition]) -> None:
        """Keep the word."""
        self.told.append(("lost", {place.partition for place in partitions}))

    def failed(self, failure: BaseException) -> None:
        """Keep the error."""
        self.failure = failure

    def values(self, partition: int, epoch: int) -> list[bytes]:
        """The records of one reading, in the order in which they came."""
        own = [batch for batch in self.batches if (batch.partition, batch.epoch) == (partition, epoch)]
        return [record.value() for batch in own for record in batch.records]

    def ends_at(self, partition: int) -> int:
        """The position behind the last batch of a partition."""
        return next((batch.next for batch in reversed(self.batches) if batch.partition == partition), 0)
