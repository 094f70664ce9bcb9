"""What travels from the consumer's thread to where records are applied: consecutive records, and where they stand."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from confluent_kafka import Message


class RecordBatch(NamedTuple):
    """Consecutive records of one partition; none where the offsets hold markers of transactions alone."""

    topic: str
    partition: int
    epoch: int
    follows: int
    """The position before the batch: the offset behind its predecessor."""
    next: int
    """The position behind the batch."""
    records: Sequence[Message]
    serial: int = 0
    """Counts the batches of all partitions in the order in which they were handed over."""

    def before(self, offset: int) -> "RecordBatch":
        """The batch as far as that record, which is left out."""
        records = [record for record in self.records if record.offset() < offset]
        return self._replace(next=offset, records=records)


class Halt(NamedTuple):
    """A record that cannot be applied yet; what stands before it was."""

    offset: int
    until: Callable[[], bool]
    """Whether it is time to try again."""
