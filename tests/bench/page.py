"""A scenario's findings as a Markdown page, as JSON and as pictures, and the index of all pages.

Decides wording and rounding; every figure is computed before it comes here.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.findings import Figure, Findings, Table, Target
from tests.bench.machine import BUSY_PERCENT
from tests.bench.scenario import Scenario

_HEADINGS = ("figure", "median", "range", "runs", "target", "")
_INDEX = """
# What was measured

One page a scenario, each made by `python -m tests.bench` on a real Kafka with real worker processes. Times are the wall
clock's; a target stands beside its figure.
"""
_READING = """
The median and the range are over the runs, each on fresh topics unless said otherwise. A target is *met* or *missed* if
it is so in every run; if the runs disagree the answer is noise, and the page says so. So is a difference between two
figures whose ranges overlap.
"""


class Circumstances(NamedTuple):
    """How and on what a scenario was run."""

    command: str
    began: str
    seconds: float
    machine: Mapping[str, str]
    busy_percent: float
    """How busy the machine was beforehand."""


def write(scenario: Scenario, found: Findings, around: Circumstances, directory: Path) -> Path:
    """Write ``NAME.md``, ``NAME.json`` and the pictures, and the index anew; returns the page."""
    directory.mkdir(parents=True, exist_ok=True)
    document = json.dumps(document_of(scenario, found, around), indent=1)
    (directory / f"{scenario.name}.json").write_text(document + "\n", encoding="utf-8")
    if found.pictures:
        from tests.bench.drawing import save

        for picture in found.pictures:
            save(picture.draw(), directory / f"{scenario.name}-{picture.name}.svg")
    page = directory / f"{scenario.name}.md"
    page.write_text(markdown(scenario, found, around), encoding="utf-8")
    (directory / "README.md").write_text(index(directory), encoding="utf-8")
    return page


def markdown(scenario: Scenario, found: Findings, around: Circumstances) -> str:
    """The page."""
    counts = [[check.what, f"{check.expected:,}", _found(check.found, check.right)] for check in found.checks]
    parts = [
        f"# {scenario.title}",
        scenario.about,
        f"{found.size} {around.began}, {around.seconds:.0f} s, made with `{around.command}`.",
        table(Table("", _HEADINGS, [cells(figure) for figure in found.figures])),
        _warning(around.busy_percent),
        *(f"> {note}" for note in found.notes),
        *(
            f"![{picture.caption}]({scenario.name}-{picture.name}.svg)\n\n*{picture.caption}*"
            for picture in found.pictures
        ),
        *map(table, found.tables),
        table(Table("Counts that must be right", ("what", "expected", "found"), counts)) if counts else "",
        "## How it is measured",
        scenario.method,
        _READING,
        "## On what",
        "\n".join(f"- {name}: {value}" for name, value in around.machine.items()),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def table(content: Table) -> str:
    """A table in Markdown, under its title if it has one."""
    rows = [content.headings, ("---",) * len(content.headings), *content.rows]
    lines = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"## {content.title}\n\n{lines}" if content.title else lines


def cells(figure: Figure) -> tuple[str, ...]:
    """A figure as a row."""
    seen = figure.spread
    if seen is None:
        return figure.name, "not measured", "", "0", _target(figure), figure.verdict
    median, least, most = (f"{value:,.{figure.digits}f}" for value in seen)
    around = f"{least}-{most}" if least != most else ""
    return (
        figure.name,
        f"{median} {figure.unit}",
        around,
        str(len(figure.values)),
        _target(figure),
        figure.verdict,
    )


def document_of(scenario: Scenario, found: Findings, around: Circumstances) -> dict[str, Any]:
    """Everything as JSON."""
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        **around._asdict(),
        "size": found.size,
        "figures": [_figure(figure) for figure in found.figures],
        "checks": [{**check._asdict(), "right": check.right} for check in found.checks],
        "notes": list(found.notes),
        "tables": [one._asdict() for one in found.tables],
        "series": dict(found.series),
    }


def index(directory: Path) -> str:
    """The index: what each scenario that has run came to, by the JSON beside its page."""
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(directory.glob("*.json"))]
    scenarios = [document for document in documents if "scenario" in document]
    rows = [row for document in scenarios for row in _index_rows(document)]
    parts = [_INDEX, table(Table("", ("page", "figure", "median", "target", "", "when"), rows))]
    if (directory / "peers.md").exists():
        parts.append("Beside its peers on the same job: [the comparison](peers.md).")
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _index_rows(document: Mapping[str, Any]) -> Sequence[Sequence[str]]:
    name, aimed = document["scenario"], [figure for figure in document["figures"] if figure["target"]]
    wrong = [check["what"] for check in document["checks"] if not check["right"]]
    link = f"[{document['title']}]({name}.md)"
    rows = [
        [link, figure["name"], figure["told"], figure["target"], figure["verdict"], document["began"]]
        for figure in aimed or document["figures"][:1]
    ]
    return rows + [[link, f"WRONG: {what}", "", "", "", document["began"]] for what in wrong]


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "unit": figure.unit,
        "values": list(figure.values),
        "spread": None if figure.spread is None else figure.spread._asdict(),
        "told": cells(figure)[1],
        "target": _target(figure),
        "verdict": figure.verdict,
    }


def _target(figure: Figure) -> str:
    match figure.target:
        case None:
            return ""
        case Target(limit, at_least):
            return f"{'≥' if at_least else '<'} {limit:,.{figure.digits}f} {figure.unit}"


def _found(count: int, right: bool) -> str:  # noqa: FBT001 -- two words side by side
    return f"{count:,}" if right else f"**{count:,}: WRONG**"


def _warning(busy_percent: float) -> str:
    if busy_percent <= BUSY_PERCENT:
        return ""
    return f"> The machine was {busy_percent:.0f} % busy before this began: take the figures with care."
