"""Partitions that stand still although there are records to apply: they are read again.

Two ways lead there. Batches may be lost between the consumer's thread and the loop, as when the queue between them is
emptied in a rebalance: then nothing at all is applied while some wait, or a batch that was handed over later has been
applied already. Or the client has stopped to fetch a partition, and what it knows of its end stands still as well:
then the broker, who is asked, knows of more.

A partition whose batches wait for their turn, however long, does not stand still. It does not know what a record says.
"""

import faulthandler
import time
from typing import NamedTuple

from streams.engine.deliveries import Place
from streams.engine.intake import Intake
from streams.engine.ownership import Ownership
from streams.engine.record_batches import RecordBatch
from streams.engine.topic_ends import TopicEnds

_LOOK_SECONDS = 0.5
_LOST_SECONDS = 2.0
_HANGS_SECONDS = 60.0
"""How long the consumer's thread may be away: a client that hangs in a call does not come back from it."""
_ASK_SECONDS = 5.0
"""How long a partition is left alone before the broker is asked, and afterwards before it is read again."""


class _Standing(NamedTuple):
    """Where a partition stands, and since when."""

    position: int
    epoch: int
    since: float
    more_since: float = float("inf")
    """Since when it is known that there is more."""


class Stalls:
    """Looks for partitions that stand still. For the event loop's thread only."""

    def __init__(self, ownership: Ownership, intake: Intake, ends: TopicEnds) -> None:
        self._ownership, self._intake, self._ends = ownership, intake, ends
        self._applied_at = self._looked_at = self._asked_at = time.monotonic()
        self._applied = 0
        self._standing: dict[Place, _Standing] = {}

    def applied(self, batch: RecordBatch) -> None:
        """A batch came to its turn."""
        self._applied_at = time.monotonic()
        self._applied = max(self._applied, batch.serial)

    def look(self) -> None:
        """Read again what stands still; to be called often. Raises ``RuntimeError`` if the client hangs."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_SECONDS:
            return
        self._looked_at = now
        if now - self._intake.turned_at > _HANGS_SECONDS:
            faulthandler.dump_traceback()
            raise RuntimeError(f"the Kafka client has not returned from a call for {_HANGS_SECONDS:.0f} s")
        self._update(now)
        self._ask(now)
        all_lost = self._nothing_comes(now)
        for number, partition in list(self._ownership.serving.items()):
            if all_lost or any(self._stands_still((topic, number), now) for topic in partition.positions):
                self._ownership.read_again(partition)

    def _update(self, now: float) -> None:
        ends, standing = self._ends.known(), dict[Place, _Standing]()
        for number, partition in self._ownership.serving.items():
            for topic, position in partition.positions.items():
                place = topic, number
                known = self._standing.get(place)
                if known is None or known[:2] != (position, partition.epoch):
                    known = _Standing(position, partition.epoch, now)
                end = ends.get(place)
                if end is not None and end.asked_at > known.since and end.offset > position:
                    known = known._replace(more_since=min(now, known.more_since))
                standing[place] = known
        self._standing = standing

    def _ask(self, now: float) -> None:
        if now - self._asked_at < _ASK_SECONDS:
            return
        quiet = [place for place, known in self._standing.items() if now - known.since >= _ASK_SECONDS]
        if quiet:
            self._asked_at = now
            self._ends.ask(quiet)

    def _nothing_comes(self, now: float) -> bool:
        if self._intake.backlog() == 0:
            self._applied_at = now
        if now - self._applied_at < _LOST_SECONDS:
            return False
        self._applied_at = now
        return True

    def _stands_still(self, place: Place, now: float) -> bool:
        known = self._standing[place]
        waiting = self._intake.waiting(*place)
        if waiting is not None:
            return waiting <= self._applied and now - known.since >= _LOST_SECONDS
        return now - known.more_since >= _ASK_SECONDS and not self._intake.full()
