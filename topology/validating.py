"""Checks the lines of a file as the worker checks records: same code, same words.

Decides what a verdict looks like as text and as JSON; finds nothing wrong by itself.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from schemas.rejections import REASONS, Rejected
from schemas.single_object import MAGIC
from schemas.wire import EventReader
from topology.lines import Line


class Verdict(NamedTuple):
    """What is wrong with one line."""

    line: int
    rejection: Rejected


@dataclass
class Totals:
    """How many lines conform and how many do not; filled while they are checked."""

    accepted: Counter[str] = field(default_factory=Counter)
    """By event name."""
    rejected: Counter[str] = field(default_factory=Counter)
    """By reason."""


def judge(lines: Iterable[Line], reader: EventReader, totals: Totals, *, now: int) -> Iterator[Verdict]:
    """The lines that are no events; ``now`` (ms) is the clock, and the time of an event that tells none."""
    for line in lines:
        read = reader.read(line.text, None, now, now)
        if isinstance(read, Rejected):
            totals.rejected[read.reason] += 1
            yield Verdict(line.number, read)
        else:
            totals.accepted[read.name] += 1


def is_single_object(start: bytes) -> bool:
    """Whether a file that begins so is one event in Avro single-object encoding, not lines of JSON."""
    return start.startswith(MAGIC)


def verdict_text(verdict: Verdict, file: str) -> str:
    """A verdict as lines of text: reason, then each fault."""
    where = f"{file}:{verdict.line}"
    rejection = verdict.rejection
    faults = "".join(f"\n    {fault}" for fault in rejection.faults)
    return f"{where}: {rejection.reason}{f' ({rejection.event})' if rejection.event else ''}{faults}"


def verdict_json(verdict: Verdict) -> str:
    """A verdict as one line of JSON."""
    rejection = verdict.rejection
    document: dict[str, Any] = {
        "line": verdict.line,
        "reason": rejection.reason,
        "event": rejection.event,
        "customer_id": rejection.customer_id,
        "faults": [fault._asdict() for fault in rejection.faults],
    }
    return msgspec.json.encode(document).decode()


def totals_text(totals: Totals) -> str:
    """What the check comes to, with the meaning of each reason."""
    accepted, rejected = totals.accepted.total(), totals.rejected.total()
    lines = [f"{accepted:,} of {accepted + rejected:,} events conform."]
    lines += [f"  {name}: {count:,}" for name, count in sorted(totals.accepted.items())]
    if rejected:
        lines.append(f"{rejected:,} would be rejected:")
    lines += [
        f"  {reason}: {count:,}. {_meaning(reason)}" for reason, count in sorted(totals.rejected.items())
    ]
    return "\n".join(lines)


def totals_json(totals: Totals) -> str:
    """What the check comes to, as one line of JSON."""
    document = {
        "accepted": dict(sorted(totals.accepted.items())),
        "rejected": dict(sorted(totals.rejected.items())),
    }
    return msgspec.json.encode(document).decode()


def _meaning(reason: str) -> str:
    return next(text for known, text in REASONS.items() if known == reason)
