"""Sweep: segments are edited, and all customers decided anew, while nothing else happens and beside live events."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.bench.drain import drain, progress_of
from tests.bench.edits import Swept, sweep
from tests.bench.findings import Check, Figure, Findings, Picture, Target
from tests.bench.ground import Ground, RunningWorker, started
from tests.bench.listener import Output
from tests.bench.live import Reached, flowing, hear_out, live_checks, live_traffic, points_of, reached
from tests.bench.outputs import all_right
from tests.bench.pacing import Pace, Sent
from tests.bench.quantiles import quantiles
from tests.bench.scenario import Scenario
from tests.bench.traffic import backlog, first_visits
from tests.broker.installation import Installation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

IDLE, LIVE_P99 = Target(50_000, at_least=True), Target(1_000)
_LEAD_SECONDS = 3.0
_BESIDE_SECONDS = 0.25
"""Before a sweep and behind it: events of that time count as its own, so that a short one has some."""
PARISIANS = 50
"""One customer in so many lives in Paris, see ``traffic.profile_of``."""


def segment(name: str, condition: dict[str, Any]) -> dict[str, Any]:
    """A segment as it stands in a file."""
    return {"kind": "segment", "id": name, "filter": condition}


FEW = segment("in-paris", {"address.city": {"conditions": {"$is": ["Paris"]}}})
ALL = segment("visitors", {"events.page_viewed.count": {"conditions": {"$more_than": [0]}}})


class Size(NamedTuple):
    """How many customers there are, and what flows beside the last sweep."""

    customers: int
    rate: float
    before: float
    """Seconds of live events before the segment is edited."""
    after: float
    """… and after it."""
    active: int
    """Customers of the live events, of those that there are."""
    runs: int


class Run(NamedTuple):
    """What one run showed."""

    few: Swept
    everybody: Swept
    beside: Swept
    """The one beside live events: everybody leaves."""
    live: list[Reached]
    sent: Sent
    checks: list[Check]

    @property
    def during(self) -> list[float]:
        """Latencies of the events that were sent while everybody left, in milliseconds."""
        begin, end = self.beside.began - _BESIDE_SECONDS, self.beside.ended + _BESIDE_SECONDS
        return [one.latency_ms for one in self.live if begin <= one.sent_at <= end]

    @property
    def calm(self) -> list[float]:
        """Latencies of events that were sent before."""
        return [one.latency_ms for one in self.live if one.sent_at < self.beside.began - 2]


def measure(ground: Ground, size: Size) -> Findings:
    """Fill and edit as often as asked, each time on fresh topics."""
    runs = []
    for number in range(1, size.runs + 1):
        ground.tell(f"run {number} of {size.runs}")
        with ground.installation() as installation:
            ground.fill(
                installation,
                backlog(
                    first_visits(size.customers, with_profile=1), time.time() * 1000, count=size.customers
                ),
            )
            with (
                ground.cluster.progress(*progress_of(installation)) as progress,
                started(installation, "one") as (worker,),
            ):
                drain(installation, [worker], progress, size.customers)
                runs.append(_run(ground, installation, worker, size))
                worker.stop()
    return _findings(size, runs)


def _run(ground: Ground, installation: Installation, worker: RunningWorker, size: Size) -> Run:
    ground.tell("few change")
    few = sweep(installation, worker, FEW)
    ground.tell("all change")
    everybody = sweep(installation, worker, FEW, ALL)
    ground.tell("all change, beside live events")
    pace = Pace(time.time() + _LEAD_SECONDS, size.rate, size.before + size.after)
    with flowing(installation, pace, live_traffic(size.active)) as (listener, producer):
        time.sleep(_LEAD_SECONDS + size.before)
        beside = sweep(installation, worker, FEW)
        sent = producer.result()
        outputs = hear_out(
            listener,
            lambda heard: len(points_of(heard)) >= sent.big and len(_changed(heard)) >= size.customers,
            patience=60,
        )
    left = _changed(outputs)
    filled = sum(b'"backfill"' in (one.value or b"") for one in installation.read("segment-changes"))
    return Run(
        few, everybody, beside, reached(outputs), sent,
        [
            *live_checks(pace, sent, outputs),
            Check("entries by backfill", size.customers + size.customers // PARISIANS, filled),
            Check("customers that left by definition", size.customers, len({one.customer for one in left})),
            Check("records of that", size.customers, len(left)),
        ],
    )  # fmt: skip


def _changed(outputs: Sequence[Output]) -> list[Output]:
    return [one for one in outputs if one.topic == "segment-changes" and one.cause == "definition"]


def _findings(size: Size, runs: Sequence[Run]) -> Findings:
    during = [quantiles(run.during) for run in runs]
    calm = [quantiles(run.calm) for run in runs]
    count = size.customers
    return Findings(
        figures=[
            Figure("idle, one customer in fifty changes", "customers/s",
                   [count / run.few.seconds for run in runs], IDLE),
            Figure("idle, every customer changes", "customers/s", [count / run.everybody.seconds for run in runs]),
            Figure("beside live events, every customer changes", "customers/s",
                   [count / run.beside.seconds for run in runs]),
            Figure("live latency in the sweep, p99", "ms", [one.p99 for one in during if one.samples], LIVE_P99),
            Figure("live latency in the sweep, p50", "ms", [one.p50 for one in during if one.samples]),
            Figure("live latency in the sweep, max", "ms", [one.most for one in during if one.samples]),
            Figure("live latency before the sweep, p99", "ms", [one.p99 for one in calm if one.samples]),
            Figure("latest event of the producer", "ms", [run.sent.latest_seconds * 1000 for run in runs]),
        ],
        checks=all_right([check for run in runs for check in run.checks]),
        size=(
            f"{count:,} customers with profiles on four partitions; {size.rate:,.0f} live events/s by {size.active:,} "
            f"of them from {size.before:.0f} s before the last edit to {size.after:.0f} s after it."
        ),
        pictures=[
            Picture("beside", "Live latency, and customers left, by the worker's own estimate, first run",
                    lambda: _draw(size, runs[0]))
        ],
        series={"remaining": [[(round(at - run.beside.began, 2), left) for at, left in run.beside.remaining]
                              for run in runs]},
    )  # fmt: skip


def _draw(size: Size, run: Run) -> "Axes":
    from tests.bench import drawing

    latency, left = drawing.stacked(
        drawing.Labels("", "live latency, ms"),
        drawing.Labels("seconds around the edit", "customers left, thousands"),
    )
    tenths: dict[int, list[float]] = {}
    for one in run.live:
        tenths.setdefault(int((one.sent_at - run.beside.began) * 10 // 1), []).append(one.latency_ms)
    marks = sorted(tenths)
    latency.plot([mark / 10 for mark in marks], [max(tenths[mark]) for mark in marks], color=drawing.COLOURS[1],
                 linewidth=1, label="max of each 0.1 s")  # fmt: skip
    drawing.target(latency, LIVE_P99.limit, "target of p99")
    points = [(at - run.beside.began, count / 1_000) for at, count in run.beside.remaining]
    left.plot(*zip(*drawing.thinned(points), strict=True), color=drawing.COLOURS[0])
    for row in (latency, left):
        row.axvspan(0, run.beside.seconds, color="#f3e8d9", zorder=0)
        row.set_ylim(bottom=0)
    drawing.legend(latency, loc="upper left")
    left.set_xlim(-size.before, size.after)
    return latency


SWEEP = Scenario(
    name="sweep",
    title="Segments that are edited under way",
    about=(
        "A worker with the definitions of the throughput scenario knows very many customers; then segments are added "
        "and deleted, and all customers are decided anew, exactly once, in the background. What is asked: that this is "
        "quick when nothing else happens, and that live events do not wait for it."
    ),
    method=(
        "Every customer is there by one event with a profile. *One in fifty changes*: a segment over the profile is "
        "added. *Every customer changes*: one is added that everybody enters, which is a change, an internal event "
        "and a record of memberships each, and then deleted again while live events flow. The harness asks `/ready` "
        "every 20 ms: a sweep lasts from the first answer that names the new ruleset to the first by which nobody is "
        "left. Live latency is measured as on the page of latency, over the events that were sent during the sweep "
        "and 0.25 s around it. Producer, broker, worker and listener share the machine."
    ),
    sizes={
        "tiny": Size(3_000, 1_000, 1, 4, 500, 1),
        "short": Size(200_000, 5_000, 5, 20, 20_000, 1),
        "full": Size(500_000, 5_000, 8, 60, 20_000, 2),
    },
    measure=measure,
)
