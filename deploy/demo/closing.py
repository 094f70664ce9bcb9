"""The last words of the demo: whether the stream was right, and what to try next.

Decides the wording; the comparison itself was made elsewhere.
"""

from collections import Counter
from pathlib import Path

from rich.console import Console

from deploy.demo.comparison import Comparison
from deploy.demo.playbill import DEFINITIONS
from topology.settings import Settings


def print_verdict(console: Console, comparison: Comparison) -> bool:
    """Say whether stream and backtest agree, and in what they do not; whether they do."""
    console.print()
    differences = list(comparison.differences())
    if not differences:
        console.print(
            f"[bold green]The stream agrees with the backtest[/bold green]: {comparison.total:,} records, each the "
            "same in every field but the time of its emission."
        )
        return True
    console.print("[bold red]The stream does not agree with the backtest:[/bold red]")
    counts = Counter((each.kind, each.topic) for each in differences)
    for (kind, topic), count in counts.most_common():
        example = next(each.id for each in differences if (each.kind, each.topic) == (kind, topic))
        console.print(f"  {count:,} {kind} on {topic}, such as {example}", highlight=False)
    return False


def print_what_next(console: Console, directory: Path, kept: Settings | None) -> None:
    """Suggest what to do with the files in ``directory``, and with the installation if it was ``kept``."""
    definitions = (
        DEFINITIONS.relative_to(Path.cwd()) if DEFINITIONS.is_relative_to(Path.cwd()) else DEFINITIONS
    )
    files = f"--definitions {definitions} --events {directory / 'events.ndjson'} --out {directory / 'mine'}"
    steps = [
        f"Change a rule in {definitions} and see in seconds what it would have meant:",
        f"  tidemark backtest {files}",
        "Go faster, with longer waits:  python -m deploy.demo --under-way 10000",
    ]
    if kept:
        where = f"TIDEMARK_BOOTSTRAP={kept.bootstrap} TIDEMARK_TOPIC_PREFIX={kept.topic_prefix}"
        steps.append(f"See what is live:  {where} tidemark describe")
    else:
        steps.append(
            "Keep the topics to look around in:  tidemark broker start; python -m deploy.demo --keep"
        )
    console.print("\n[bold]To try next[/bold]")
    for step in steps:
        console.print(f"  {step}", soft_wrap=True, highlight=False)
