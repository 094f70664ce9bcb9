"""The files that a backtest writes, and their comparison with expectations, customer by customer.

What happens to a customer at one moment (one event, or one deadline) may stand in any order; moments may not.
"""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

Record = Mapping[str, Any]

Item = tuple[object, ...]


class Entry(NamedTuple):
    """One record in comparable form: whose, at which moment, and what."""

    customer: str
    moment: tuple[object, ...]
    item: Item


Ledger = dict[str, list[tuple[tuple[object, ...], list[Item]]]]
"""Per customer the moments in order, each with its items."""


class Outputs(NamedTuple):
    """What one backtest wrote."""

    changes: list[Record]
    triggers: list[Record]
    points: list[Record]
    rejected: list[Record]
    summary: Record


def run_backtest(definitions: Path, events: Path, out: Path, *options: str) -> Outputs:
    """Run ``tidemark backtest`` as a user does, and read what it wrote."""
    tidemark = str(Path(sys.executable).with_name("tidemark"))
    files = ["--definitions", str(definitions), "--events", str(events), "--out", str(out)]
    done = subprocess.run(
        [tidemark, "backtest", *files, *options], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    names = ("segment-changes", "distribution-triggers", "point-events", "rejected-events")
    changes, triggers, points, rejected = (_records(out / f"{name}.ndjson") for name in names)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return Outputs(changes, triggers, points, rejected, summary)


def ledger(entries: Iterable[Entry]) -> Ledger:
    """Entries that stand in order for each customer, gathered by customer and moment."""
    of_customer: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        of_customer[entry.customer].append(entry)
    return {
        customer: [
            (moment, sorted((entry.item for entry in together), key=repr))
            for moment, together in groupby(theirs, key=lambda entry: entry.moment)
        ]
        for customer, theirs in of_customer.items()
    }


def differences(found: Ledger, expected: Ledger, most: int = 3) -> dict[str, tuple[object, object]]:
    """The first few customers of whom the two tell different things, with the first moment that differs."""
    differing: dict[str, tuple[object, object]] = {}
    for customer in sorted(found.keys() | expected.keys()):
        ours, theirs = found.get(customer, []), expected.get(customer, [])
        if ours != theirs:
            at = next(
                (n for n, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]),
                min(len(ours), len(theirs)),
            )
            differing[customer] = (ours[at : at + 1], theirs[at : at + 1])
        if len(differing) == most:
            break
    return differing


def change_entry(record: Record) -> Entry:
    """A record of ``segment-changes``."""
    moment = (record["occurred_at"], record["cause"], record["event_id"])
    return Entry(record["customer_id"], moment, (record["segment_id"], record["change"]))


def trigger_entry(record: Record) -> Entry:
    """A record of ``distribution-triggers``."""
    event = record["event"]
    moment = (record["occurred_at"], record["cause"], event and event["id"])
    return Entry(
        record["customer_id"], moment, (record["distribution_id"], record["trigger"], record["segment"])
    )


def point_entry(record: Record) -> Entry:
    """A record of ``point-events``."""
    event = record["event"]
    moment = (record["occurred_at"], event and event["id"])
    return Entry(
        record["customer_id"], moment, (record["campaign_id"], record["earning_rule_id"], record["points"])
    )


def _records(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
