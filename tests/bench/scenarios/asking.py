"""Asking: how long it takes to count all customers that match a filter, and what the stream feels of it."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.drain import drain, progress_of
from tests.bench.findings import Check, Figure, Findings, Picture, Target
from tests.bench.ground import Ground, started
from tests.bench.live import flowing, hear_out, live_checks, live_traffic, points_of, reached
from tests.bench.outputs import all_right
from tests.bench.pacing import Pace, Sent
from tests.bench.quantiles import Quantiles, quantile, quantiles
from tests.bench.scenario import Scenario
from tests.bench.traffic import Happening, Traffic, backlog, first_visits, happenings
from tests.broker.installation import Installation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COUNT_SECONDS, P99 = Target(5), Target(500)
LEVELS = ("Gold", "Silver")
FILTER = {
    "events.purchase.count": {"conditions": {"$more_than": [0]}},
    "events.page_viewed.last_occurred": {"conditions": {"$less_than": [30]}},
    "metadata.club_level": {"conditions": {"$in": [*LEVELS]}},
}
_PROFILED = 2
"""One customer in so many has a profile."""
_LOOK_SECONDS = 0.05


class Size(NamedTuple):
    """How many customers, how often, and what flows."""

    customers: int
    events_each: int
    """Beside the first, at random."""
    rounds: int
    rate: float
    seconds: float
    warm_up: float


class Flow(NamedTuple):
    """What a time of steady events showed."""

    live: list[float]
    """Milliseconds, of each event that caused an output."""
    finds: list[float]
    """Seconds that each question took meanwhile."""
    sent: Sent
    checks: list[Check]


def measure(ground: Ground, size: Size) -> Findings:
    """Get to know everybody, count, and count while events flow."""
    with ground.installation() as installation:
        ground.tell(f"writing events of {size.customers:,} customers")
        total = size.customers * (1 + size.events_each)
        ground.fill(installation, backlog(_past(size), time.time() * 1000, count=total))
        ground.tell("getting to know them")
        with (
            ground.cluster.progress(*progress_of(installation)) as progress,
            started(installation, "one") as (worker,),
        ):
            drain(installation, [worker], progress, total)
            ground.tell("counting")
            idle = [_find(installation) for _ in range(1 + size.rounds)]
            ground.tell("events flow")
            quiet = _flow(installation, size, 78, lambda: None)
            ground.tell("events flow, and questions")
            asked = _flow(installation, size, 79, lambda: _find(installation)[0])
            worker.stop()
    counted = [Check("customers that match", matching(_past(size)), found) for _, found in idle]
    return _findings(size, [seconds for seconds, _ in idle], (quiet, asked), counted)


def matching(sequence: Iterable[Happening]) -> int:
    """How many customers match the filter, told from their events alone; all of them are of this day."""
    bought, viewed, level = Counter[str](), Counter[str](), dict[str, str]()
    for happening in sequence:
        bought[happening.customer] += happening.event == "purchase"
        viewed[happening.customer] += happening.event == "page_viewed"
        if happening.profile:
            level[happening.customer] = json.loads(f"{{{happening.profile[1:]}}}")["metadata"]["club_level"]
    return sum(level[who] in LEVELS and bought[who] > 0 and viewed[who] > 0 for who in level)


def _past(size: Size) -> Iterator[Happening]:
    visits = first_visits(size.customers, with_profile=_PROFILED)
    return chain(visits, happenings(Traffic(size.customers), size.customers * size.events_each))


def _find(installation: Installation) -> tuple[float, int]:
    """Seconds from the start of the command to its end, and what it counted."""
    began = time.monotonic()
    counted = int(installation.run("find", json.dumps(FILTER), "--count"))
    return time.monotonic() - began, counted


def _flow(installation: Installation, size: Size, seed: int, ask: Callable[[], float | None]) -> Flow:
    start, finds = time.time() + 1, list[float]()
    pace = Pace(start, size.rate, size.seconds)
    with flowing(installation, pace, live_traffic(size.customers, seed)) as (listener, producer):
        while producer.running:
            took = ask()
            if took is None:
                time.sleep(_LOOK_SECONDS)
            else:
                finds.append(took)
        sent = producer.result()
        outputs = hear_out(listener, lambda heard: len(points_of(heard)) >= sent.big)
    live = [one.latency_ms for one in reached(outputs) if one.sent_at >= start + size.warm_up]
    return Flow(live, finds, sent, live_checks(pace, sent, outputs))


def _findings(size: Size, idle: Sequence[float], flows: tuple[Flow, Flow], counted: list[Check]) -> Findings:
    quiet, asked = flows
    without, beside = quantiles(quiet.live), quantiles(asked.live)
    return Findings(
        figures=[
            Figure("the first count of all customers", "s", idle[:1], digits=2),
            Figure("a count of all customers", "s", idle[1:], COUNT_SECONDS, digits=2),
            Figure("the same while events flow", "s", asked.finds, digits=2),
            *_latencies("without questions", without),
            *_latencies("with questions back to back", beside, P99),
            Figure("questions meanwhile", "", [len(asked.finds)]),
            Figure(
                "latest event of the producer", "ms", [flow.sent.latest_seconds * 1000 for flow in flows]
            ),
        ],
        checks=all_right([*counted, *quiet.checks, *asked.checks]),
        size=(
            f"{size.customers:,} customers, {size.events_each + 1} events each, one in {_PROFILED} with a profile; "
            f"then {size.rate:,.0f} events/s of any of them for {size.seconds:.0f} s, of which the first "
            f"{size.warm_up:.0f} s are left out, once without questions and once with one after the other."
        ),
        pictures=[
            Picture("latency", "Part of the outputs that arrived within so many milliseconds", lambda: _draw(flows))
        ],
        series={"without": _curve(quiet.live), "with": _curve(asked.live), "counts": [*idle]},
    )  # fmt: skip


def _latencies(when: str, seen: Quantiles, target: Target | None = None) -> list[Figure]:
    values = {"p50": seen.p50, "p99": seen.p99, "p99.9": seen.p999}
    return [
        Figure(f"produce to output {when}, {name}", "ms", [value], target if name == "p99" else None)
        for name, value in values.items()
    ]


def _curve(samples: Sequence[float]) -> list[tuple[float, float]]:
    ordered = sorted(samples)
    shares = [number / 100 for number in range(1, 100)] + [0.995, 0.999, 1.0]
    return [(round(quantile(ordered, share), 1), share) for share in shares] if ordered else []


def _draw(flows: tuple[Flow, Flow]) -> "Axes":
    from tests.bench import drawing

    drawn = drawing.axes(drawing.Labels("milliseconds", "part of the outputs"), log_x=True)
    for flow, colour, words in zip(
        flows, drawing.COLOURS, ("without questions", "with questions"), strict=False
    ):
        if flow.live:
            drawn.plot(*zip(*_curve(flow.live), strict=True), color=colour, linewidth=1.2, label=words)
    drawn.axvline(P99.limit, color=drawing.TARGET_COLOUR, linestyle="--", linewidth=1)
    drawn.set_ylim(0, 1.01)
    drawing.legend(drawn, loc="upper left")
    return drawn


ASKING = Scenario(
    name="asking",
    title="Finding customers beside the stream",
    about=(
        "`tidemark find FILTER --count` over all customers of a worker, from the start of the command to its end, with "
        "a filter over a count, a recency and the profile; first while nothing else happens, then one after the other "
        "while events flow."
    ),
    method=(
        "The worker gets to know its customers from events; what the command must count is told from these events. The "
        "first count stands apart: it comes right behind them, and questions stand back for five seconds when records "
        "were late. "
        "Latencies are taken as in the latency scenario. Producer, broker, worker, listener and who looks share the "
        "machine."
    ),
    sizes={
        "tiny": Size(2_000, 1, 1, 500, 3, 1),
        "short": Size(200_000, 1, 3, 5_000, 15, 5),
        "full": Size(1_000_000, 2, 5, 5_000, 60, 10),
    },
    measure=measure,
)
