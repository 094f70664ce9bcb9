"""``python -m tests.bench``: the engine's promises, measured.

Decides what is asked of the user and in which order scenarios run; each gets a broker of its own, so that none finds
what another left.

    python -m tests.bench                                   all but the soak in their short form, a look
    python -m tests.bench --full                            all but the soak, for the record
    python -m tests.bench --full throughput latency         some of them
    python -m tests.bench peers --full --only tidemark      the comparison, with options of its own
    python -m tests.bench soak --minutes 60
"""

import os
import shlex
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from streams.engine.errors import ConfigurationError
from tests.bench.broker import broker
from tests.bench.comparison import RESULTS, peers
from tests.bench.environments import ROOM
from tests.bench.ground import Ground
from tests.bench.machine import busy_percent, describe_machine
from tests.bench.page import Circumstances, cells, write
from tests.bench.scenario import Form, Scenario
from tests.bench.scenarios.registry import SCENARIOS


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    """The options that stand before a scenario for all, or behind it for itself."""
    out = click.Path(path_type=Path)
    for option in (
        click.option("--out", type=out, default=RESULTS, show_default="tests/bench/results"),
        click.option(
            "--bootstrap", help="A cluster that runs already; without it a local broker is started."
        ),
        click.option("--full", is_flag=True, help="The run for the record."),
    ):
        command = option(command)
    return command


@click.group(chain=True, invoke_without_command=True)
@_asked
@click.pass_context
def main(ctx: click.Context, /, **asked: Any) -> None:
    """Measure what the engine promises; without a scenario, all of it but the soak."""
    ctx.default_map = dict.fromkeys(main.commands, asked)
    if ctx.invoked_subcommand is not None:
        return
    ctx.invoke(peers, **({} if asked["full"] else {"runs": 1, "events": 100_000}))
    for scenario in SCENARIOS:
        if scenario.name != "soak":
            ctx.invoke(main.commands[scenario.name])


def _command(scenario: Scenario) -> click.Command:
    """The command that runs a scenario."""

    def command(*, full: bool, bootstrap: str | None, out: Path, minutes: float | None = None) -> None:
        form: Form = "full" if full else "short"
        size = scenario.sizes[form] if minutes is None else scenario.sizes[form]._replace(minutes=minutes)
        try:
            _run(Console(), scenario, size, bootstrap, out)
        except ConfigurationError as error:
            raise click.ClickException(str(error)) from error

    taken = _asked(command)
    if "minutes" in scenario.sizes["full"]._fields:
        taken = click.option("--minutes", type=click.FloatRange(0.1), help="60 with --full, else 1.")(taken)
    return click.command(
        scenario.name, help=f"{scenario.title}. {scenario.about}", short_help=scenario.title
    )(taken)


def _run(console: Console, scenario: Scenario, size: Any, bootstrap: str | None, out: Path) -> None:
    began, busy, clock = datetime.now(UTC), busy_percent(), time.monotonic()
    with console.status(scenario.title) as status, broker(bootstrap, console.print) as (address, words):
        ground = Ground(address, ROOM / "runs", lambda text: status.update(f"{scenario.title}: {text}"))
        found = scenario.measure(ground, size)
    around = Circumstances(
        command=shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]]),
        began=f"{began:%Y-%m-%d %H:%M} UTC",
        seconds=time.monotonic() - clock,
        machine={**describe_machine(), "broker": words},
        busy_percent=busy,
    )
    console.print(f"[bold]{scenario.title}[/bold], {around.seconds:.0f} s")
    for figure in found.figures:
        name, median, around_it, _, target, verdict = cells(figure)
        console.print(
            f"  {name}: {median} {around_it and f'({around_it})'} {target} {verdict}", highlight=False
        )
    for check in found.checks:
        if not check.right:
            console.print(f"  [red]WRONG: {check.what}: expected {check.expected:,}, found {check.found:,}")
    console.print(f"  written: {os.path.relpath(write(scenario, found, around, out))}")


main.add_command(peers)
for each in SCENARIOS:
    main.add_command(_command(each))

if __name__ == "__main__":
    main()
