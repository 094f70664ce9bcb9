"""What a replay of several rejected events comes to: which would be sent, which are left and why.

Holds no values, for there may be many: whoever carries it out reads them again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from topology.rejected.marks import Mark, Marks
from topology.rejected.rejected_event import RejectedEvent
from topology.rejected.replay import Judge, Replay
from topology.rejected.selection import Selection


class Planned(NamedTuple):
    """An event that would be sent, or is left."""

    id: str
    event: str | None
    customer: str | None
    counts_at: int | None
    """The event's own time, in milliseconds; ``None`` if it would be rejected again."""
    objections: tuple[str, ...]
    """Why it would be rejected again, or cannot be sent."""


@dataclass
class Plan:
    """What a replay would do."""

    send: dict[str, Planned] = field(default_factory=dict)
    """By identity, as all of these; in the order of reading."""
    refused: dict[str, Planned] = field(default_factory=dict)
    """Those that would be rejected again, and are not to be sent."""
    impossible: dict[str, Planned] = field(default_factory=dict)
    replayed: dict[str, Mark] = field(default_factory=dict)
    """Those that were replayed before."""

    @property
    def found(self) -> int:
        """How many events were meant."""
        return len(self.send) + len(self.refused) + len(self.impossible) + len(self.replayed)

    @property
    def found_ids(self) -> frozenset[str]:
        """The ids of the events that were meant."""
        parts = (self.send, self.refused, self.impossible, self.replayed)
        return frozenset(identity.rpartition("@")[0] for part in parts for identity in part)

    @property
    def whole(self) -> bool:
        """Whether all that were meant were or will be sent."""
        return not self.refused and not self.impossible


def plan_replay(
    events: Iterable[RejectedEvent], selection: Selection, marks: Marks, judge: Judge, *, anyway: bool
) -> Plan:
    """The plan for those events that are selected; ``anyway`` sends also what would be rejected again."""
    plan = Plan()
    for rejected in events:
        if rejected not in selection:
            continue
        mark = marks.of(rejected)
        if mark is not None:
            plan.replayed[rejected.identity] = mark
            continue
        replay = judge.judge(rejected)
        if replay.impossible is not None:
            plan.impossible[rejected.identity] = _planned(replay)
        elif replay.faults and not anyway:
            plan.refused[rejected.identity] = _planned(replay)
        else:
            plan.send[rejected.identity] = _planned(replay)
    return plan


def _planned(replay: Replay) -> Planned:
    objections = (replay.impossible,) if replay.impossible else tuple(map(str, replay.faults))
    return Planned(replay.rejected.id, replay.event, replay.customer, replay.counts_at, objections)
