"""Rejected events as a list: a table for people, lines of JSON for programs; each says whether it was replayed.

Decides columns and order. Keeps no originals, for there may be many.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from streams.domain.instants import parse_instant
from topology.printable import printable
from topology.rejected.marks import Mark, Marks
from topology.rejected.rejected_event import RejectedEvent
from topology.rejected.selection import Selection
from topology.tables import table

HEAD = ("rejected at", "reason", "path", "event", "source", "customer", "replayed", "id")

_WIDEST = 40
"""Characters of a cell that are shown."""


class Row(NamedTuple):
    """One line of the table."""

    rejected_at: str
    reason: str
    path: str
    event: str
    source: str
    customer: str
    replayed: str
    id: str


def selected(
    events: Iterable[RejectedEvent], selection: Selection, marks: Marks
) -> Iterator[tuple[RejectedEvent, Mark | None]]:
    """The events that are meant, each with the mark that says that it was replayed."""
    return ((rejected, marks.of(rejected)) for rejected in events if rejected in selection)


def row_of(rejected: RejectedEvent, mark: Mark | None) -> Row:
    """The line of one event."""
    body = rejected.body
    told = [_cell(body[name]) for name in ("rejected_at", "reason", "path", "event", "source", "customer_id")]
    return Row._make([*told, "-" if mark is None else mark.replayed_at, rejected.id])


def rows_text(rows: Iterable[Row]) -> str:
    """The table, in the order of rejection, and what it comes to."""
    ordered = sorted(rows, key=lambda row: (parse_instant(row.rejected_at), row))
    if not ordered:
        return "No rejected events match."
    replayed = sum(row.replayed != "-" for row in ordered)
    return f"{table(HEAD, ordered)}\n\n{len(ordered):,} rejected, {replayed:,} of them replayed."


def listed_json(rejected: RejectedEvent, mark: Mark | None) -> str:
    """The whole record with its id, and the mark if there is one, as one line of JSON."""
    replayed = None if mark is None else {"at": mark.replayed_at, "edited": mark.edited}
    document: dict[str, Any] = {"id": rejected.id, "replayed": replayed, **rejected.body}
    return msgspec.json.encode(document).decode()


def _cell(text: str | None) -> str:
    """One line, printable: what stands here was written by whoever sent it."""
    if not text:
        return "-"
    shown = text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
    return printable(shown.replace("\n", " "))
