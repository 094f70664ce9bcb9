"""Recovery: how fast a worker is back, from the changelog and from its own store, and how partitions move."""

import shutil
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from streams.engine.marks import is_mark
from streams.engine.state_store import StateStore
from tests.bench.drain import drain, progress_of
from tests.bench.findings import Check, Figure, Findings, Picture, Target
from tests.bench.ground import Ground, RunningWorker, started
from tests.bench.hand_over import Round, hand_over, longest_gaps
from tests.bench.live import points_of
from tests.bench.outputs import all_right
from tests.bench.scenario import Scenario
from tests.bench.traffic import backlog, first_visits
from tests.broker.installation import Installation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RESTORE, HAND_OVER = Target(100_000, at_least=True), Target(3_000)
_LOOK_SECONDS = 0.01


class Size(NamedTuple):
    """How many customers, and how often."""

    customers: int
    restores: int
    rounds: int
    """Of hand-overs."""
    steps: int | None = None
    """Only the first steps of a round; all without it."""


class Start(NamedTuple):
    """One start of a worker."""

    restore_seconds: float
    """From the assignment to everything in service."""
    whole_seconds: float
    """From the start of the process."""


class Recovered(NamedTuple):
    """All that was seen."""

    cold: list[Start]
    warm: list[Start]
    restored: int
    """Customers in the stores after the last restore."""
    rounds: list[Round]


def measure(ground: Ground, size: Size) -> Findings:
    """Fill once; restore, restart and hand over as often as asked."""
    with ground.installation() as installation:
        ground.tell(f"filling {size.customers:,} customers")
        sequence = first_visits(size.customers)
        ground.fill(installation, backlog(sequence, time.time() * 1000, count=size.customers))
        with (
            ground.cluster.progress(*progress_of(installation)) as progress,
            started(installation, "one") as workers,
        ):
            drain(installation, workers, progress, size.customers)
            workers[0].stop()
        ground.tell("restoring")
        cold = [_start(installation, cold=True) for _ in range(size.restores)]
        restored = _customers(installation)
        warm = [_start(installation, cold=False) for _ in range(size.restores)]
        rounds = [
            hand_over(
                installation,
                f"round-{number}",
                lambda step: ground.tell(f"hand-over: {step} done"),
                size.steps,
            )
            for number in range(size.rounds)
        ]
    return _findings(size, Recovered(cold, warm, restored, rounds))


def _start(installation: Installation, *, cold: bool) -> Start:
    """Start the worker, with its stores or without, until it is ready; then stop it."""
    if cold:
        shutil.rmtree(installation.directory / "state-one")
    with started(installation, "one") as (worker,):
        joined, in_service = _wait(worker)
        worker.stop()
    return Start(in_service - joined, in_service - worker.started_at)


def _customers(installation: Installation) -> int:
    """How many customers the stores of the stopped worker hold."""
    stores = [
        StateStore.open(path) for path in (installation.directory / "state-one").iterdir() if path.is_dir()
    ]
    try:
        return sum(1 for store in stores for key, _ in store.records() if not is_mark(key))
    finally:
        for store in stores:
            store.close()


def _wait(worker: RunningWorker) -> tuple[float, float]:
    """When the worker had its partitions assigned, and when all were in service."""
    joined = None
    while True:
        state, now = worker.state(), time.time()
        if state is not None and state.joined:
            joined = joined or now
            if state.ready:
                return joined, now
        assert worker.process.poll() is None, f"the worker ended:\n{worker.log.read_text()[-3000:]}"
        assert now - worker.started_at < 300, "the worker was not ready within 300 s"
        time.sleep(_LOOK_SECONDS)


def _findings(size: Size, seen: Recovered) -> Findings:
    return Findings(
        figures=[
            Figure("restore", "customers/s", [size.customers / one.restore_seconds for one in seen.cold], RESTORE),
            Figure("restore, assignment to in service", "s", [one.restore_seconds for one in seen.cold], digits=2),
            Figure("restart with its store, assignment to in service", "s",
                   [one.restore_seconds for one in seen.warm], digits=2),
            Figure("restart with its store, process start to ready", "s",
                   [one.whole_seconds for one in seen.warm], digits=2),
            *_gaps(seen.rounds),
        ],
        checks=_checks(size, seen),
        size=f"{size.customers:,} customers on four partitions, one event each.",
        notes=[
            (
                "Gaps hold the ordinary time between two outputs of a partition, a transaction of 0.1 s and a "
                "little more; the partitions that do not move show it."
            ),
            (
                "After a kill the group waits for the session to end (10 s), and the next owner for the "
                "transaction that the dead one left open (20 s, looked for by the broker every 10 s)."
            ),
        ],
        pictures=[
            Picture("hand-over", "Seconds from probe to output on each partition, the worst of each 0.1 s, first round",
                    lambda: _draw(seen.rounds[0]))
        ],
        series={"hand_over": [[step._replace(moved=sorted(step.moved)) for step in one.steps] for one in seen.rounds]},  # type: ignore[arg-type]
    )  # fmt: skip


def _gaps(rounds: Sequence[Round]) -> list[Figure]:
    """The longest gap of a moved partition for each step, and the longest of any other in a graceful one."""
    moved: dict[str, list[float]] = {}
    unmoved: list[float] = []
    for one in rounds:
        arrivals = [(output.at, output.partition) for output in one.outputs]
        for step in one.steps:
            gaps = longest_gaps(arrivals, step.begin, step.end)
            of_moved = [gap for partition, gap in gaps.items() if partition in step.moved]
            moved.setdefault(step.name, []).append(max(of_moved, default=float("inf")) * 1000)
            if not step.name.startswith("kill"):
                unmoved += [gap * 1000 for partition, gap in gaps.items() if partition not in step.moved]
    figures = [
        Figure(f"not served, {name}", "ms", values, None if name.startswith("kill") else HAND_OVER)
        for name, values in moved.items()
    ]
    return [*figures, Figure("longest gap of a partition that stays", "ms", [max(unmoved, default=0.0)])]


def _checks(size: Size, seen: Recovered) -> list[Check]:
    checks = [Check("customers in the restored stores", size.customers, seen.restored)]
    for one in seen.rounds:
        points = points_of(one.outputs)
        checks.append(Check("probes that granted points", one.sent.events, len(points)))
        checks.append(Check("different ones among them", one.sent.events, len(set(points))))
    return all_right(checks)


def _draw(one: Round) -> "Axes":
    from tests.bench import drawing

    drawn = drawing.axes(drawing.Labels("seconds", "seconds from probe to output"), log_y=True)
    begin = min(output.occurred_ms for output in one.outputs) / 1000
    tenths: dict[tuple[int, int], float] = {}
    for output in one.outputs:
        place = output.partition, int((output.occurred_ms / 1000 - begin) * 10)
        tenths[place] = max(tenths.get(place, 0.0), output.latency_ms / 1000)
    for partition, colour in enumerate(drawing.COLOURS):
        points = sorted((tenth / 10, worst) for (where, tenth), worst in tenths.items() if where == partition)
        if points:
            drawn.plot(*zip(*points, strict=True), color=colour, linewidth=1, label=f"partition {partition}")
    for step in one.steps:
        at = step.begin - begin
        drawn.axvline(at, color=drawing.TARGET_COLOUR, linestyle=":", linewidth=1)
        drawn.annotate(
            step.name,
            (at, 0.99),
            xycoords=("data", "axes fraction"),
            rotation=90,
            va="top",
            ha="right",
            fontsize=7,
        )
    drawing.legend(drawn, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4)
    return drawn


RECOVERY = Scenario(
    name="recovery",
    title="Recovery: restore, restart, hand-over",
    about=(
        "*Restore*: a worker without a store reads the changelog of all its customers. *Restart*: a worker finds "
        "its store. *Hand-over*: a second worker joins, leaves, and is killed; for how long does a partition that"
        " moves put out nothing, with the taker's store from an earlier tenure (warm) and without (cold)."
    ),
    method=(
        "Every customer is there by one event; the worker is stopped and started again, with its store removed or"
        " not. The harness asks `/ready` every 10 ms: from the first answer that partitions are assigned to the "
        "first that all are in service. Afterwards the customers in the stores are counted. For the hand-over a "
        "probe event is sent to each partition every 20 ms, each of which grants points; a gap is the longest "
        "time between two outputs of a partition around the step, of the partition that fared worst. The workers "
        "are dynamic members of their group: a static one that leaves keeps its partitions until its session runs"
        " out, so that a restart moves nothing. Both workers and the broker share the machine."
    ),
    sizes={"tiny": Size(2_000, 1, 1, steps=2), "short": Size(200_000, 1, 1), "full": Size(400_000, 3, 3)},
    measure=measure,
)
