"""Memory: what a worker holds while its customers become millions, and afterwards."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.drain import Memory, drain, progress_of
from tests.bench.findings import Check, Figure, Findings, Picture, Target
from tests.bench.ground import INPUT, Ground, started
from tests.bench.outputs import points_in
from tests.bench.paced_producer import Assignment, PacedProducer
from tests.bench.scenario import Scenario
from tests.bench.traffic import Traffic, backlog, first_visits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PEAK_MEBIBYTES = Target(600)
MEBIBYTE = 1 << 20
_EVERY_SECONDS = 1.0


class Size(NamedTuple):
    """How many customers, and what they do when all are there."""

    customers: int
    rate: float
    seconds: float


class Grown(NamedTuple):
    """Memory over time."""

    filling: list[Memory]
    steady: list[Memory]
    """Where ``committed`` goes on counting from the fill, as planned."""


def measure(ground: Ground, size: Size) -> Findings:
    """Fill, and go on."""
    with ground.installation() as installation:
        ground.tell(f"writing first events of {size.customers:,} customers")
        sequence = first_visits(size.customers, with_profile=1)
        ground.fill(installation, backlog(sequence, time.time() * 1000, count=size.customers))
        ground.tell("filling")
        with (
            ground.cluster.progress(*progress_of(installation)) as progress,
            started(installation, "one") as (worker,),
        ):
            filling = drain(installation, [worker], progress, size.customers).memory
            ground.tell("steady events")
            topic = installation.prefix + INPUT
            traffic = Traffic(size.customers)
            assignment = Assignment(
                ground.bootstrap, topic, time.time() + 1, size.rate, size.seconds, traffic
            )
            steady = list[Memory]()
            with PacedProducer(assignment) as producer:
                while producer.running:
                    worker.usage.sample()
                    steady.append(Memory(time.monotonic(), progress(), worker.usage.resident_bytes))
                    time.sleep(_EVERY_SECONDS)
                sent = producer.result()
            installation.wait_until_consumed()
            worker.usage.sample()
            steady.append(Memory(time.monotonic(), progress(), worker.usage.resident_bytes))
            worker.stop()
        check = Check("big orders that granted points", sent.big, points_in(installation))
    return _findings(size, Grown(filling, steady), check)


def each_second(memory: Sequence[Memory]) -> list[Memory]:
    """The largest of each second, so that no peak is lost."""
    seconds: dict[int, Memory] = {}
    for seen in memory:
        known = seconds.get(int(seen.at))
        if known is None or seen.resident_bytes > known.resident_bytes:
            seconds[int(seen.at)] = seen
    return list(seconds.values())


def _findings(size: Size, grown: Grown, check: Check) -> Findings:
    filling, steady = each_second(grown.filling), each_second(grown.steady)
    begin = filling[0].at
    return Findings(
        figures=[
            Figure("peak memory", "MiB",
                   [max(seen.resident_bytes for seen in filling + steady) / MEBIBYTE], PEAK_MEBIBYTES),
            Figure("memory when all customers were there", "MiB", [filling[-1].resident_bytes / MEBIBYTE]),
            Figure("memory at the end", "MiB", [steady[-1].resident_bytes / MEBIBYTE]),
        ],
        checks=[check],
        size=(
            f"{size.customers:,} customers with profiles, each by one event, as fast as the worker takes them; then "
            f"{size.rate:,.0f} events/s of any of them for {size.seconds:.0f} s."
        ),
        pictures=[
            Picture("growth", "Resident memory of the worker, and customers", lambda: _draw(filling, steady, size))
        ],
        series={
            name: [(round(seen.at - begin, 2), seen.committed, seen.resident_bytes) for seen in part]
            for name, part in (("filling", filling), ("steady", steady))
        },
    )  # fmt: skip


def _draw(filling: Sequence[Memory], steady: Sequence[Memory], size: Size) -> "Axes":
    from tests.bench import drawing

    memory, customers = drawing.stacked(
        drawing.Labels("", "resident MiB"), drawing.Labels("seconds", "customers, thousands")
    )
    begin = filling[0].at
    both = [*filling, *steady]
    times = [seen.at - begin for seen in both]
    memory.plot(times, [seen.resident_bytes / MEBIBYTE for seen in both], color=drawing.COLOURS[0])
    known = [min(seen.committed, size.customers) / 1_000 for seen in both]
    customers.plot(times, known, color=drawing.COLOURS[0])
    drawing.target(memory, PEAK_MEBIBYTES.limit, "target")
    for row in (memory, customers):
        row.set_ylim(bottom=0)
        row.axvline(filling[-1].at - begin, color=drawing.TARGET_COLOUR, linestyle=":", linewidth=1)
    return memory


MEMORY = Scenario(
    name="memory",
    title="Memory as customers become many",
    about=(
        "Resident memory of one worker process with four partitions and the definitions of the throughput "
        "scenario, while more and more customers come to be known, and while they go on."
    ),
    method=(
        "The topic holds one event of each customer before the worker starts; it takes them as fast as it can, "
        "then a paced producer sends events of any customer. The harness reads the process's resident memory from"
        " outside, at least once a second; each second's largest counts. The dotted line is the moment at which "
        "all were there."
    ),
    sizes={
        "tiny": Size(5_000, 1_000, 2),
        "short": Size(200_000, 5_000, 8),
        "full": Size(2_000_000, 5_000, 60),
    },
    measure=measure,
)
