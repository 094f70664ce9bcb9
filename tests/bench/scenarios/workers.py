"""Workers: one worker against two on the same full topic."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import psutil

from tests.bench.drain import drain, progress_of
from tests.bench.figures import Window, ratio, spread, steady_window
from tests.bench.findings import Check, Figure, Findings, Picture, Table
from tests.bench.ground import Ground, RunningWorker, started
from tests.bench.outputs import Outputs, all_right, outputs_of
from tests.bench.scenario import Scenario
from tests.bench.traffic import Traffic, backlog, expected, happenings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMES = {1: ("one",), 2: ("one", "two")}


class Size(NamedTuple):
    """How much work, how often."""

    events: int
    customers: int
    runs: int


class Run(NamedTuple):
    """What one run showed."""

    workers: int
    window: Window
    outputs: Outputs


def measure(ground: Ground, size: Size) -> Findings:
    """One and two workers in turn."""
    events = list(happenings(Traffic(size.customers), size.events))
    records = list(backlog(events, time.time() * 1000, count=size.events))
    runs = []
    for number in range(1, size.runs + 1):
        for workers in _NAMES:
            ground.tell(f"run {number} of {size.runs}, {workers} workers")
            runs.append(_run(ground, records, workers))
    right = expected(events)
    checks = [check for run in runs for check in run.outputs.checks(right)]
    return _findings(size, runs, all_right(checks))


def _run(ground: Ground, records: Sequence[tuple[str, bytes]], workers: int) -> Run:
    """Start the workers at the same moment on a full topic; what counts begins when each has its share."""
    with ground.installation() as installation:
        ground.fill(installation, records)
        with (
            ground.cluster.progress(*progress_of(installation)) as progress,
            started(installation, *_NAMES[workers]) as running,
        ):
            shared: list[float] = []
            drained = drain(
                installation, running, lambda: _noticed(running, shared, progress()), len(records)
            )
            for worker in running:
                worker.stop()
        samples = [sample for sample in drained.samples if shared and sample.at >= shared[0]]
        return Run(workers, steady_window(samples, len(records)), outputs_of(installation))


def _noticed(running: Sequence[RunningWorker], shared: list[float], committed: int) -> int:
    """Note the moment at which every worker serves its share; passes on what was committed."""
    if not shared:
        states = [worker.state() for worker in running]
        serving = [len(state.serving) if state else 0 for state in states]
        if len(set(serving)) == 1 and serving[0] * len(running) == 4:
            shared.append(time.monotonic())
    return committed


def _findings(size: Size, runs: Sequence[Run], checks: Sequence[Check]) -> Findings:
    windows = {count: [run.window for run in runs if run.workers == count] for count in _NAMES}
    rates = {count: [one.events_per_second for one in its if one.events] for count, its in windows.items()}
    costs = {
        count: [one.cpu_seconds_per_million for one in its if one.events] for count, its in windows.items()
    }
    times = ratio(spread(rates[2]), spread(rates[1])) if rates[1] and rates[2] else None
    return Findings(
        figures=[
            Figure("throughput, one worker", "events/s", rates[1]),
            Figure("throughput, two workers", "events/s", rates[2]),
            Figure("CPU per event, one worker", "µs", costs[1], digits=1),
            Figure("CPU per event, two workers", "µs", costs[2], digits=1),
        ],
        checks=checks,
        size=f"{size.events:,} events of {size.customers:,} customers.",
        notes=[
            (
                f"Workers, broker and harness share {psutil.cpu_count()} cores. With fewer than four the broker and "
                "a worker have them busy already, and this page only reports: it says nothing of what two machines "
                "would do."
            )
        ],
        tables=[
            Table(
                "Two to one",
                ("events/s of two workers to those of one",),
                [["not measured" if times is None else str(times)]],
            )
        ],
        pictures=[Picture("rate", "Events per second by number of workers, each run a point", lambda: _draw(rates))],
        series={"events_per_second": rates, "cpu_microseconds": costs},
    )  # fmt: skip


def _draw(rates: dict[int, list[float]]) -> "Axes":
    from tests.bench import drawing

    drawn = drawing.axes(drawing.Labels("workers", "events/s"))
    for count, values in rates.items():
        drawn.plot([count] * len(values), values, "o", color=drawing.COLOURS[0])
        if values:
            drawn.hlines(spread(values).median, count - 0.15, count + 0.15, color=drawing.COLOURS[1])
    drawn.set_xticks(list(rates))
    drawn.set_xlim(0.5, 2.5)
    drawn.set_ylim(bottom=0)
    return drawn


WORKERS = Scenario(
    name="workers",
    title="One worker and two",
    about="The work of the throughput scenario, done by one worker process and by two that share four partitions.",
    method=(
        "The topic is full before the workers start, both at the same moment. The figures are taken from the "
        "moment at which every worker says that it serves its share (asked before each sample) to the last commit"
        " that left a backlog. One and two take turns."
    ),
    sizes={"tiny": Size(6_000, 300, 1), "short": Size(150_000, 7_500, 1), "full": Size(400_000, 20_000, 2)},
    measure=measure,
)
