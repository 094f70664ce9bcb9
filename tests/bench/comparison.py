"""``python -m tests.bench peers``: Tidemark and its peers on the same job, in one run.

Decides the order of runs and what is asked of the user. How a run is measured stands in ``running`` and
``figures``, who takes part in ``contestants``, what is right in ``job``.

The clock, the same for all: the topic is filled before the program starts, and the harness samples the offsets that
its group has committed from outside. It runs from the first commit seen to the last one that still left a backlog,
so that neither start-up nor the idle wait for the last commit counts; for a virtual machine, which compiles at
first, it starts half-way. The contestants take turns, so that a
machine that grows slower is slower for all.
"""

import os
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from streams.engine.errors import ConfigurationError
from tests.bench.broker import broker
from tests.bench.cluster import Cluster
from tests.bench.contestants import CONTESTANTS, TIDEMARK, Contestant
from tests.bench.environments import ContestantError, scripts_of
from tests.bench.machine import describe_machine
from tests.bench.report import Report, show, write
from tests.bench.running import Outcome, Size, run
from tests.bench.standings import busy_warnings, standings

RESULTS = Path(__file__).parent / "results"


@click.command("peers")
@click.option(
    "--events", type=click.IntRange(1_000), help="Events of one run; 200,000, or 500,000 with --full."
)
@click.option("--full", is_flag=True, help="The run for the record.")
@click.option("--customers", type=click.IntRange(1), default=20_000, show_default=True)
@click.option("--runs", type=click.IntRange(1), default=3, show_default=True)
@click.option(
    "--only", "names", multiple=True, type=click.Choice([c.name for c in CONTESTANTS]), help="May repeat."
)
@click.option("--bootstrap", help="A cluster that runs already; without it a local broker is started.")
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, show_default="tests/bench/results")
def peers(
    *,
    events: int | None,
    full: bool,
    customers: int,
    runs: int,
    names: Sequence[str],
    bootstrap: str | None,
    out: Path,
) -> None:
    """Run Tidemark, Quix Streams, Kafka Streams and stock Faust on the same job and compare them."""
    console = Console()
    size = Size(events or (500_000 if full else 200_000), customers)
    contestants = [c for c in CONTESTANTS if not names or c.name in names]
    began = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    try:
        _make_environments(console, contestants)
        with broker(bootstrap, console.print) as (address, words):
            outcomes = _take_turns(console, contestants, Cluster(address), size, runs)
    except (ContestantError, ConfigurationError) as error:
        raise click.ClickException(str(error)) from error
    report = Report(
        command=shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]]),
        began=began,
        machine={**describe_machine(), "broker": words},
        size=size,
        standings=standings(contestants, outcomes, TIDEMARK.name),
        outcomes=outcomes,
        warnings=busy_warnings(outcomes),
    )
    show(console, report)
    for path in write(report, out):
        console.print(f"written: {os.path.relpath(path)}")


def _make_environments(console: Console, contestants: Sequence[Contestant]) -> None:
    with console.status("making the peers' environments under .tidemark/bench (first time: a minute)"):
        for contestant in contestants:
            scripts_of(contestant)


def _take_turns(
    console: Console, contestants: Sequence[Contestant], cluster: Cluster, size: Size, runs: int
) -> dict[str, list[Outcome]]:
    """Every contestant once, then every contestant again."""
    outcomes: dict[str, list[Outcome]] = {contestant.name: [] for contestant in contestants}
    for turn in range(1, runs + 1):
        for contestant in contestants:
            with console.status(f"run {turn} of {runs}: {contestant.title}, {contestant.guarantee}"):
                outcome = run(contestant, cluster, size)
            outcomes[contestant.name].append(outcome)
            console.print(f"run {turn}: {contestant.title}, {contestant.guarantee}: {_in_short(outcome)}")
    return outcomes


def _in_short(outcome: Outcome) -> str:
    state = str(outcome.verdict) if outcome.finished else f"UNFINISHED, {outcome.complaint}"
    return f"{outcome.window.events_per_second:,.0f} events/s, {state}"
