"""Storms: when a large share of a partition's records is rejected, it is hardly the records that are wrong.

Decides when that is so, over a sliding window, and tells it once: by a log line, by the partition's flag, which the
metrics show, and, if it is so set, by ending the worker before a good topic is drained into quarantine. The share
itself reads no clock.
"""

import logging
from collections import deque
from typing import NamedTuple
from weakref import WeakKeyDictionary, WeakSet

from streams.domain.instants import Instant, Milliseconds
from streams.engine.partition import Partition

logger = logging.getLogger(__name__)

_SLICES = 12
"""Parts of the window that are forgotten as one."""


class RejectionStorm(Exception):  # noqa: N818 -- says what happens
    """Too large a share is rejected, and the worker is to stop: nothing of the batch may be committed."""


class StormPolicy(NamedTuple):
    """What a storm is, and whether it ends the worker."""

    percent: int = 50
    """More of the records than this are rejected; 100 is never exceeded."""
    records: int = 100
    """Of fewer records nothing can be said."""
    window: Milliseconds = Milliseconds(60_000)
    stops: bool = False


class RejectionShare:
    """How many records came in the latest window, and how many of them were rejected."""

    def __init__(self, policy: StormPolicy) -> None:
        self._policy = policy
        self._slices: deque[tuple[int, int, int]] = deque()
        """Number of the slice of time, records, rejected; at most one more than a window holds."""
        self.records = 0
        self.rejected = 0

    def add(self, records: int, rejected: int, now: Instant) -> None:
        """Count some more; ``now`` never goes back."""
        self.forget(now)
        number = self._number(now)
        if self._slices and self._slices[-1][0] == number:
            _, before, rejected_before = self._slices.pop()
            self._slices.append((number, before + records, rejected_before + rejected))
        else:
            self._slices.append((number, records, rejected))
        self.records += records
        self.rejected += rejected

    def forget(self, now: Instant) -> None:
        """Leave out what the window has passed."""
        oldest = self._number(now) - _SLICES
        while self._slices and self._slices[0][0] <= oldest:
            _, records, rejected = self._slices.popleft()
            self.records -= records
            self.rejected -= rejected

    @property
    def storms(self) -> bool:
        """Whether so many of them are rejected that it is a storm."""
        enough = self.records >= self._policy.records
        return enough and self.rejected * 100 > self.records * self._policy.percent

    def _number(self, now: Instant) -> int:
        return now * _SLICES // self._policy.window


class StormGuard:
    """Watches the partitions of a worker. For the event loop's thread only."""

    def __init__(self, policy: StormPolicy) -> None:
        self._policy = policy
        self._shares: WeakKeyDictionary[Partition, RejectionShare] = WeakKeyDictionary()
        self.stormy: WeakSet[Partition] = WeakSet()
        """Partitions in a storm: while there are any, time must be let pass for them."""

    def took(self, partition: Partition, records: int, rejected: int, now: Instant) -> None:
        """A batch was applied. Raises ``RejectionStorm`` if there is a storm and the worker is to stop."""
        share = self._shares.get(partition)
        if share is None:
            share = self._shares[partition] = RejectionShare(self._policy)
        share.add(records, rejected, now)
        if share.storms and not partition.storms:
            partition.storms = True
            self.stormy.add(partition)
            self._tell(partition, share)

    def look(self, now: Instant) -> None:
        """Let time pass for partitions in a storm: it is over when the share is small again."""
        for partition in list(self.stormy):
            share = self._shares[partition]
            share.forget(now)
            if not share.storms:
                partition.storms = False
                self.stormy.discard(partition)
                logger.warning("partition %d: the storm of rejections is over", partition.number)

    def _tell(self, partition: Partition, share: RejectionShare) -> None:
        told = f"{share.rejected:,} of the last {share.records:,} records of partition {partition.number} were rejected"
        if self._policy.stops:
            raise RejectionStorm(
                f"{told}, so this worker stops, as TIDEMARK_STORM_ACTION=stop says. What was not committed is read "
                "again by the next start. See `tidemark rejected list`; correct the definitions, or start with "
                "TIDEMARK_STORM_ACTION=report to let such records go to rejected-events"
            )
        logger.error("%s; see `tidemark rejected list`", told)
