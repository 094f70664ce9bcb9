"""``tidemark test``: scenarios beside definitions, run without Kafka.

Decides which scenarios are run, and the exit code: 0 if all hold, 1 if one does not, 2 if one cannot be run.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topology.parameters import DIRECTORY

if TYPE_CHECKING:
    from topology.scenarios.ground import Stage
    from topology.scenarios.junit import Timed
    from topology.scenarios.scenario import Scenario


@click.command(short_help="Run the scenarios that stand beside definitions, without Kafka.")
@click.argument("directory", metavar="DIR", type=DIRECTORY)
@click.option("--only", metavar="TEXT", help="Only scenarios with this in their sentence or file name.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML there too.")
@click.option("--all", "show_all", is_flag=True, help="Name the scenarios that hold as well.")
@click.pass_context
def test(
    ctx: click.Context, directory: Path, *, only: str | None, junit: Path | None, show_all: bool
) -> None:
    """Run the scenarios in DIR: given these customers, when these events come, then these records.

    Scenarios stand in *.scenario.yaml, or in any YAML file in a directory tests/ below DIR. They run against the
    definitions in DIR, by the same code as a worker. What is not as a scenario says is shown with its place. Exit
    code 1 if there is any, 2 if a scenario or a definition is wrongly written.

    \b
    Examples:
      tidemark test definitions/
      tidemark test definitions/ --only reviewers
      tidemark test definitions/ --junit scenarios.xml
    """  # noqa: D301 -- click reads the backspace, a raw string would hide it
    from topology.scenarios.verdict_text import summary_text, verdict_text

    stage, scenarios = _prepared(directory, only)
    timed = _run(scenarios, stage)
    for verdict, _ in timed:
        if not verdict.holds:
            click.echo(f"{verdict_text(verdict)}\n")
        elif show_all:
            click.echo(f"holds  {verdict.scenario.place}: {verdict.scenario.name}")
    if junit is not None:
        _write(junit, timed)
    click.echo(summary_text([each.verdict for each in timed], sum(each.seconds for each in timed)))
    if not all(each.verdict.holds for each in timed):
        ctx.exit(1)


def _prepared(directory: Path, only: str | None) -> tuple[Stage, list[Scenario]]:
    """The ground and the scenarios. Raises ``ConfigurationError`` for what is wrongly written, or if there are none."""
    from streams.engine.errors import ConfigurationError
    from topology.definitions.directory import check_directory
    from topology.scenarios.ground import Ground, Stage
    from topology.scenarios.reading import read_directory
    from topology.settings import Settings

    settings = Settings.from_environment()
    checked = check_directory(directory, settings, clock="stream")
    ground = Ground(checked.catalog, checked.definitions, settings.duplicate_window, settings.max_event_ahead)
    scenarios = read_directory(directory)
    chosen = [each for each in scenarios if only is None or only in f"{each.place.file} {each.name}"]
    if not chosen:
        raise ConfigurationError(
            f"none of {len(scenarios)} scenarios has {only!r} in its sentence or file name"
        )
    return Stage(ground), chosen


def _run(scenarios: Sequence[Scenario], stage: Stage) -> list[Timed]:
    """Run them. Raises ``ConfigurationError`` with a line for all that cannot be run."""
    from streams.engine.errors import ConfigurationError
    from topology.scenarios.junit import Timed
    from topology.scenarios.running import run

    timed, lines = list[Timed](), list[str]()
    for scenario in scenarios:
        began = time.perf_counter()
        try:
            timed.append(Timed(run(scenario, stage), time.perf_counter() - began))
        except ConfigurationError as error:
            lines.append(str(error))
    if lines:
        raise ConfigurationError("\n".join(lines))
    return timed


def _write(file: Path, timed: Sequence[Timed]) -> None:
    from streams.engine.errors import ConfigurationError
    from topology.scenarios.junit import junit_xml

    try:
        file.write_bytes(junit_xml(timed))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be written: {error.strerror}") from error
