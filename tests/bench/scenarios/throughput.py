"""Throughput: how many events a second one worker takes from a full topic, with all features on."""

import itertools
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.drain import Drained, drain, progress_of
from tests.bench.figures import advancing
from tests.bench.findings import Figure, Findings, Picture, Target
from tests.bench.ground import Ground, started
from tests.bench.outputs import Outputs, all_right, outputs_of
from tests.bench.scenario import Scenario
from tests.bench.traffic import Expected, Traffic, backlog, expected, happenings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TARGET = Target(40_000, at_least=True)


class Size(NamedTuple):
    """How much work, how often."""

    events: int
    customers: int
    runs: int


class Run(NamedTuple):
    """What one run showed."""

    drained: Drained
    outputs: Outputs


def measure(ground: Ground, size: Size) -> Findings:
    """Drain the same events as often as asked, each time on fresh topics."""
    events = list(happenings(Traffic(size.customers), size.events))
    records = list(backlog(events, time.time() * 1000, count=size.events))
    right = expected(events)
    runs = []
    for number in range(1, size.runs + 1):
        ground.tell(f"run {number} of {size.runs}")
        runs.append(_run(ground, records))
    return findings(size, runs, right)


def findings(size: Size, runs: Sequence[Run], right: Expected) -> Findings:
    """What the runs come to."""
    windows = [run.drained.window for run in runs if run.drained.window.events]
    return Findings(
        figures=[
            Figure("throughput", "events/s", [one.events_per_second for one in windows], TARGET),
            Figure("CPU per event", "µs", [one.cpu_seconds_per_million for one in windows], digits=1),
            Figure("cores used by the worker", "", [one.cpu_seconds / one.seconds for one in windows], digits=2),
            Figure("peak memory", "MiB", [run.drained.peak_bytes / 2**20 for run in runs]),
            Figure(
                "events that caused an output", "%", [run.outputs.events / size.events * 100 for run in runs],
                digits=1,
            ),
            Figure("outputs for 100 events", "records", [run.outputs.records / size.events * 100 for run in runs],
                   digits=1),
        ],
        checks=all_right([check for run in runs for check in run.outputs.checks(right)]),
        size=f"{size.events:,} events of {size.customers:,} customers.",
        pictures=[Picture("rate", "Events per second in the course of each run", lambda: _draw(runs))],
        series={"committed": [_course(run.drained) for run in runs]},
    )  # fmt: skip


def _run(ground: Ground, records: Sequence[tuple[str, bytes]]) -> Run:
    with ground.installation() as installation:
        ground.fill(installation, records)
        with (
            ground.cluster.progress(*progress_of(installation)) as progress,
            started(installation, "one") as workers,
        ):
            drained = drain(installation, workers, progress, len(records))
            workers[0].stop()
        return Run(drained, outputs_of(installation))


def _course(drained: Drained) -> list[tuple[float, int]]:
    """Seconds since the first commit, and events committed since."""
    commits = advancing(drained.samples)
    return [
        (round(sample.at - commits[0].at, 3), sample.committed - commits[0].committed) for sample in commits
    ]


def _draw(runs: Sequence[Run]) -> "Axes":
    from tests.bench import drawing

    drawn = drawing.axes(drawing.Labels("seconds since the first commit", "events/s"))
    for number, run in enumerate(runs):
        course = _course(run.drained)
        step = max(1, len(course) // 40)
        marks = course[::step]
        rates = [
            (later[0], (later[1] - earlier[1]) / (later[0] - earlier[0]))
            for earlier, later in itertools.pairwise(marks)
        ]
        colour = drawing.COLOURS[number % len(drawing.COLOURS)]
        drawn.plot(*zip(*rates, strict=True), color=colour, label=f"run {number + 1}") if rates else None
    drawing.target(drawn, TARGET.limit, "target")
    drawn.set_ylim(bottom=0)
    drawing.legend(drawn, loc="lower left")
    return drawn


THROUGHPUT = Scenario(
    name="throughput",
    title="Throughput of one worker",
    about=(
        "20 segments, 10 distributions and 5 earning rules; six event types of which each touches three segments,"
        " by count, by recency and profile, and by recency alone; a tenth of the events carry a profile; ids are "
        "remembered, limits kept, deadlines entered. RocksDB, exactly once, a transaction every 0.1 s, one worker"
        " process with four partitions."
    ),
    method=(
        "The topic is full before the worker starts. The harness samples the committed offsets of its group and "
        "its CPU time every 50 ms from outside; the figures are taken between the first commit and the last one "
        "that left a backlog. The worker decides on one core at a time, its Kafka client has threads beside; the "
        "broker shares the machine and is not counted. Outputs are read back (`read_committed`) and counted "
        "against those that the events alone must cause."
    ),
    sizes={
        "tiny": Size(6_000, 300, 1),
        "short": Size(200_000, 10_000, 2),
        "full": Size(600_000, 30_000, 3),
    },
    measure=measure,
)
