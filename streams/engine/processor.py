"""The loop around the heart: applies batches, and what is done between them, and decides when to commit.

Theory of operation. Batches, and what is done between them, are applied one after another on the event loop; what
they change is collected in a unit of work. When the unit is old or large enough it is handed to a thread that commits
it, while the next one is collected. A unit commits as a whole or is dropped as a whole: after a failure, every
partition is brought up again from what is committed. Partitions leave only when nothing of them is open. A batch
counts only if it is of the partition's current epoch and follows the position applied; whatever was lost between the
broker and here is read again.

It does not know what a record means: that is the ``Decisions`` it is given.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

from streams.engine.background import TICK_SECONDS, Background, Pending
from streams.engine.intake import Intake
from streams.engine.metrics import Metrics, count
from streams.engine.ownership import Ownership
from streams.engine.pace import Pace
from streams.engine.partition import Partition
from streams.engine.poison import Poisoned
from streams.engine.record_batches import Halt, RecordBatch
from streams.engine.stalls import Stalls
from streams.engine.throttling import Freshness
from streams.engine.topic_ends import TopicEnds
from streams.engine.transactions import TransactionFailed, Transactions
from streams.engine.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

_HURRY = 3
"""By how much a worker that has caught up commits more often."""
_RENEWED_SECONDS = 3600.0
"""How often all positions are committed, those too that stayed: Kafka forgets offsets of topics that a group does not
subscribe to, as are those that follow, when ``offsets.retention.minutes`` have passed since their commit."""
_MOST_BYTES = 64 * 1024 * 1024
"""Of one unit's outputs and the states behind them: what waits for a slow broker must fit into memory, twice."""


class Decisions(Pending, Protocol):
    """What is done with records, and with customers that no record is about."""

    def apply(self, batch: RecordBatch, partition: Partition, unit: UnitOfWork) -> Halt | None:
        """Apply the records of a batch, in order, up to one that cannot be applied yet."""

    def between_batches(self) -> None:
        """Nothing is being applied: the place to take over new definitions."""


class Plumbing(NamedTuple):
    """What carries records in and out, and who may carry them."""

    intake: Intake
    ownership: Ownership
    transactions: Transactions
    ends: TopicEnds


class Processor:
    """Applies and commits. For the event loop's thread only."""

    def __init__(self, plumbing: Plumbing, decisions: Decisions, pace: Pace, metrics: Metrics) -> None:
        self._intake, self.ownership, self._transactions, self.ends = plumbing
        self._stalls = Stalls(self.ownership, self._intake, self.ends)
        self._decisions = decisions
        self._pace = pace
        self._metrics = metrics
        self._turn = asyncio.Lock()
        self._unit = UnitOfWork(time.monotonic())
        self._commit: asyncio.Task[bool] | None = None
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._renewed_at = time.monotonic()
        self._rest_seconds = TICK_SECONDS
        self.freshness = Freshness()
        self.background = Background(self.ownership, decisions, metrics, self._whole_or_nothing)

    async def apply(self, batch: RecordBatch) -> None:
        """Apply one batch, if it is the next one of a partition in service."""
        async with self._turn:
            self._stalls.applied(batch)
            partition = self.ownership.serving.get(batch.partition)
            if partition is None or batch.epoch != partition.epoch:
                return
            if batch.follows != partition.positions[batch.topic]:
                self.ownership.read_again(partition)
                return
            self._decisions.between_batches()
            self.background.follow(partition)
            try:
                with self._whole_or_nothing():
                    halt = self._decisions.apply(batch, partition, self._unit)
            except Poisoned:
                return  # the partition is brought up anew, and the batch comes again
            if halt is not None:
                batch = batch.before(halt.offset)
            partition.positions[batch.topic] = batch.next
            self._unit.offsets[batch.topic, batch.partition] = batch.next
            self._unit.records += len(batch.records)
            if batch.records:
                partition.last_written = batch.records[-1].timestamp()[1]
                self._unit.arrivals.append(batch.records[0].timestamp()[1])
            self._intake.applied(batch.topic, batch.partition, batch.next)
            if halt is not None:
                self.ownership.put_off(partition, halt.until)
            await self._commit_if_due()
        await asyncio.sleep(0)  # let others on: batches may follow each other without a wait

    async def run(self) -> None:
        """Take what is due and commit what is old, until cancelled."""
        while True:
            await asyncio.sleep(self._rest_seconds)
            async with self._turn:
                if self._commit is not None and self._commit.done():
                    await self._settled()
                self._decisions.between_batches()
                self._rest_seconds = self.background.turn(
                    self._unit, self._intake.backlog(), most=self._pace.records
                )
                self._renew_positions()
                await self._commit_if_due()
                self._stalls.look()
                self.ownership.take_up()
                self.ownership.raise_failures()

    async def flush(self) -> None:
        """Commit everything that was applied."""
        async with self._turn:
            await self._flush()

    async def add(self, tenures: Mapping[int, threading.Event]) -> None:
        """Partitions were assigned, each until its event is set."""
        async with self._turn:
            self.ownership.add(tenures)

    async def remove(self, numbers: Sequence[int], *, lost: bool = False) -> None:
        """Partitions go away: commit what is open, or drop it if they are lost already."""
        async with self._turn:
            if lost:
                await self._settled()
                self._drop()
            else:
                await self._flush()
            await self.ownership.remove(numbers)

    async def close(self) -> None:
        """Commit, close the stores and the producer."""
        await self.remove(sorted(self.ownership.numbers))
        await asyncio.to_thread(self._transactions.close)
        self._committer.shutdown()

    def overdue_seconds(self, partition: Partition) -> float:
        """How long ago the earliest deadline of a partition was; 0 if none has passed."""
        now, due = self._decisions.now(partition), partition.earliest_due()
        return 0.0 if now is None or due is None else max(0.0, (now - due) / 1000)

    async def _commit_if_due(self) -> None:
        unit = self._unit
        full = unit.records >= self._pace.records or self._weighs() >= _MOST_BYTES
        interval = self._pace.interval_seconds
        if not self._intake.backlog():
            interval /= _HURRY  # nothing waits: answer sooner, rather than save transactions
        if unit and (full or time.monotonic() - unit.opened_at >= interval):
            if full or self._commit is None or self._commit.done():
                await self._hand_over()
        elif not unit:
            unit.opened_at = time.monotonic()

    def _renew_positions(self) -> None:
        """Now and then, have all positions committed once more."""
        if time.monotonic() - self._renewed_at < _RENEWED_SECONDS:
            return
        self._renewed_at = time.monotonic()
        for number, partition in self.ownership.serving.items():
            for topic, position in partition.positions.items():
                self._unit.offsets.setdefault((topic, number), position)

    def _weighs(self) -> int:
        states = sum(partition.loaded_bytes for partition in self.ownership.serving.values())
        return self._unit.weigh() + states

    async def _flush(self) -> None:
        if self._unit:
            await self._hand_over()
        await self._settled()

    async def _hand_over(self) -> None:
        """Close the unit and commit it in the background; the previous one must have ended."""
        if not await self._settled():
            return
        # In this order: a group that was joined after a loss is never used for what was begun before the loss.
        group = self._intake.group
        if self.ownership.outlived:
            self._drop()
            return
        unit, self._unit = self._unit, UnitOfWork(time.monotonic())
        unit.close(list(self.ownership.serving.values()))
        self._commit = asyncio.get_running_loop().create_task(self._committed(unit, group))

    async def _settled(self) -> bool:
        """Wait for the commit under way; ``False`` if it failed and everything was dropped."""
        if self._commit is None:
            return True
        # Whoever waits may be cancelled; the commit goes on, and the next one to ask must learn how it ended.
        committed = await asyncio.shield(self._commit)
        self._commit = None
        if not committed:
            self._drop()
        self._intake.fetch_at_most(self._pace.records)
        return committed

    @contextlib.contextmanager
    def _whole_or_nothing(self) -> Iterator[None]:
        """What an error leaves half applied is never committed."""
        applied = False
        try:
            yield
            applied = True
        finally:
            if not applied:
                self._drop()

    def _drop(self) -> None:
        self._unit = UnitOfWork(time.monotonic())
        self.ownership.renew()

    async def _committed(self, unit: UnitOfWork, group: object) -> bool:
        started = time.monotonic()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._committer, self._transactions.commit, unit, group)
        except TransactionFailed:
            self._metrics.commits.labels("failed").inc()
            self._pace.failed(unit.records)
            logger.info(
                "%d records were not committed; the next transactions hold %d at most",
                unit.records,
                self._pace.records,
            )
            return False
        for partition in unit.touched:
            partition.settle()
        count(unit.tally)
        self._metrics.commits.labels("committed").inc()
        seconds = time.monotonic() - started
        self._pace.took(unit.records, seconds)
        self._metrics.commit_seconds.observe(seconds)
        self.background.committed(seconds)
        now = time.time()
        waited = [max(0.0, now - arrival / 1000) for arrival in unit.arrivals]
        for each in waited:
            self._metrics.latency_seconds.observe(each)
        self.freshness.committed(waited)
        return True
