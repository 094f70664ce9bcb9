"""Growth: what an event costs as segments and customers become many."""

import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.drain import Drained, drain, progress_of
from tests.bench.figures import Spread, Window, ratio, spread
from tests.bench.findings import Check, Figure, Findings, Picture, Table
from tests.bench.ground import Ground, started
from tests.bench.outputs import all_right, points_in
from tests.bench.ruleset import Shape
from tests.bench.scenario import Scenario
from tests.bench.traffic import Happening, Traffic, backlog, expected, first_visits, happenings
from tests.broker.installation import Installation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_KINDS = 3
"""Event types that occur: the first three, of which even ten segments have all."""


class Size(NamedTuple):
    """How far it grows."""

    segments: tuple[int, ...]
    customers: tuple[int, ...]
    events: int
    """Of each measurement."""
    runs: int
    """Of each number of segments; customers grow once, filling them takes long."""


class Point(NamedTuple):
    """What one size showed, over its runs."""

    size: int
    windows: list[Window]
    """Events of customers who are known."""
    fills: list[Window]
    """The first events of all customers."""
    peak_bytes: list[int]
    checks: list[Check]

    @property
    def rate(self) -> Spread:
        """Events per second."""
        return spread([window.events_per_second for window in self.windows])

    @property
    def cost(self) -> Spread:
        """CPU microseconds per event."""
        return spread([window.cpu_seconds_per_million for window in self.windows])

    @property
    def first_cost(self) -> Spread:
        """CPU microseconds for the first event of a customer."""
        return spread([window.cpu_seconds_per_million for window in self.fills])


class Load(NamedTuple):
    """What one measurement is made with."""

    customers: int
    visits: Iterable[Happening]
    """The first event of each."""
    events: int


class Grown(NamedTuple):
    """Everything that was seen."""

    segments: list[Point]
    customers: list[Point]


def measure(ground: Ground, size: Size) -> Findings:
    """Grow segments, then customers."""
    grown = Grown(*([Point(number, [], [], [], []) for number in sizes] for sizes in size[:2]))
    for run in range(1, size.runs + 1):
        for point in grown.segments:
            ground.tell(f"{point.size:,} segments, run {run} of {size.runs}")
            visits = first_visits(size.events // 4, with_profile=1)
            _measure(ground, point, Shape(segments=point.size), Load(size.events // 4, visits, size.events))
    for point in grown.customers:
        ground.tell(f"{point.size:,} customers")
        _measure(ground, point, Shape(), Load(point.size, first_visits(point.size), size.events))
    return _findings(size, grown)


def _measure(ground: Ground, point: Point, shape: Shape, load: Load) -> None:
    """Every customer once; then, with the worker started anew, events of any of them."""
    customers, visits, events = load
    sequence = list(happenings(Traffic(customers, _KINDS), events))
    with ground.installation(shape) as installation:
        fill = _drained(ground, installation, visits, customers)
        drained = _drained(ground, installation, sequence, events, before=customers)
        found = points_in(installation)
    point.windows.append(drained.window)
    point.fills.append(fill.window)
    point.peak_bytes.append(max(fill.peak_bytes, drained.peak_bytes))
    point.checks.append(Check("big orders that granted points", expected(sequence).points, found))


def _drained(
    ground: Ground, installation: Installation, sequence: Iterable[Happening], events: int, before: int = 0
) -> Drained:
    """Write the events, then start a worker and watch it take them."""
    days = 0.01 if before else 0.5
    ground.fill(installation, backlog(sequence, time.time() * 1000, count=events, days=days))
    with (
        ground.cluster.progress(*progress_of(installation)) as progress,
        started(installation, "one") as workers,
    ):
        drained = drain(installation, workers, progress, before + events)
        workers[0].stop()
    return drained


def _findings(size: Size, grown: Grown) -> Findings:
    return Findings(
        figures=[
            *(_cost(point, "segments") for point in grown.segments),
            *(_cost(point, "customers") for point in grown.customers),
        ],
        checks=all_right([check for point in (*grown.segments, *grown.customers) for check in point.checks]),
        size=f"{size.events:,} events of each size.",
        tables=[
            Table(
                f"By number of {of}",
                (of, "events/s", "CPU µs per event", "CPU to the fewest", "CPU µs for a first event", "peak MiB"),
                [_row(point, points[0]) for point in points],
            )
            for of, points in (("segments", grown.segments), ("customers", grown.customers))
        ],
        pictures=[
            Picture(of, f"Cost of an event by number of {of}", partial(_draw, points, of))
            for of, points in (("segments", grown.segments), ("customers", grown.customers))
        ],
        series={
            name: [[point.size, [window._asdict() for window in point.windows]] for point in points]
            for name, points in (("segments", grown.segments), ("customers", grown.customers))
        },
    )  # fmt: skip


def _cost(point: Point, of: str) -> Figure:
    costs = [window.cpu_seconds_per_million for window in point.windows]
    return Figure(f"CPU per event, {point.size:,} {of}", "µs", costs, digits=1)


def _row(point: Point, fewest: Point) -> list[str]:
    times = None if point is fewest else ratio(point.cost, fewest.cost)
    return [
        f"{point.size:,}",
        _with_range(point.rate, 0),
        _with_range(point.cost, 1),
        "" if times is None else str(times),
        _with_range(point.first_cost, 1),
        f"{max(point.peak_bytes) / 2**20:,.0f}",
    ]


def _with_range(seen: Spread, digits: int) -> str:
    median, least, most = (f"{value:,.{digits}f}" for value in seen)
    return f"{median} ({least}-{most})" if least != most else median


def _draw(points: Sequence[Point], of: str) -> "Axes":
    from tests.bench import drawing

    drawn = drawing.axes(drawing.Labels(of, "CPU µs per event"), log_x=len(points) > 1)
    sizes = [point.size for point in points]
    costs = [point.cost for point in points]
    around = [[cost.median - cost.least for cost in costs], [cost.most - cost.median for cost in costs]]
    medians = [cost.median for cost in costs]
    drawn.errorbar(sizes, medians, yerr=around, marker="o", capsize=3, color=drawing.COLOURS[0])
    drawn.set_ylim(0, max(*(cost.most for cost in costs), 1) * 1.2)
    for point in points:
        drawn.annotate(
            f"{point.rate.median:,.0f} events/s",
            (point.size, point.cost.median),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    drawn.margins(x=0.12)
    return drawn


GROWTH = Scenario(
    name="growth",
    title="Cost of an event as segments and customers grow",
    about=(
        "The same work with more and more segments, of which an event touches the same three, and with more and "
        "more customers. Every customer is known beforehand and each event is of any of them, taken by a worker "
        "that was started anew, so that nothing of them is in its memory."
    ),
    method=(
        "Three event types occur (page views, purchases, abandoned carts); further segments are about further "
        "types. The topic first brings one event of each customer, with a profile (where customers grow, one in ten "
        "has one, lest the filling take too long); then the worker is stopped, the "
        "measured events are written, and it is started again with its store. Measured as throughput is. CPU is the "
        "worker's alone, its client's threads included. A *first event* has all segments decided, whatever it is, "
        "which is why it stands by itself. *CPU to the fewest* compares with the first row; noise means that the "
        "ranges overlap."
    ),
    sizes={
        "tiny": Size((10,), (200,), 3_000, 1),
        "short": Size((10, 100, 1_000), (10_000, 100_000), 60_000, 1),
        "full": Size((10, 100, 1_000), (10_000, 100_000, 1_000_000, 5_000_000), 200_000, 3),
    },
    measure=measure,
)
