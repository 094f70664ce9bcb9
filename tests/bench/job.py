"""The job that every contestant does: its input, and the outputs that are right.

Decides the events (the wire form of custom events), who buys when, and what must come out, computed here from the
input alone. Knows no contestant and no Kafka. The same number of events and customers gives the same bytes
everywhere, and a shorter job is a prefix of a longer one.

The job: decode; count, first and last purchase per customer; *more than three purchases* is a segment, and whoever
enters it causes one record.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

EVENT = "purchase"
SEGMENT = "frequent-buyers"
MORE_THAN = 3
PARTITIONS = 4

_SEED = 20_240_229
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_JITTER_MS = 60_000
"""Purchases arrive up to a minute out of order, so that first and last are not simply the ends."""


class Purchase(NamedTuple):
    """One event on its way to the topic."""

    customer_id: str
    event_id: str
    occurred_at: datetime
    cds: int
    amount: float


class Entry(NamedTuple):
    """One customer entering the segment, as far as every contestant must agree."""

    customer_id: str
    event_id: str
    occurred_at_ms: int


class Verdict(NamedTuple):
    """How the records of a contestant compare with the right ones."""

    expected: int
    found: int
    missing: int
    """Expected, and not there."""
    doubled: int
    """There more than once; every surplus record counts."""
    foreign: int
    """There, and not expected."""

    @property
    def right(self) -> bool:
        """Whether exactly the expected records are there, each once."""
        return not (self.missing or self.doubled or self.foreign)

    def __str__(self) -> str:
        """In a few words, for a table."""
        if self.right:
            return f"right ({self.found:,})"
        faults = {"missing": self.missing, "doubled": self.doubled, "foreign": self.foreign}
        return "WRONG: " + ", ".join(f"{count:,} {fault}" for fault, count in faults.items() if count)


def purchases(events: int, customers: int) -> Iterator[Purchase]:
    """The first ``events`` purchases of an endless, fixed sequence over ``customers`` customers."""
    chance = random.Random(_SEED)
    for number in range(events):
        shift = number * 250 + chance.randrange(_JITTER_MS)
        yield Purchase(
            customer_id=f"c-{chance.randrange(customers)}",
            event_id=f"{chance.getrandbits(64):016x}-{number:08x}",
            occurred_at=_BEGIN + timedelta(milliseconds=shift),
            cds=chance.randint(1, 9),
            amount=chance.randrange(99, 20_000) / 100,
        )


def wire_form(purchase: Purchase) -> bytes:
    """The purchase as a custom event in JSON."""
    document = {
        "id": purchase.event_id,
        "event": EVENT,
        "customer": {"source_id": purchase.customer_id},
        "occurred_at": purchase.occurred_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "source": "bench",
        "metadata": {"cds": purchase.cds, "amount": purchase.amount},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def expected_entries(sequence: Iterable[Purchase]) -> frozenset[Entry]:
    """Who enters the segment and by which event: the customer's fourth, in the order of the topic."""
    counts: Counter[str] = Counter()
    entries = set()
    for purchase in sequence:
        counts[purchase.customer_id] += 1
        if counts[purchase.customer_id] == MORE_THAN + 1:
            entries.add(
                Entry(purchase.customer_id, purchase.event_id, milliseconds(purchase.occurred_at)),
            )
    return frozenset(entries)


def read_entry(value: bytes) -> Entry:
    """The part of an output record that is compared; raises ``ValueError`` or ``KeyError`` on anything else."""
    record = json.loads(value)
    if record["change"] != "entered" or record["segment_id"] != SEGMENT:
        raise ValueError(f"expected an entry into {SEGMENT}, found {value!r}")
    occurred_at = datetime.fromisoformat(record["occurred_at"])
    return Entry(record["customer_id"], record["event_id"], milliseconds(occurred_at))


def judge(expected: frozenset[Entry], found: Iterable[Entry]) -> Verdict:
    """Compare what came out with what should have."""
    times = Counter(found)
    return Verdict(
        expected=len(expected),
        found=times.total(),
        missing=len(expected - times.keys()),
        doubled=times.total() - len(times),
        foreign=len(times.keys() - expected),
    )


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970 of an aware datetime."""
    return (moment - _EPOCH) // _MILLISECOND
