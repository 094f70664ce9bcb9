"""Soak: a constant flow for a long time; does anything grow that should not?"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.findings import Check, Figure, Findings, Picture
from tests.bench.ground import Ground, RunningWorker, ready
from tests.bench.listener import Output
from tests.bench.live import (
    flowing,
    live_traffic,
    points_of,
    reached,
)
from tests.bench.pacing import Pace, Sent
from tests.bench.quantiles import Quantiles, quantiles, slope
from tests.bench.scenario import Scenario
from tests.bench.scenarios.latency import P50, P99
from tests.bench.scenarios.memory import MEBIBYTE, PEAK_MEBIBYTES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HOUR = 3600.0
_LOSSES_SHOW_AFTER_SECONDS = 30.0


class Size(NamedTuple):
    """How much, for how long."""

    minutes: float
    rate: float
    customers: int
    warm_up: float
    """Seconds at the beginning that no latency is taken from."""


class Second(NamedTuple):
    """What was seen in one second."""

    at: float
    """Seconds since the beginning."""
    resident_mebibytes: float
    lag_records: int
    p50_ms: float
    most_ms: float


class Soaked(NamedTuple):
    """All of it."""

    seconds: list[Second]
    latencies: list[float]
    sent: Sent
    points: int
    different: int


def measure(ground: Ground, size: Size) -> Findings:
    """One long run."""
    with ground.installation() as installation, ready(installation, "one") as worker:
        start = time.time() + 2
        pace = Pace(start, size.rate, size.minutes * 60)
        with flowing(installation, pace, live_traffic(size.customers)) as (listener, producer):
            watch = _Watch(worker, start, size.warm_up)
            while producer.running:
                time.sleep(max(0.0, watch.next_at() - time.time()))
                watch.look([heard.read() for heard in listener.take()])
                ground.tell(f"{watch.seconds[-1].at / 60:.1f} of {size.minutes:.0f} minutes")
            sent = producer.result()
            deadline = time.time() + _LOSSES_SHOW_AFTER_SECONDS
            while watch.points < sent.big and time.time() < deadline:
                time.sleep(0.2)
                watch.hear([heard.read() for heard in listener.take()])
    return _findings(size, Soaked(watch.seconds, watch.latencies, sent, watch.points, len(watch.different)))


class _Watch:
    """Collects what is seen each second; keeps numbers, not records."""

    def __init__(self, worker: RunningWorker, start: float, warm_up: float) -> None:
        self.seconds: list[Second] = []
        self.latencies: list[float] = []
        self.points = 0
        self.different: set[int] = set()
        self._worker, self._start, self._warm_up = worker, start, warm_up

    def next_at(self) -> float:
        """When to look again."""
        return self._start + len(self.seconds) + 1

    def look(self, outputs: Sequence[Output]) -> None:
        """Look at the worker, and take in what was heard in the last second."""
        seen = self.hear(outputs)
        self._worker.usage.sample()
        resident = self._worker.usage.resident_bytes / MEBIBYTE
        lag = self._worker.lag_records()
        self.seconds.append(Second(time.time() - self._start, resident, lag, seen.p50, seen.most))

    def hear(self, outputs: Sequence[Output]) -> Quantiles:
        """Count, and take the latencies."""
        points = points_of(outputs)
        self.points += len(points)
        self.different.update(hash(event) for event in points)
        found = reached(outputs)
        self.latencies += [one.latency_ms for one in found if one.sent_at >= self._start + self._warm_up]
        return quantiles([one.latency_ms for one in found])


def _findings(size: Size, soaked: Soaked) -> Findings:
    seen = quantiles(soaked.latencies)
    seconds = soaked.seconds
    later = [(one.at / _HOUR, one.resident_mebibytes) for one in seconds[len(seconds) // 2 :]]
    return Findings(
        figures=[
            Figure("memory's slope over the second half", "MiB/hour", [slope(later)], digits=1),
            Figure("peak memory", "MiB", [max(one.resident_mebibytes for one in seconds)], PEAK_MEBIBYTES),
            Figure("produce to output, p50", "ms", [seen.p50] if seen.samples else [], P50),
            Figure("produce to output, p99", "ms", [seen.p99] if seen.samples else [], P99),
            Figure("produce to output, max", "ms", [seen.most] if seen.samples else []),
            Figure("largest lag", "records", [max(one.lag_records for one in seconds)]),
            Figure("latest event of the producer", "ms", [soaked.sent.latest_seconds * 1000]),
        ],
        checks=[
            Check("events sent", int(size.minutes * 60 * size.rate), soaked.sent.events),
            Check("big orders that granted points", soaked.sent.big, soaked.points),
            Check("different ones among them", soaked.sent.big, soaked.different),
        ],
        size=f"{size.rate:,.0f} events/s by {size.customers:,} customers for {size.minutes:g} minutes.",
        notes=[
            "A slope says something after half an hour or more; before that the worker still fills its caches."
        ]
        if size.minutes < 30
        else [],
        pictures=[Picture("course", "Memory, latency and lag in each second", lambda: _draw(seconds))],
        series={"seconds": [tuple(round(value, 2) for value in one) for one in seconds]},
    )


def _draw(seconds: Sequence[Second]) -> "Axes":
    from tests.bench import drawing

    memory, latency, lag = drawing.stacked(
        drawing.Labels("", "resident MiB"),
        drawing.Labels("", "latency, ms"),
        drawing.Labels("minutes", "lag, records"),
    )
    shown = drawing.thinned(seconds)
    times = [one.at / 60 for one in shown]
    memory.plot(times, [one.resident_mebibytes for one in shown], color=drawing.COLOURS[0])
    drawing.target(memory, PEAK_MEBIBYTES.limit, "target")
    latency.plot(times, [one.most_ms for one in shown], color=drawing.COLOURS[1], linewidth=0.8, label="max")
    latency.plot(times, [one.p50_ms for one in shown], color=drawing.COLOURS[0], linewidth=0.8, label="p50")
    drawing.legend(latency, loc="upper right", ncols=2)
    lag.plot(times, [one.lag_records for one in shown], color=drawing.COLOURS[0], linewidth=0.8)
    for row in (memory, latency, lag):
        row.set_ylim(bottom=0)
    return memory


SOAK = Scenario(
    name="soak",
    title="Soak: a constant flow for a long time",
    about=(
        "One worker with the definitions of the throughput scenario takes a steady flow. What is asked: that "
        "neither memory nor latency nor lag grow."
    ),
    method=(
        "Producer and listener are those of the page of latency. Each second the harness reads the worker's "
        "resident memory, the lag that its metrics tell, and the latencies of what arrived in that second. The "
        "slope is that of the least-squares line through the memory of the second half. Latencies leave out the "
        "first seconds as warm-up."
    ),
    sizes={
        "tiny": Size(0.05, 1_000, 500, 1),
        "short": Size(1, 5_000, 50_000, 5),
        "full": Size(60, 5_000, 200_000, 30),
    },
    measure=measure,
)
