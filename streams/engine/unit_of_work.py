"""What one transaction will commit: outputs, input offsets and the changed states, collected while batches are applied.

A unit of work exists in memory only; nothing of it reaches the broker before it is committed as a whole, so dropping it
is all that an abort takes. It does not know how it is committed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from streams.engine.metrics import Tally
from streams.engine.partition import Partition, Touched

Headers = Sequence[tuple[str, bytes | None]]

BY_KEY = -1
"""Partition number that leaves the choice to the key."""


class Output(NamedTuple):
    """One record to write."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int = BY_KEY
    headers: Headers = ()
    timestamp: int = 0
    """Milliseconds; 0 for the time of writing."""


class UnitOfWork:
    """Everything that happened since the previous commit was handed over."""

    def __init__(self, opened_at: float) -> None:
        self.opened_at = opened_at
        """Reading of the monotonic clock, in seconds."""
        self.outputs: list[Output] = []
        self.latest: dict[tuple[str, bytes], Callable[[], bytes | None]] = {}
        """By topic and key, what makes the value of a compacted topic; only the last one of a unit is written."""
        self.offsets: dict[tuple[str, int], int] = {}
        """The next offset to read, by topic and partition."""
        self.records = 0
        self.due_seconds = self.sweep_seconds = 0.0
        """How much time was spent on deadlines, and on a sweep, for it."""
        self.tally = Tally()
        """What happened, for the metrics."""
        self._weighed = (0, 0)
        self.arrivals: list[int] = []
        """Timestamps of the first record of each batch, in milliseconds."""
        self.touched: Mapping[Partition, Touched] = {}
        """Filled when the unit is closed for commit."""

    def __bool__(self) -> bool:
        return bool(self.offsets or self.outputs or self.records)

    def weigh(self) -> int:
        """Bytes of the outputs so far."""
        count, size = self._weighed
        size += sum(len(output.value or b"") for output in self.outputs[count:])
        self._weighed = len(self.outputs), size
        return size

    def close(self, partitions: Sequence[Partition]) -> None:
        """Take over what the partitions changed; from now on they collect for the next unit."""
        self.outputs += [Output(topic, key, value()) for (topic, key), value in self.latest.items()]
        self.touched = {partition: partition.freeze() for partition in partitions}
        for partition, touched in self.touched.items():
            if any(
                touched
            ):  # deadlines move no offset, but only with one does the broker refuse who lost the partition
                for topic, position in partition.positions.items():
                    self.offsets.setdefault((topic, partition.number), position)
