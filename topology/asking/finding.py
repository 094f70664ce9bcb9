"""The course of `tidemark find`: all workers are asked, customers are written as they come, and how far it is is shown.

Decides what is a sample, and what is said of the whole. Knows nothing of how workers are found and asked.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, Self

import msgspec
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from streams.domain.columns import CUSTOMER_ID
from streams.engine.questions import Find
from topology.asking.found import Form
from topology.asking.gathering import PATIENCE_SECONDS, Counts, Gathered, Gathering, Inquiry
from topology.asking.workers import Workers


class Found(NamedTuple):
    """What came of it."""

    matched: int
    customers: int
    """How many were looked at."""
    listed: int
    missing: Mapping[int, str]
    """Partitions that did not answer, and why."""


class Progressing:
    """Shows on a terminal how many customers were looked at; itself a ``Listener`` that lists nobody."""

    def __init__(self, partitions: int) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._partitions = partitions
        self._seen: dict[int, Counts] = {}
        self._task = self._bar.add_task("asking the workers")

    def listed(self, customers: Sequence[bytes]) -> None:
        """Nobody is to be listed."""

    def counted(self, counts: Counts) -> None:
        """Show how far it is in all."""
        self._seen[counts["partition"]] = counts
        customers = sum(each["customers"] for each in self._seen.values())
        done = sum("done" in each for each in self._seen.values())
        told = f"{customers:,} customers looked at, {done} of {self._partitions} partitions done"
        self._bar.update(self._task, description=told)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


class _Sample(Progressing):
    """Keeps the first customers by id; each partition tells its own first ones."""

    def __init__(self, partitions: int) -> None:
        super().__init__(partitions)
        self.customers: dict[str, bytes] = {}

    def listed(self, customers: Sequence[bytes]) -> None:
        self.customers.update((msgspec.json.decode(each)[CUSTOMER_ID], each) for each in customers)


class _Everybody(Progressing):
    """Writes each customer at once."""

    def __init__(self, partitions: int, form: Form) -> None:
        super().__init__(partitions)
        self._form = form
        self.count = 0

    def listed(self, customers: Sequence[bytes]) -> None:
        self.count += len(customers)
        self._form.add(customers)


def find(question: Find, workers: Workers, form: Form, patience: float = PATIENCE_SECONDS) -> Found:
    """Ask, and write customers in their form: the first by id up to the limit, or all without one."""
    if question.limit is None:
        with _Everybody(workers.partitions, form) as everybody:
            gathered = gather(question, workers, everybody, patience)
            listed = everybody.count
    else:
        with _Sample(workers.partitions) as sample:
            gathered = gather(question, workers, sample, patience)
        first = sorted(sample.customers.items(), key=itemgetter(0))[: question.limit]
        listed = len(first)
        if first:
            form.add([customer for _, customer in first])
    form.end()
    return Found(_sum(gathered, "matched"), _sum(gathered, "customers"), listed, gathered.missing)


def gather(question: Find, workers: Workers, listener: Progressing, patience: float) -> Gathered:
    """Put the question to all workers."""
    body: dict[str, Any] = {
        "filter": question.filter, "columns": question.columns, "limit": question.limit
    }  # fmt: skip
    return Gathering(Inquiry("/find", body), workers.holders, listener).gather(workers.partitions, patience)


def summary(found: Found) -> str:
    """What is said of the whole."""
    verb = "matches" if found.matched == 1 else "match"
    text = f"{found.matched:,} of {found.customers:,} customers {verb}"
    more = found.matched - found.listed
    return f"{text}; {found.listed:,} shown, --all shows all." if found.listed and more > 0 else f"{text}."


def _sum(gathered: Gathered, name: str) -> int:
    return sum(int(counts[name]) for counts in gathered.counts.values())
