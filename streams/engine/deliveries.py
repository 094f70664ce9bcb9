"""How far each partition was handed over by the consumer's thread, and how far that was applied.

Decides what of the records that the client gives is handed over: what is wanted and was not handed over before. Two
threads look at it: the consumer's hands over, the event loop's applies.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from confluent_kafka import Message

from streams.engine.record_batches import RecordBatch

Place = tuple[str, int]
"""Topic and partition."""


class _Handed(NamedTuple):
    """What was handed over of one partition."""

    next: int
    epoch: int
    serial: int
    """Of its newest batch."""


class Deliveries:
    """The partitions that are read, with their positions."""

    def __init__(self) -> None:
        self._handed: dict[Place, _Handed] = {}
        self._applied: dict[Place, int] = {}
        self._serials = itertools.count(1)

    def __contains__(self, place: Place) -> bool:
        return place in self._handed

    def places(self) -> Iterable[Place]:
        """The partitions that are read."""
        return list(self._handed)

    def begin(self, place: Place, offset: int, epoch: int) -> None:
        """A partition is read from ``offset`` on; its batches carry ``epoch``."""
        self._handed[place] = _Handed(offset, epoch, 0)
        self._applied[place] = offset

    def end(self, place: Place) -> None:
        """A partition is not read any more."""
        self._handed.pop(place, None)
        self._applied.pop(place, None)

    def applied(self, place: Place, position: int) -> None:
        """Everything before ``position`` has been applied or is not wanted."""
        self._applied[place] = position

    def backlog(self) -> int:
        """How many records were handed over and not applied."""
        applied = self._applied
        return sum(
            max(0, handed.next - applied.get(key, handed.next)) for key, handed in list(self._handed.items())
        )

    def waiting(self, place: Place) -> int | None:
        """The serial of the newest batch of a partition, if that was not applied yet."""
        handed = self._handed.get(place)
        if handed is None or handed.next <= self._applied.get(place, handed.next):
            return None
        return handed.serial

    def batch(self, place: Place, records: list[Message]) -> RecordBatch | None:
        """The batch of records that follow one another, as far as they are wanted; none if nothing of them is."""
        handed = self._handed.get(place)
        if handed is None:
            return None
        if records[0].offset() < handed.next:  # fetched before the last seek
            records = [record for record in records if record.offset() >= handed.next]
        return self._next(place, records[-1].offset() + 1, records) if records else None

    def markers(self, place: Place, end: int) -> RecordBatch | None:
        """An empty batch over markers of transactions at the end: else they would look like records that wait."""
        handed = self._handed.get(place)
        return self._next(place, end, ()) if handed is not None and end > handed.next else None

    def _next(self, place: Place, next_: int, records: Sequence[Message]) -> RecordBatch:
        follows, epoch, _ = self._handed[place]
        serial = next(self._serials)
        self._handed[place] = _Handed(next_, epoch, serial)
        return RecordBatch(*place, epoch, follows, next_, records, serial)
