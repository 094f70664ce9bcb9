"""Draining a full topic: workers take what waits, and are watched from outside meanwhile.

Decides what is sampled, and that the drain is over when everything is committed. Which part of the samples becomes the
figure stands in ``figures.steady_window``.
"""

import itertools
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.bench.figures import Sample, Window, steady_window
from tests.bench.ground import INPUT, RunningWorker
from tests.broker.installation import Installation

_SAMPLE_SECONDS = 0.05
_LIMIT_SECONDS = 900.0


class Memory(NamedTuple):
    """How much memory there was at a moment."""

    at: float
    """Seconds on the clock of the samples."""
    committed: int
    resident_bytes: int


class Drained(NamedTuple):
    """What was seen of one drain."""

    samples: list[Sample]
    memory: list[Memory]
    peak_bytes: int
    """Of all workers together."""
    events: int

    @property
    def window(self) -> Window:
        """The steady part."""
        return steady_window(self.samples, self.events)


def drain(
    installation: Installation, workers: Sequence[RunningWorker], progress: Callable[[], int], total: int
) -> Drained:
    """Watch until ``total`` events are committed, those of earlier drains included."""
    began = time.monotonic()
    before = progress()
    samples, memory = list[Sample](), list[Memory]()
    for turn in itertools.count(1):
        committed = max(progress(), before)
        cpu_seconds = sum(worker.usage.sample() for worker in workers)
        at = time.monotonic()
        samples.append(Sample(at, committed - before, cpu_seconds))
        memory.append(Memory(at, committed, sum(worker.usage.resident_bytes for worker in workers)))
        if committed >= total:
            break
        for worker in workers:
            assert worker.process.poll() is None, f"the worker ended:\n{worker.log.read_text()[-3000:]}"
        assert at - began < _LIMIT_SECONDS, (
            f"{committed:,} of {total:,} events committed in {at - began:.0f} s"
        )
        time.sleep(max(0.0, began + turn * _SAMPLE_SECONDS - time.monotonic()))
    peak = max(seen.resident_bytes for seen in memory)
    return Drained(samples, memory, peak, total - before)


def progress_of(installation: Installation) -> tuple[str, str]:
    """Group and topic whose committed offsets tell how far an installation is."""
    return f"{installation.prefix}tidemark", installation.prefix + INPUT
