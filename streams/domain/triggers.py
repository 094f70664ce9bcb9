"""What sets a distribution or an earning rule off: an event, or a segment entered or left.

Decides which triggers exist and whether their targets do. Does not know what follows.
"""

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple, cast

from streams.domain.definitions import EventShape
from streams.domain.faults import ABSENT, Place
from streams.domain.identities import EventName
from streams.domain.segments import SegmentType

TriggerKind = Literal["event", "segment_entered", "segment_left"]
TRIGGERS: tuple[TriggerKind, ...] = ("event", "segment_entered", "segment_left")


class Trigger(NamedTuple):
    """A kind of trigger and the event or segment that it waits for."""

    kind: TriggerKind
    target: str


class Targets(NamedTuple):
    """What a trigger may wait for."""

    events: Mapping[EventName, EventShape]
    segments: Mapping[str, SegmentType | None]
    """With their types; none where the type itself is at fault."""


def trigger_at(
    place: Place, body: object, targets: Targets, kinds: Collection[TriggerKind]
) -> Trigger | None:
    """The trigger written at a place, or none after noting faults."""
    written = place.mapping({} if body is ABSENT else body)
    if written is None:
        return None
    place.keys(written, kinds)
    chosen = [key for key in written if key in kinds]
    if len(chosen) != 1:
        place.fault("exactly one of " + ", ".join(kinds), body)
        return None
    kind = cast("TriggerKind", chosen[0])
    target = place.at(kind).text(written[kind])
    if target is None or not _is_defined(place.at(kind), kind, target, targets):
        return None
    return Trigger(kind, target)


def _is_defined(place: Place, kind: TriggerKind, target: str, targets: Targets) -> bool:
    if kind == "event":
        if target not in targets.events:
            place.unknown("event", target, targets.events)
        return target in targets.events
    if target not in targets.segments:
        place.unknown("segment", target, targets.segments)
        return False
    found = targets.segments[target]
    if found in {"passive", "static"}:
        hint = f"give segment {target} type: auto-update"
        place.fault("a segment that publishes its changes", f"{target}, which is {found}", hint)
        return False
    return True
