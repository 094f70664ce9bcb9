"""Partitions that move from one worker to another, seen from outside: for how long is each not served.

Decides the steps of a round and what a gap is: the longest time between two outputs that follow each other on a
partition, while a probe event is sent to it every 20 ms. The workers are dynamic members of their group, for a static
one that leaves keeps its partitions until its session has run out.
"""

import itertools
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from streams.engine.partitioning import partition_of
from tests.bench.ground import INPUT, RunningWorker, ready
from tests.bench.listener import Listener, Output
from tests.bench.live import hear_out, points_of
from tests.bench.paced_producer import Assignment, PacedProducer
from tests.bench.pacing import Sent
from tests.broker.installation import Installation, wait_until

PARTITIONS = 4
PROBES_PER_SECOND = 50.0
"""On each partition."""
_AFTERWARDS_SECONDS = 1.0


class Step(NamedTuple):
    """Something that made partitions move."""

    name: str
    begin: float
    """Seconds since 1970."""
    end: float
    moved: frozenset[int]


class Round(NamedTuple):
    """All steps, and the outputs of the probes meanwhile."""

    steps: list[Step]
    outputs: list[Output]
    sent: Sent


def probes() -> tuple[str, ...]:
    """One customer on each partition."""
    names = defaultdict[int, list[str]](list)
    for number in itertools.count():
        name = f"probe-{number}"
        names[partition_of(name.encode(), PARTITIONS)].append(name)
        if len(names) == PARTITIONS:
            return tuple(names[partition][0] for partition in range(PARTITIONS))
    raise AssertionError("unreachable: the count has no end")


def hand_over(
    installation: Installation, name: str, tell: Callable[[str], None], steps: int | None = None
) -> Round:
    """One worker serves all; a second one joins, leaves and dies, with and without an earlier store.

    ``steps`` limits the round to its first ones.
    """
    shutil.rmtree(installation.directory / "state-two", ignore_errors=True)
    assignment = Assignment(
        installation.bootstrap,
        installation.prefix + INPUT,
        time.time(),
        PROBES_PER_SECOND * PARTITIONS,
        orders_of=probes(),
        orders_name=name,
    )
    with (
        ready(installation, "one") as one,
        Listener(installation.bootstrap, installation.prefix, ["point-events"]) as listener,
        PacedProducer(assignment) as producer,
        ExitStack() as stack,
    ):
        wait_until(lambda: listener.count > 2 * PROBES_PER_SECOND, "the first probes")
        taken = []
        for step in itertools.islice(_Steps(installation, one, stack).all(), steps):
            tell(step.name)
            taken.append(step)
        sent = producer.stop()
        outputs = hear_out(listener, lambda heard: len(points_of(heard)) >= sent.events)
        assert len(points_of(outputs)) >= sent.events, _evidence(installation, one, taken, outputs)
    return Round(taken, outputs, sent)


def _evidence(
    installation: Installation, one: RunningWorker, steps: Sequence[Step], outputs: Sequence[Output]
) -> str:
    """What can be seen of probes that came to nothing, before everything is taken down."""
    last = {
        output.partition: output.occurred_ms / 1000 for output in sorted(outputs, key=lambda o: o.occurred_ms)
    }
    logs = [path.read_text()[-6000:] for path in sorted(installation.directory.glob("*.log"))]
    counts = f"consumed {installation.consumed()} of {installation.written()}"
    return "\n".join(
        ["probes are missing", counts, f"last answered: {last}", *map(str, steps), str(one.state()), *logs]
    )


class _Steps:
    """The steps of one round."""

    def __init__(self, installation: Installation, one: RunningWorker, stack: ExitStack) -> None:
        self._installation, self._one, self._stack = installation, one, stack
        self._two: RunningWorker | None = None

    def all(self) -> Iterator[Step]:
        """Each step, when it is done."""
        yield self._join("join, cold store")
        yield self._leave("leave, warm store")
        yield self._join("join, warm store")
        for number in self._serving(self._two):
            shutil.rmtree(self._one.stores / str(number))
        yield self._leave("leave, cold store")
        self._join("join before the kill")
        yield self._kill("kill -9, warm store")

    def _join(self, name: str) -> Step:
        begin = time.time()
        two = self._two = RunningWorker(self._installation, "two")
        self._stack.callback(lambda: two.kill() if two.process.poll() is None else None)
        wait_until(lambda: self._shares(two), "the second worker to have its share")
        return self._done(name, begin, self._serving(two))

    def _leave(self, name: str) -> Step:
        moved, begin = self._serving(self._two), time.time()
        assert self._two is not None
        self._two.stop()
        return self._returned(name, begin, moved)

    def _kill(self, name: str) -> Step:
        moved, begin = self._serving(self._two), time.time()
        assert self._two is not None
        self._two.kill()
        return self._returned(name, begin, moved)

    def _returned(self, name: str, begin: float, moved: frozenset[int]) -> Step:
        wait_until(lambda: len(self._serving(self._one)) == PARTITIONS, "all partitions to come back")
        return self._done(name, begin, moved)

    def _done(self, name: str, begin: float, moved: frozenset[int]) -> Step:
        time.sleep(_AFTERWARDS_SECONDS)
        return Step(name, begin, time.time(), moved)

    def _shares(self, two: RunningWorker) -> bool:
        share = PARTITIONS // 2
        return len(self._serving(two)) == len(self._serving(self._one)) == share

    def _serving(self, worker: RunningWorker | None) -> frozenset[int]:
        state = None if worker is None else worker.state()
        return frozenset() if state is None else state.serving


def longest_gaps(arrivals: Sequence[tuple[float, int]], begin: float, end: float) -> dict[int, float]:
    """The longest time without an output on each partition, of those that began in a period; in seconds.

    ``arrivals`` are moments with their partitions, in any order.
    """
    by_partition = defaultdict[int, list[float]](list)
    for at, partition in sorted(arrivals):
        by_partition[partition].append(at)
    return {
        partition: max(
            (
                later - earlier
                for earlier, later in itertools.pairwise(moments)
                if later >= begin and earlier <= end
            ),
            default=float("inf"),
        )
        for partition, moments in by_partition.items()
    }
