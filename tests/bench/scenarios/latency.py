"""Latency: from the produce of a live event, and from a deadline, to the committed output at a consumer."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.findings import Check, Figure, Findings, Picture, Target
from tests.bench.ground import Ground, ready
from tests.bench.live import (
    by_time,
    deadline_checks,
    flowing,
    hear_out,
    live_checks,
    live_traffic,
    points_of,
    reached,
)
from tests.bench.outputs import all_right
from tests.bench.pacing import Pace, Sent
from tests.bench.quantiles import Quantiles, quantile, quantiles
from tests.bench.ruleset import DAY_MS
from tests.bench.scenario import Scenario
from tests.bench.traffic import abandoned_carts, instant, wire_form
from tests.broker.installation import Installation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

P50, P99, DEADLINE_P99 = Target(150), Target(500), Target(1_000)
_LEAD_SECONDS = 6.0
"""From setting deadlines up to the first live event."""


class Size(NamedTuple):
    """How much flows, for how long."""

    seconds: float
    rate: float
    warm_up: float
    customers: int
    due: int
    """Customers whose membership changes by time alone, spread over the run."""
    runs: int


class Run(NamedTuple):
    """What one run showed."""

    live: list[float]
    """Milliseconds, of each event that caused an output."""
    deadlines: list[float]
    sent: Sent
    checks: list[Check]
    measured_events: int


def measure(ground: Ground, size: Size) -> Findings:
    """Let it flow as often as asked, each time on fresh topics."""
    runs = []
    for number in range(1, size.runs + 1):
        ground.tell(f"run {number} of {size.runs}")
        with ground.installation() as installation:
            runs.append(_run(ground, installation, size))
    return _findings(size, runs)


def _run(ground: Ground, installation: Installation, size: Size) -> Run:
    with ready(installation, "one") as worker:
        start = time.time() + _LEAD_SECONDS
        first, last = start + size.warm_up, start + size.seconds
        moments = [first + (last - first) * number / size.due for number in range(size.due)]
        carts = zip(abandoned_carts(size.due), moments, strict=True)
        ground.fill(
            installation,
            ((cart.customer, wire_form(cart, instant(at * 1000 - DAY_MS))) for cart, at in carts),
        )
        pace = Pace(start, size.rate, size.seconds)
        with flowing(installation, pace, live_traffic(size.customers)) as (listener, producer):
            installation.wait_until_consumed()
            assert time.time() < first, "the machine is too slow: deadlines passed before they were set up"
            sent = producer.result()
            outputs = hear_out(
                listener, lambda heard: len(points_of(heard)) >= sent.big and len(by_time(heard)) >= size.due
            )
        worker.stop()
    return Run(
        live=[one.latency_ms for one in reached(outputs) if one.sent_at >= first],
        deadlines=[change.latency_ms for change in by_time(outputs)],
        sent=sent,
        checks=[*live_checks(pace, sent, outputs), *deadline_checks(size.due, outputs)],
        measured_events=int((size.seconds - size.warm_up) * size.rate),
    )


def _findings(size: Size, runs: Sequence[Run]) -> Findings:
    live, due = [quantiles(run.live) for run in runs], [quantiles(run.deadlines) for run in runs]
    return Findings(
        figures=[
            *_figures("produce to output", live, {"p50": P50, "p99": P99}),
            *_figures("deadline to output", due, {"p99": DEADLINE_P99}),
            Figure(
                "events that caused an output", "%",
                [len(run.live) / run.measured_events * 100 for run in runs], digits=1,
            ),
            Figure("latest event of the producer", "ms", [run.sent.latest_seconds * 1000 for run in runs]),
        ],
        checks=all_right([check for run in runs for check in run.checks]),
        size=(
            f"{size.rate:,.0f} events/s for {size.seconds:.0f} s by {size.customers:,} customers, of which the first "
            f"{size.warm_up:.0f} s are left out as warm-up; {size.due:,} deadlines spread over the rest."
        ),
        pictures=[
            Picture("distribution", "Part of the outputs that arrived within so many milliseconds", lambda: _draw(runs))
        ],
        series={"live": [_curve(run.live) for run in runs], "deadlines": [_curve(run.deadlines) for run in runs]},
    )  # fmt: skip


def _figures(name: str, seen: Sequence[Quantiles], targets: dict[str, Target]) -> list[Figure]:
    parts = {"p50": "p50", "p90": "p90", "p99": "p99", "p999": "p99.9", "most": "max"}
    return [
        Figure(
            f"{name}, {title}", "ms", [getattr(one, part) for one in seen if one.samples], targets.get(part)
        )
        for part, title in parts.items()
    ]


def _curve(samples: Sequence[float]) -> list[tuple[float, float]]:
    """Latency by share, finer towards the end, where few samples are."""
    ordered = sorted(samples)
    if not ordered:
        return []
    shares = [number / 100 for number in range(1, 100)] + [0.995, 0.999, 0.9995, 1.0]
    return [(round(quantile(ordered, share), 1), share) for share in shares]


def _draw(runs: Sequence[Run]) -> "Axes":
    from tests.bench import drawing

    drawn = drawing.axes(drawing.Labels("milliseconds", "part of the outputs"), log_x=True)
    for number, run in enumerate(runs):
        for samples, colour, words in (
            (run.live, drawing.COLOURS[0], "from produce"),
            (run.deadlines, drawing.COLOURS[1], "from the deadline"),
        ):
            if samples:
                curve = zip(*_curve(samples), strict=True)
                drawn.plot(*curve, color=colour, linewidth=1.2, label=None if number else words)
    for limit, words in ((P50.limit, "p50 <"), (P99.limit, "p99 <"), (DEADLINE_P99.limit, "deadlines p99 <")):
        drawn.axvline(limit, color=drawing.TARGET_COLOUR, linestyle="--", linewidth=1)
        drawn.annotate(words, (limit, 0.02), rotation=90, ha="right", fontsize=8, color="#666666")
    drawn.set_ylim(0, 1.01)
    drawing.legend(drawn, loc="upper left")
    return drawn


LATENCY = Scenario(
    name="latency",
    title="Latency from produce and from a deadline",
    about=(
        "A steady flow into one worker with the definitions of the throughput scenario, exactly once, a "
        "transaction every 0.1 s. *Produce to output*: from the moment just before an event is handed to its "
        "producer's client, to the arrival of the last record that it caused at a consumer that reads committed "
        "records. *Deadline to output*: from the instant at which a customer's segment is entered by time alone, "
        "to the arrival of that change."
    ),
    method=(
        "A producer in a process of its own sends what is due every millisecond (`linger.ms` 1) and writes the "
        "wall clock into `occurred_at`, which the outputs repeat, so that both ends are read on one clock; what "
        "is cut off below a millisecond counts as latency. If the producer is late the event counts from when it "
        "was sent; the latest is told. Deadlines are set up beforehand by carts that were abandoned a day before "
        "the chosen instants. The listener runs in the harness. Producer, broker, worker and listener share the "
        "machine."
    ),
    sizes={
        "tiny": Size(3, 1_000, 1, 500, 50, 1),
        "short": Size(18, 5_000, 5, 20_000, 2_000, 1),
        "full": Size(60, 5_000, 10, 20_000, 5_000, 2),
    },
    measure=measure,
)
