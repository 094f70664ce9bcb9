"""Whom a plan would move: for each segment, how many customers would enter and leave it if it were applied now.

Decides which segments are worth telling of: those that the plan touches, and others that move because they refer to
them. Who is in a segment now is who is held to be in it: what an earlier change has yet to move counts as well.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from schemas.catalog import Catalog
from streams.domain.definitions import Definition, Kind
from topology.asking.gathering import PATIENCE_SECONDS, Gathered, Gathering, Inquiry, Listener
from topology.asking.workers import Workers
from topology.definitions.event_shapes import event_shapes
from topology.definitions.plan import Action, Change, Plan
from topology.definitions.published import EVENT_KIND
from topology.tables import table

_SIGNS: Mapping[Action, str] = {"create": "+", "update": "~", "delete": "-", "unchanged": " "}
_COUNTS = ("before", "after", "entered", "left")


class Movement(NamedTuple):
    """What would become of one segment."""

    action: Action
    segment_id: str
    before: int
    """Customers that are in it."""
    after: int
    entered: int
    """How many entries there would be; those who are in a segment that becomes auto-update enter it as well."""
    left: int


class Preview(NamedTuple):
    """What would become of all."""

    customers: int
    """How many were looked at."""
    movements: tuple[Movement, ...]
    """By segment."""
    missing: Mapping[int, str]
    """Partitions that did not answer, and why."""


def preview(
    plan: Plan, base: Catalog, workers: Workers, listener: Listener, patience: float = PATIENCE_SECONDS
) -> Preview:
    """Ask the workers; ``base`` holds the events that nobody applied."""
    inquiry = Inquiry("/preview", asked(plan, base))
    return summed(plan, Gathering(inquiry, workers.holders, listener).gather(workers.partitions, patience))


def nobody_known(plan: Plan) -> Preview:
    """The preview of an installation that is yet to be made."""
    return summed(plan, Gathered())


def summed(plan: Plan, gathered: Gathered) -> Preview:
    """What all partitions say, added up."""
    actions = {change.id: change.action for change in plan.changes if change.kind == "segment"}
    sums: dict[str, dict[str, int]] = {name: dict.fromkeys(_COUNTS, 0) for name in actions}
    for counts in gathered.counts.values():
        for name, its in counts["segments"].items():
            so_far = sums.setdefault(name, dict.fromkeys(_COUNTS, 0))
            for count in _COUNTS:
                so_far[count] += its[count]
    movements = (Movement(actions.get(name, "delete"), name, **its) for name, its in sorted(sums.items()))
    return Preview(
        sum(counts["customers"] for counts in gathered.counts.values()),
        tuple(each for each in movements if each.action != "unchanged" or each.entered or each.left),
        gathered.missing,
    )


def asked(plan: Plan, base: Catalog) -> Mapping[str, object]:
    """The question: all segments and events that there would be."""
    left = [change for change in plan.changes if change.body is not None]
    catalog = base.with_documents({change.id: change.body for change in left if change.kind == EVENT_KIND})
    return {
        "definitions": [_definition(change) for change in left if change.kind == "segment"],
        "events": event_shapes(catalog),
    }


def preview_text(seen: Preview) -> str:
    """A table of the movements."""
    if not seen.movements:
        return f"No segment changes, so none of {seen.customers:,} customers would move."
    rows = [
        (f"{_SIGNS[action]} {name}", f"{before:,}", f"{after:,}", f"{entered:,}", f"{left:,}")
        for action, name, before, after, entered, left in seen.movements
    ]
    head = f"If it took over now, of {seen.customers:,} customers:"
    return f"{head}\n\n{table(('  segment', 'are in', 'would be', 'enter', 'leave'), rows)}"


def preview_document(seen: Preview) -> dict[str, Any]:
    """The same for programs."""
    return {
        "customers": seen.customers,
        "segments": [each._asdict() for each in seen.movements],
        "missing": [{"partition": number, "reason": reason} for number, reason in seen.missing.items()],
    }


def _definition(change: Change) -> Definition:
    return Definition(cast("Kind", change.kind), change.id, change.version, change.body or {})
