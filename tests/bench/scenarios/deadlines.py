"""Deadlines: a flood of customers all due at one instant, while live events flow."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.findings import Check, Figure, Findings, Picture, Target
from tests.bench.ground import Ground, ready
from tests.bench.live import (
    Reached,
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
from tests.bench.quantiles import quantiles
from tests.bench.ruleset import DAY_MS
from tests.bench.scenario import Scenario
from tests.bench.traffic import abandoned_carts, instant, wire_form
from tests.broker.installation import Installation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LIVE_P99, FLOOD = Target(1_000), Target(30)
_SET_UP_SECONDS = 8.0
_SET_UP_PER_SECOND = 10_000
"""So many customers are surely set up in a second, on a machine that others use too."""


class Size(NamedTuple):
    """How many are due, and what flows meanwhile."""

    due: int
    rate: float
    before: float
    """Seconds of live events before the instant."""
    after: float
    """… and after it."""
    customers: int
    runs: int


class Run(NamedTuple):
    """What one run showed; moments are seconds since 1970."""

    instant: float
    live: list[Reached]
    arrivals: list[float]
    """When each change that the flood made arrived, ascending."""
    sent: Sent
    checks: list[Check]

    @property
    def flood_seconds(self) -> float:
        """From the instant to the last change."""
        return self.arrivals[-1] - self.instant if self.arrivals else float("inf")

    @property
    def during(self) -> list[float]:
        """Latencies of the events that were sent while the flood was out, in milliseconds."""
        end = self.instant + self.flood_seconds
        return [one.latency_ms for one in self.live if self.instant <= one.sent_at <= end]

    @property
    def calm(self) -> list[float]:
        """Latencies of events that were sent before it."""
        return [one.latency_ms for one in self.live if one.sent_at < self.instant]


def measure(ground: Ground, size: Size) -> Findings:
    """Flood as often as asked, each time on fresh topics."""
    runs = []
    for number in range(1, size.runs + 1):
        ground.tell(f"run {number} of {size.runs}")
        with ground.installation() as installation:
            runs.append(_run(ground, installation, size))
    return _findings(size, runs)


def _run(ground: Ground, installation: Installation, size: Size) -> Run:
    with ready(installation, "one") as worker:
        start = float(int(time.time() + _SET_UP_SECONDS + size.due / _SET_UP_PER_SECOND))
        due_at = start + size.before
        occurred_at = instant(due_at * 1000 - DAY_MS)
        carts = abandoned_carts(size.due)
        ground.fill(installation, ((cart.customer, wire_form(cart, occurred_at)) for cart in carts))
        installation.wait_until_consumed()
        assert time.time() < start, "the machine is too slow: live events were to begin before all was set up"
        pace = Pace(start, size.rate, size.before + size.after)
        with flowing(installation, pace, live_traffic(size.customers)) as (listener, producer):
            sent = producer.result()
            outputs = hear_out(
                listener,
                lambda heard: len(points_of(heard)) >= sent.big and len(by_time(heard)) >= size.due,
                patience=60,
            )
        worker.stop()
    reminders = sum(output.definition == "remind-of-cart" for output in outputs)
    return Run(
        instant=due_at,
        live=reached(outputs),
        arrivals=sorted(change.at for change in by_time(outputs)),
        sent=sent,
        checks=[
            *live_checks(pace, sent, outputs),
            *deadline_checks(size.due, outputs),
            Check("reminders of the cart", size.due, reminders),
        ],
    )


def _findings(size: Size, runs: Sequence[Run]) -> Findings:
    during = [quantiles(run.during) for run in runs]
    calm = [quantiles(run.calm) for run in runs]
    return Findings(
        figures=[
            Figure("live latency in the flood, p99", "ms", [one.p99 for one in during if one.samples], LIVE_P99),
            Figure("live latency in the flood, p50", "ms", [one.p50 for one in during if one.samples]),
            Figure("live latency in the flood, max", "ms", [one.most for one in during if one.samples]),
            Figure("live latency before the flood, p99", "ms", [one.p99 for one in calm if one.samples]),
            Figure("all deadlines out after", "s", [run.flood_seconds for run in runs], FLOOD, digits=1),
            Figure("latest event of the producer", "ms", [run.sent.latest_seconds * 1000 for run in runs]),
        ],
        checks=all_right([check for run in runs for check in run.checks]),
        size=(
            f"{size.due:,} customers due at one instant, {size.rate:,.0f} live events/s by {size.customers:,} other "
            f"customers from {size.before:.0f} s before it to {size.after:.0f} s after it."
        ),
        pictures=[
            Picture("flood", "Live latency, and how much of the flood is out, first run", lambda: _draw(size, runs[0]))
        ],
        series={
            "latency_by_second": [_by_second(run) for run in runs],
            "flood": [[round(at - run.instant, 3) for at in run.arrivals[:: max(1, size.due // 200)]] for run in runs],
        },
    )  # fmt: skip


def _by_second(run: Run) -> dict[int, tuple[float, float]]:
    """Median and maximum latency of the events of each second around the instant."""
    seconds: dict[int, list[float]] = {}
    for one in run.live:
        seconds.setdefault(int((one.sent_at - run.instant) // 1), []).append(one.latency_ms)
    return {second: (quantiles(its).p50, max(its)) for second, its in sorted(seconds.items())}


def _draw(size: Size, run: Run) -> "Axes":
    from tests.bench import drawing

    latency, flood = drawing.stacked(
        drawing.Labels("", "live latency, ms"), drawing.Labels("seconds around the instant", "changes out")
    )
    tenths: dict[int, list[float]] = {}
    for one in run.live:
        tenths.setdefault(int((one.sent_at - run.instant) * 10 // 1), []).append(one.latency_ms)
    marks = sorted(tenths)
    for words, colour, part in (
        ("p50 of each 0.1 s", drawing.COLOURS[0], 0.5),
        ("max of each 0.1 s", drawing.COLOURS[1], 1.0),
    ):
        values = [sorted(tenths[mark])[max(0, int(part * len(tenths[mark])) - 1)] for mark in marks]
        latency.plot([mark / 10 for mark in marks], values, color=colour, linewidth=1, label=words)
    drawing.target(latency, LIVE_P99.limit, "target of p99")
    flood.plot(
        *zip(
            *drawing.thinned([(at - run.instant, count) for count, at in enumerate(run.arrivals, 1)]), strict=True
        ),
        color=drawing.COLOURS[0],
    )  # fmt: skip
    for row in (latency, flood):
        row.axvspan(0, run.flood_seconds, color="#f3e8d9", zorder=0)
        row.set_ylim(bottom=0)
    drawing.legend(latency, loc="upper left", ncols=2)
    flood.set_xlim(-size.before, size.after)
    return latency


DEADLINES = Scenario(
    name="deadlines",
    title="A flood of deadlines beside live events",
    about=(
        "Very many customers enter a segment by time alone at one and the same instant; each causes a change, an "
        "internal event, its memberships and a message. Meanwhile live events flow. What is asked: that live "
        "events do not wait for the flood, and that the flood is over soon."
    ),
    method=(
        "The customers are set up beforehand by carts that were abandoned exactly a day before the instant. Live "
        "latency is measured as on the page of latency, over the events that were sent between the instant and "
        "the last change of the flood. The shaded part of the picture is the flood. Producer, broker, worker and "
        "listener share the machine, and the listener hears the flood too."
    ),
    sizes={
        "tiny": Size(500, 1_000, 1, 2, 500, 1),
        "short": Size(100_000, 5_000, 5, 12, 20_000, 1),
        "full": Size(200_000, 5_000, 8, 30, 20_000, 2),
    },
    measure=measure,
)
