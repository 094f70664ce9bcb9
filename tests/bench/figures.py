"""From samples to figures: rates, medians, ranges, and when a difference is only noise.

Decides which part of a run is measured; knows nothing of how the samples were taken.
"""

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Sample(NamedTuple):
    """What was seen from outside at one moment."""

    at: float
    """Seconds on a monotonic clock."""
    committed: int
    """Input records committed so far, all partitions together."""
    cpu_seconds: float
    """CPU time of the contestant's processes so far, user and system."""


class Window(NamedTuple):
    """The measured part of one run."""

    seconds: float
    events: int
    cpu_seconds: float

    @property
    def events_per_second(self) -> float:
        """Throughput in the window; 0 when nothing was measured."""
        return self.events / self.seconds if self.seconds > 0 else 0.0

    @property
    def cpu_seconds_per_million(self) -> float:
        """CPU seconds that a million events cost; 0 when nothing was measured."""
        return self.cpu_seconds / self.events * 1e6 if self.events else 0.0


class Spread(NamedTuple):
    """Median and range of one figure over several runs."""

    median: float
    least: float
    most: float

    def overlaps(self, other: "Spread") -> bool:
        """Whether the ranges share a value: then a difference of the medians says nothing."""
        return self.least <= other.most and other.least <= self.most


class Ratio(NamedTuple):
    """How many times one figure is another."""

    times: float
    noise: bool
    """The ranges overlap: these runs do not tell the two apart."""

    def __str__(self) -> str:
        """Such as ``2.4x``, or ``noise (1.1x)``."""
        return f"noise ({self.times:.1f}x)" if self.noise else f"{self.times:.1f}x"


def steady_window(samples: Sequence[Sample], events: int, warm_up: int = 0) -> Window:
    """The part of a run between its first commit and the last one that left a backlog.

    Start-up lies before the first commit, and so do ``warm_up`` events. The very last commit is left out because it
    waits, idle, for the commit interval to pass, which would count against long intervals. A run with too few commits
    for that is taken up to its last one.
    """
    commits = [sample for sample in advancing(samples) if sample.committed >= warm_up]
    loaded = [sample for sample in commits if sample.committed < events]
    used = loaded if len(loaded) > 2 else commits
    if len(used) < 2:
        return Window(0.0, 0, 0.0)
    first, last = used[0], used[-1]
    return Window(last.at - first.at, last.committed - first.committed, last.cpu_seconds - first.cpu_seconds)


def advancing(samples: Sequence[Sample]) -> list[Sample]:
    """The samples at which more was committed than ever before."""
    reached = 0
    kept = []
    for sample in samples:
        if sample.committed > reached:
            reached = sample.committed
            kept.append(sample)
    return kept


def spread(values: Sequence[float]) -> Spread:
    """Median, least and most of at least one value."""
    return Spread(statistics.median(values), min(values), max(values))


def ratio(ours: Spread, theirs: Spread) -> Ratio | None:
    """How many times ``ours`` is ``theirs`` by the medians; ``None`` if either was not measured."""
    if ours.median <= 0 or theirs.median <= 0:
        return None
    return Ratio(ours.median / theirs.median, noise=ours.overlaps(theirs))
