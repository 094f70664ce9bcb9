"""Which partitions this worker owns: bringing them up, keeping them in service, letting them go.

A partition comes into service when its store holds everything that was committed and reading starts at the committed
offset. Bringing up runs beside the partitions in service and is called off when the partition goes away. It does not
know what is done with the records.
"""

import asyncio
import faulthandler
import itertools
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from streams.engine.intake import Intake
from streams.engine.metrics import Metrics
from streams.engine.partition import Partition
from streams.engine.recent_states import RecentStates
from streams.engine.restore import CalledOff, Changelog, StoreIsAhead, committed_positions, restore
from streams.engine.state_store import StateStore, set_aside
from streams.engine.store_memory import StoreMemory

logger = logging.getLogger(__name__)

_AT_A_TIME = 16
"""Partitions that are brought up side by side; most of the time they wait for the broker."""
_CALLED_OFF_SECONDS = 60.0
"""How long bringing up may go on after it was called off."""


class Inputs(NamedTuple):
    """Where the engine reads, and where it keeps state."""

    client: Mapping[str, Any]
    """Client properties common to all connections."""
    topics: Sequence[str]
    """Keyed, co-partitioned input topics; the group divides the first one, and the others follow it."""
    group: str
    """The consumer group."""
    changelog: str
    stores: Path
    """Directory of the stores, one a partition."""


class Coming(NamedTuple):
    """A partition on its way into service."""

    number: int
    gone: threading.Event
    """Set when the partition is not ours any more."""
    called_off: threading.Event


class Ownership:
    """The partitions of one worker. For the event loop's thread only."""

    def __init__(self, inputs: Inputs, intake: Intake, metrics: Metrics) -> None:
        self.serving: dict[int, Partition] = {}
        self.joined = False
        """Whether the group has ever told what is ours."""
        self._inputs = inputs
        self._intake = intake
        self._metrics = metrics
        self._coming: dict[int, tuple[asyncio.Task[None], threading.Event]] = {}
        self._put_off: dict[int, tuple[Partition, Callable[[], bool]]] = {}
        self._epochs = itertools.count(1)
        self._memory = StoreMemory()
        self._recent = RecentStates()
        self._preparers = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="restore")

    @property
    def numbers(self) -> set[int]:
        """The partitions that are ours, in service or on the way."""
        return {*self.serving, *self._coming}

    @property
    def ready(self) -> bool:
        """Whether the group was joined and everything that is ours is in service."""
        return self.joined and not self._coming

    def add(self, tenures: Mapping[int, threading.Event]) -> None:
        """Bring partitions up in the background; each is ours until its event is set."""
        self.joined = True
        for number, gone in tenures.items():
            self._bring_up(number, gone, None)

    @property
    def outlived(self) -> bool:
        """Whether a partition in service is not ours any more, and nobody came round to letting it go yet."""
        return any(partition.gone.is_set() for partition in self.serving.values())

    async def remove(self, numbers: Sequence[int]) -> None:
        """Let partitions go: call off what is on the way, close what is in service."""
        leaving = [self._coming.pop(number) for number in numbers if number in self._coming]
        for _, called_off in leaving:
            called_off.set()
        if leaving:
            _, hanging = await asyncio.wait([task for task, _ in leaving], timeout=_CALLED_OFF_SECONDS)
            if hanging:
                faulthandler.dump_traceback()
                raise RuntimeError(f"bringing up one of partitions {list(numbers)} does not end")
        for number in numbers:
            partition = self.serving.pop(number, None)
            if partition is not None:
                await asyncio.to_thread(partition.store.close)
            self._metrics.restoring.labels(str(number)).set(0)
        self._count()

    def raise_failures(self) -> None:
        """Raise what keeps a partition from coming into service, such as a store that another worker uses."""
        for task, _ in self._coming.values():
            if task.done():
                task.result()

    def renew(self) -> None:
        """Drop everything uncommitted and read on from what is committed, as if newly assigned."""
        for number, partition in list(self.serving.items()):
            del self.serving[number]
            for topic in partition.positions:
                self._intake.leave_off(topic, number)
            self._bring_up(number, partition.gone, partition.store)
        self._count()

    def put_off(self, partition: Partition, until: Callable[[], bool]) -> None:
        """Fetch nothing of a partition until its next record can be applied; what was fetched behind it is void.

        It stays in service and its deadlines go on; the group sees nothing of it.
        """
        logger.info(
            "partition %d: its next record cannot be applied yet: %s", partition.number, partition.positions
        )
        partition.epoch = next(self._epochs)
        for topic in partition.positions:
            self._intake.leave_off(topic, partition.number)
        self._put_off[partition.number] = partition, until
        self._metrics.put_off.labels(str(partition.number)).set(1)

    def take_up(self) -> None:
        """Read on where that was put off and it is time."""
        for number, (partition, until) in list(self._put_off.items()):
            ours = self.serving.get(number) is partition  # else whoever has it now reads for itself
            if ours and not until():
                continue
            del self._put_off[number]
            self._metrics.put_off.labels(str(number)).set(0)
            if ours:
                self._read(partition)

    def read_again(self, partition: Partition) -> None:
        """Fetch from the applied position once more: a batch was lost on the way."""
        if any(waiting is partition for waiting, _ in self._put_off.values()):
            return
        logger.info("partition %d: read again from %s", partition.number, partition.positions)
        self._metrics.read_again.inc()
        self._read(partition)

    def _count(self) -> None:
        self._recent.partitions = len(self.serving)
        self._metrics.partitions.set(len(self.serving))

    def _read(self, partition: Partition) -> None:
        """Fetch from the applied position on; batches that were fetched before are void."""
        partition.epoch = next(self._epochs)
        for topic, position in partition.positions.items():
            self._intake.read_from(topic, partition.number, position, partition.epoch)

    def _bring_up(self, number: int, gone: threading.Event, store: StateStore | None) -> None:
        called_off = threading.Event()
        coming = Coming(number, gone, called_off)
        self._coming[number] = asyncio.get_running_loop().create_task(self._up(coming, store)), called_off

    async def _up(self, coming: Coming, store: StateStore | None) -> None:
        number, gone, called_off = coming
        try:
            preparing = asyncio.get_running_loop().run_in_executor(
                self._preparers, self._prepare, number, store, called_off
            )
            restored, positions = await preparing
        except CalledOff:
            return
        if called_off.is_set():
            restored.close()
            return
        partition = Partition(number, restored, gone, self._recent)
        partition.positions = positions
        self.serving[number] = partition
        del self._coming[number]
        self._count()
        self._read(partition)

    def _prepare(
        self, number: int, store: StateStore | None, called_off: threading.Event
    ) -> tuple[StateStore, dict[str, int]]:
        """In a thread: open, ask for the committed offsets, restore."""
        store = store or StateStore.open(self._inputs.stores / str(number), self._memory)
        group = {**self._inputs.client, "group.id": self._inputs.group}
        try:
            positions = committed_positions(group, self._inputs.topics, number, called_off)
        except CalledOff:
            store.close()
            raise
        store = self._restored(number, store, called_off)
        logger.info("partition %d: restored, reading on from %s", number, positions)
        return store, positions

    def _restored(self, number: int, store: StateStore, called_off: threading.Event) -> StateStore:
        remaining = self._metrics.restoring.labels(str(number))
        changelog = Changelog(self._inputs.client, self._inputs.changelog, number)

        def progress(done: int, total: int) -> None:
            remaining.set(max(0, total - done))  # what came after the beginning is not counted

        began = time.monotonic()
        try:
            count = restore(store, changelog, called_off, progress)
        except StoreIsAhead:
            logger.warning(
                "store %s is set aside: it is ahead of the changelog, which was made anew", store.path
            )
            store.close()
            set_aside(store.path)
            return self._restored(number, StateStore.open(store.path, self._memory), called_off)
        except CalledOff:
            store.close()
            raise
        seconds = time.monotonic() - began
        logger.info("partition %d: %d changelog records applied in %.1f s", number, count, seconds)
        return store
