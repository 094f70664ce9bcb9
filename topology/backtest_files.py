"""The files of a backtest: records in their JSON form, and the summary.

Decides file names and what the summary counts. ``emitted_at`` of every record is its occurrence: nothing was
emitted, and so the same history gives the same files, byte for byte, the times it took in the summary apart.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from schemas.rejections import rejected_record
from streams.agents import records
from streams.agents.internal_events import cut_record
from streams.agents.rejecting import refused_record
from streams.domain.effects import (
    MessageSuppressed,
    MessageTriggered,
    PointsGranted,
    PointsMoved,
    SegmentChanged,
)
from streams.domain.instants import Instant, format_instant
from streams.domain.ruleset import Ruleset
from streams.engine.errors import ConfigurationError
from topology.backtest import Decided, Outcome
from topology.history import History, Refused

SUMMARY = "summary.json"
REJECTED = "rejected-events.ndjson"
INTERNAL_EVENTS = "internal-events"


class Bounds(NamedTuple):
    """From which event to which instant a backtest ran."""

    first: Instant
    last: Instant


def write_records(
    directory: Path, outcome: Outcome, refused: Iterable[Refused], file: str, at: Instant
) -> None:
    """Write the files of records; ``at`` is the end of the history, the time of every rejection."""
    with _said(directory):
        directory.mkdir(parents=True, exist_ok=True)
        _write(directory / "segment-changes.ndjson", _changes(outcome.decided))
        _write(directory / "distribution-triggers.ndjson", _triggers(outcome.decided))
        _write(directory / "distribution-suppressions.ndjson", _suppressions(outcome.decided))
        _write(directory / "point-events.ndjson", _points(outcome.decided))
        lines = (_rejected(each, file, at) for each in refused)
        points = (refused_record(each, file, at) for each in outcome.refused)
        cut = (cut_record(each, INTERNAL_EVENTS, at) for each in outcome.cut)
        _write(directory / REJECTED, chain(lines, points, cut))


@contextmanager
def _said(directory: Path) -> Iterator[None]:
    """What keeps the files from being written is the operator's to mend."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(f"{directory}: cannot be written: {error}") from error


def write_summary(directory: Path, summary: Mapping[str, Any]) -> None:
    """Write ``summary.json``."""
    text = msgspec.json.format(msgspec.json.encode(summary), indent=2)
    with _said(directory):
        (directory / SUMMARY).write_bytes(text + b"\n")


def summarise(
    history: History, outcome: Outcome, ruleset: Ruleset, bounds: Bounds, seconds: float
) -> dict[str, Any]:
    """What a backtest comes to, in numbers."""
    read = len(history.events) + len(history.refused)
    reasons = Counter(each.rejection.reason for each in history.refused)
    first, last = bounds
    return {
        "events": {
            "read": read,
            "accepted": outcome.applied - outcome.duplicates,
            "duplicates": outcome.duplicates,
            "after_until": len(history.events) - outcome.applied,
            "rejected": len(history.refused),
            "rejected_by_reason": dict(sorted(reasons.items())),
            "refused_points": len(outcome.refused),
        },
        "cascades_cut": len(outcome.cut),
        "customers": sum(1 for state in outcome.states.values() if state.occurrences),
        "from": format_instant(first),
        "to": format_instant(last),
        "segments": _segments(outcome, ruleset),
        "triggers": _trigger_counts(outcome.decided),
        "suppressed": _suppression_counts(outcome.decided),
        "points": _point_sums(outcome.decided),
        "points_moved": _moved_sums(outcome.decided),
        "seconds": round(seconds, 3),
        "events_per_second": round(read / seconds) if seconds else 0,
    }


def _segments(outcome: Outcome, ruleset: Ruleset) -> dict[str, Any]:
    moves: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: {"entered": Counter(), "left": Counter()})
    for each in outcome.decided:
        if isinstance(each.effect, SegmentChanged):
            moves[each.effect.segment_id][each.effect.change][each.effect.cause] += 1
    members = Counter[str](segment for state in outcome.states.values() for segment in state.segments)
    return {
        segment: {
            "members": members[segment],
            **{change: dict(sorted(causes.items())) for change, causes in moves[segment].items()},
        }
        for segment in sorted({*ruleset.segments, *members, *moves})
    }


def _trigger_counts(decided: Iterable[Decided]) -> dict[str, int]:
    ids = (each.effect.distribution_id for each in decided if isinstance(each.effect, MessageTriggered))
    return dict(sorted(Counter[str](ids).items()))


def _suppression_counts(decided: Iterable[Decided]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for each in decided:
        if isinstance(each.effect, MessageSuppressed):
            counts[each.effect.distribution_id][each.effect.reason] += 1
    return {distribution: dict(sorted(reasons.items())) for distribution, reasons in sorted(counts.items())}


def _point_sums(decided: Iterable[Decided]) -> dict[str, Any]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"grants": 0, "points": 0})
    for each in decided:
        if isinstance(each.effect, PointsGranted):
            of_rule = sums[each.effect.earning_rule_id]
            of_rule["grants"] += 1
            of_rule["points"] += each.effect.points
    return dict(sorted(sums.items()))


def _moved_sums(decided: Iterable[Decided]) -> dict[str, int]:
    """Points that moved otherwise, by why."""
    sums = Counter[str]()
    for each in decided:
        if isinstance(each.effect, PointsMoved):
            sums[each.effect.type] += each.effect.points
    return dict(sorted(sums.items()))


def _changes(decided: Iterable[Decided]) -> Iterator[records.Record]:
    for at, customer, _, effect in decided:
        if isinstance(effect, SegmentChanged):
            yield records.segment_change(customer, effect, at)


def _triggers(decided: Iterable[Decided]) -> Iterator[records.Record]:
    for at, customer, _, effect in decided:
        if isinstance(effect, MessageTriggered):
            yield records.distribution_trigger(customer, effect, at)


def _suppressions(decided: Iterable[Decided]) -> Iterator[records.Record]:
    for at, customer, _, effect in decided:
        if isinstance(effect, MessageSuppressed):
            yield records.distribution_suppression(customer, effect, at)


def _points(decided: Iterable[Decided]) -> Iterator[records.Record]:
    for at, customer, _, effect in decided:
        if isinstance(effect, PointsGranted | PointsMoved):
            yield records.point_event(customer, effect, at)


def _rejected(refused: Refused, file: str, at: Instant) -> Mapping[str, Any]:
    """The record of a rejection: the file stands for the topic, the line for the offset."""
    return rejected_record(
        refused.rejection,
        rejected_at=at,
        topic=file,
        partition=0,
        offset=refused.line.number,
        timestamp=-1,
        key=None,
        value=refused.line.text,
        headers=None,
    )


def _write(file: Path, written: Iterable[Mapping[str, Any]]) -> None:
    encode = msgspec.json.Encoder().encode
    with file.open("wb") as out:
        out.writelines(encode(record) + b"\n" for record in written)
