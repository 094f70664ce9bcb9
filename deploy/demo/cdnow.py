"""The purchases of CDNOW as events in the wire's JSON form.

Decides ids, order and times of the events; does not know Kafka, nor what the shop makes of them. Where the
data come from is told in ``README.md``.
"""

import csv
import gzip
import json
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, TypedDict

import click

SOURCE = Path(__file__).with_name("cdnow.csv.gz")
"""The file with one purchase per line, in the order of the original."""


class Purchase(NamedTuple):
    """One line of the file."""

    row: int
    """Its place in the file, from 1."""
    customer: str
    date: str
    """ISO date."""
    cds: int
    dollars: float


class Customer(TypedDict):
    """Who bought."""

    source_id: str


class Bought(TypedDict):
    """What was bought."""

    cds: int
    amount: float
    """Dollars."""


class PurchaseEvent(TypedDict):
    """A purchase in the wire's JSON form."""

    id: str
    event: str
    customer: Customer
    occurred_at: str
    source: str
    metadata: Bought


def purchases(path: Path = SOURCE) -> Iterator[Purchase]:
    """The lines of the file, in its order: by customer, then date."""
    with gzip.open(path, "rt", encoding="ascii", newline="") as lines:
        for row, line in enumerate(csv.DictReader(lines), start=1):
            yield Purchase(row, line["customer"], line["date"], int(line["cds"]), float(line["dollars"]))


def event_of(purchase: Purchase) -> PurchaseEvent:
    """The event of one purchase. The data know the day and no more, so it occurs at midnight UTC."""
    return {
        "id": f"cdnow-{purchase.row:06d}",
        "event": "purchase",
        "customer": {"source_id": purchase.customer},
        "occurred_at": f"{purchase.date}T00:00:00Z",
        "source": "cdnow",
        "metadata": {"cds": purchase.cds, "amount": purchase.dollars},
    }


def events() -> list[PurchaseEvent]:
    """All purchases as the shop saw them: by date, those of one day in the order of the file."""
    return [event_of(purchase) for purchase in sorted(purchases(), key=attrgetter("date"))]


def as_line(event: PurchaseEvent) -> str:
    """One event as a line of NDJSON, newline included."""
    return json.dumps(event, separators=(",", ":")) + "\n"


@click.command(
    help=f"Write the CDNOW purchases ({SOURCE.name}) as events, one JSON object a line, ordered by date."
)
@click.option(
    "--out",
    required=True,
    type=click.File("w", lazy=False),
    help="The file to write; - for the standard output.",
)
def main(out: click.utils.LazyFile) -> None:
    """Write all events to ``out``."""
    for event in events():
        out.write(as_line(event))


if __name__ == "__main__":
    main()
