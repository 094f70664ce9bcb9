"""A worker without Faust: intake, ownership, transactions and processor, joined by a loop that a test can disturb."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Container, Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from confluent_kafka import TopicPartition

from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine.intake import Intake
from streams.engine.metrics import Metrics
from streams.engine.ownership import Inputs, Ownership
from streams.engine.pace import Pace
from streams.engine.partition import Partition
from streams.engine.processor import Plumbing, Processor
from streams.engine.record_batches import Halt, RecordBatch
from streams.engine.topic_ends import TopicEnds
from streams.engine.transactions import Transactions
from streams.engine.unit_of_work import Output, UnitOfWork
from tests.engine.cluster import Cluster

PATIENCE_SECONDS = 60.0


class Installed:
    """Topics of a small installation."""

    def __init__(self, cluster: Cluster, directory: Path) -> None:
        self.cluster = cluster
        self.events, self.outputs, self.changelog = map(cluster.create, ("events", "outputs", "changelog"))
        self.inputs = Inputs(
            cluster.client, (self.events,), cluster.group, self.changelog, directory / "stores"
        )


def nothing(value: bytes | str, unit: UnitOfWork) -> None:
    """What happens before anything is counted, unless a test has other plans."""


class Counting:
    """Counts each key's records: the count is the state's sequence and the output's value."""

    def __init__(self, outputs: str) -> None:
        self.outputs = outputs
        self.before: Callable[[bytes, UnitOfWork], None] = nothing
        """Called with the value of each record before it is counted; the place to do harm."""
        self.before_deciding: Callable[[str, UnitOfWork], None] = nothing
        """Called with the name of each customer before it is decided anew; another one."""
        self.time: Instant | None = None
        self.tallied: object = None
        """The metric that counts each record."""

    fingerprint = ""
    """Of the definitions; none, at first."""

    @property
    def parked(self) -> Container[str]:
        """Nobody."""
        return ()

    def apply(self, batch: RecordBatch, partition: Partition, unit: UnitOfWork) -> Halt | None:
        """Count the records; one whose value is an instant makes its key due then."""
        for record in batch.records:
            self.before(record.value(), unit)
            if self.tallied is not None:
                unit.tally[self.tallied,] += 1
            key = record.key().decode()
            due = Instant(int(record.value())) if record.value().isdigit() else None
            self._count(key, due, partition, unit)
        return None

    def apply_due(self, customers: Iterable[str], partition: Partition, unit: UnitOfWork) -> None:
        """Being due counts as well."""
        for key in customers:
            self._count(key, None, partition, unit)

    def decide_anew(
        self, customers: Iterable[tuple[str, CustomerState]], partition: Partition, unit: UnitOfWork
    ) -> int:
        """Being decided under other definitions counts as well."""
        counted = 0
        for key, _ in customers:
            self.before_deciding(key, unit)
            self._count(key, None, partition, unit)
            counted += 1
        return counted

    def now(self, partition: Partition) -> Instant | None:
        """Whatever the test says."""
        del partition
        return self.time

    def between_batches(self) -> None:
        """Nothing changes."""

    def _count(self, key: str, due: Instant | None, partition: Partition, unit: UnitOfWork) -> None:
        count = partition.load(key).sequence + 1
        partition.save(
            key, partition.load(key), NEW_CUSTOMER._replace(sequence=count, due=due, ruleset=self.fingerprint)
        )
        unit.outputs.append(Output(self.outputs, key.encode(), str(count).encode(), partition.number))


class Waiting(Counting):
    """Counts up to a record that cannot be counted yet."""

    halts = (0, 0)
    """Partition and offset of that record."""
    until: Callable[[], bool] = staticmethod(lambda: True)
    """Whether it can."""

    def apply(self, batch: RecordBatch, partition: Partition, unit: UnitOfWork) -> Halt | None:
        """Count the records before it, or all."""
        number, offset = self.halts
        if self.until() or number != batch.partition or not batch.follows <= offset < batch.next:
            super().apply(batch, partition, unit)
            return None
        super().apply(batch.before(offset), partition, unit)
        return Halt(offset, self.until)


class Shell:
    """Runs a processor; ``disturb`` decides which batches reach it, and in what form."""

    def __init__(self, installed: Installed, decisions: Counting, batch: int = 10, records: int = 25) -> None:
        cluster, self.metrics, self.decisions = installed.cluster, Metrics(), decisions
        config = {**cluster.client, "group.id": cluster.group, "isolation.level": "read_committed"}
        cooperative = {"auto.offset.reset": "earliest", "partition.assignment.strategy": "cooperative-sticky"}
        self.intake = Intake({**config, **cooperative}, batch=batch, backlog=1_000)
        sending = {**cluster.client, "message.max.bytes": 2_000_000}
        transactions = Transactions(sending, f"{cluster.prefix}shell", installed.changelog)
        plumbing = Plumbing(
            self.intake,
            Ownership(installed.inputs, self.intake, self.metrics),
            transactions,
            TopicEnds(cluster.client),
        )
        self.processor = Processor(plumbing, decisions, Pace(0.02, records), self.metrics)
        self.disturb: Callable[[RecordBatch], Iterable[RecordBatch]] = lambda batch: (batch,)
        self.errors: list[BaseException] = []
        self._topic, *self._following = installed.inputs.topics
        self._arrived: asyncio.Queue[RecordBatch] = asyncio.Queue()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Shell"]:
        """Join the group and work until the context is left."""
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(self.processor.run()), asyncio.create_task(self._pass_on())]
        self.intake.start(self)
        self.intake.subscribe(self._topic, self._following)
        try:
            yield self
        finally:
            await asyncio.to_thread(self.intake.stop)
            await self.processor.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Return when ``condition`` holds; fail with ``what`` was waited for."""
        deadline = self._loop.time() + PATIENCE_SECONDS
        while not await asyncio.to_thread(condition):
            assert self._loop.time() < deadline, f"waited {PATIENCE_SECONDS:.0f} s for {what}"

    def deliver(self, batches: Sequence[RecordBatch]) -> None:
        """Pass batches to the loop, disturbed."""
        for batch in batches:
            for passed in self.disturb(batch):
                self._loop.call_soon_threadsafe(self._arrived.put_nowait, passed)

    def assigned(self, tenures: Mapping[TopicPartition, threading.Event]) -> None:
        """Bring them up."""
        added = self.processor.add({place.partition: gone for place, gone in tenures.items()})
        asyncio.run_coroutine_threadsafe(added, self._loop)

    def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Commit and let go."""
        self._remove(partitions, lost=False).result()

    def lost(self, partitions: Sequence[TopicPartition]) -> None:
        """Drop and let go."""
        self._remove(partitions, lost=True)

    def failed(self, failure: BaseException) -> None:
        """Keep the error."""
        self.errors.append(failure)

    def _remove(self, partitions: Sequence[TopicPartition], *, lost: bool) -> Future[None]:
        numbers = [place.partition for place in partitions]
        return asyncio.run_coroutine_threadsafe(self.processor.remove(numbers, lost=lost), self._loop)

    async def _pass_on(self) -> None:
        while True:
            batch = await self._arrived.get()
            try:
                await self.processor.apply(batch)
            except ArithmeticError as error:  # what a test's decisions raise
                self.errors.append(error)
