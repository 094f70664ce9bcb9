"""The result as a table on the terminal, as JSON and as a Markdown page.

Decides wording and rounding, nothing else: every figure is computed before it comes here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from tests.bench.contestants import HERE, Contestant
from tests.bench.figures import Ratio, Spread
from tests.bench.running import Outcome, Size
from tests.bench.standings import Standing

_HEADINGS = (
    "program",
    "events",
    "events/s",
    "CPU s per million",
    "peak MiB",
    "Tidemark is",
    "by CPU",
    "outputs",
)


class Report(NamedTuple):
    """Everything that is told of one benchmark."""

    command: str
    began: str
    machine: Mapping[str, str]
    size: Size
    standings: Sequence[Standing]
    outcomes: Mapping[str, Sequence[Outcome]]
    warnings: Sequence[str]


def show(console: Console, report: Report) -> None:
    """Print the table."""
    table = Table(*_HEADINGS, title="The same job, side by side: median, least to most", show_lines=True)
    for standing in report.standings:
        table.add_row(*_cells(standing, "\n"))
    console.print(table)
    console.print(
        "“Tidemark is” tells how many times its throughput is the other's; “by CPU”, per CPU second."
    )
    for warning in report.warnings:
        console.print(f"[yellow]{warning}")


def write(report: Report, directory: Path) -> tuple[Path, Path]:
    """Write ``peers.json`` and ``peers.md``; returns their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    data, page = directory / "peers.json", directory / "peers.md"
    data.write_text(json.dumps(_document(report), indent=1) + "\n", encoding="utf-8")
    page.write_text(markdown(report), encoding="utf-8")
    return data, page


def markdown(report: Report) -> str:
    """The page."""
    rows = [
        _HEADINGS,
        ("---",) * len(_HEADINGS),
        *(_cells(standing, "<br>") for standing in report.standings),
    ]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    contestants = [standing.contestant for standing in report.standings]
    parts = [
        _INTRODUCTION.format(size=report.size, began=report.began, command=report.command),
        table,
        *(f"> {warning}" for warning in report.warnings),
        _METHOD,
        "## Who\n\n" + "\n".join(f"- **{c.title}**, {c.guarantee}. {c.remark}" for c in contestants),
        "## On what\n\n" + "\n".join(f"- {name}: {value}" for name, value in report.machine.items()),
        "## With what\n\n" + "\n\n".join(_making(c) for c in contestants),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


_INTRODUCTION = """
# Tidemark and its peers on the same job

Events as JSON on a topic of 4 partitions; decode; count, first and last purchase per customer in RocksDB with a
changelog; one segment, *more than three purchases*; one record for whoever enters it. {size.events:,} events of
{size.customers:,} customers, {began}, made with `{command}`.
"""

_METHOD = """
## How it is measured

The topic is full before the program starts. A harness outside watches the offsets that the program's group has
committed, every 50 ms, and the CPU time and memory of its processes; the broker's are not counted, but it shares the
machine. Events/s and CPU are taken between the first commit and the last one that left a backlog: start-up is not
in them, nor the idle wait for the last commit. Every run has fresh topics and an empty state; the programs take
turns. The outputs are read back (`read_committed`) and held to those computed from the input alone: customer, event
and time of each entry. A slow program is given the first quarter of the same input; one that is compiled as it runs
is given four times as much, and its clock starts half-way. Ratios are of medians, of events per second and of events
per CPU second; where the ranges of two programs overlap, the difference is called noise.
"""


def _cells(standing: Standing, line_end: str) -> tuple[str, ...]:
    contestant = standing.contestant
    return (
        f"{contestant.title},{line_end}{contestant.guarantee}",
        f"{standing.events:,}",
        _spread(standing.events_per_second, 0, line_end),
        _spread(standing.cpu_seconds_per_million, 1, line_end),
        _spread(standing.peak_mebibytes, 0, line_end),
        "" if standing.ours_to_theirs is None else str(standing.ours_to_theirs),
        "" if standing.theirs_to_ours_cpu is None else str(standing.theirs_to_ours_cpu),
        standing.result,
    )


def _spread(value: Spread, digits: int, line_end: str) -> str:
    if not value.most:
        return "too few commits to tell"
    median, least, most = (f"{figure:,.{digits}f}" for figure in value)
    return f"{median}{line_end}({least}-{most})" if least != most else median


def _making(contestant: Contestant) -> str:
    settings = [f"{name}={value}" for name, value in contestant.environment.items()]
    text = "\n".join(["```", *settings, " ".join(contestant.command), "```"])
    packages = contestant.requirements
    beside = f" with the packages of `{packages.relative_to(HERE)}`" if packages else ""
    return f"`{contestant.name}`{beside}:\n\n{text}"


def _document(report: Report) -> dict[str, object]:
    return {
        "command": report.command,
        "began": report.began,
        "machine": dict(report.machine),
        "events": report.size.events,
        "customers": report.size.customers,
        "warnings": list(report.warnings),
        "standings": [_standing(standing) for standing in report.standings],
        "runs": {name: [asdict(outcome) for outcome in runs] for name, runs in report.outcomes.items()},
    }


def _standing(standing: Standing) -> dict[str, object]:
    figures = standing._asdict()
    figures["contestant"] = standing.contestant.name
    return {
        name: value._asdict() if isinstance(value, Spread | Ratio) else value
        for name, value in figures.items()
    }
