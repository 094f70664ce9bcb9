"""Who is in which segment, decided anew: the moves between what was held and what holds now.

Decides membership only. What a move publishes and sets off stands in ``reactions``.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from streams.domain.effects import Cause, Change
from streams.domain.facts import Facts
from streams.domain.identities import SegmentId
from streams.domain.instants import Instant
from streams.domain.lists import is_list
from streams.domain.segments import Segment
from streams.domain.state import Membership


class Move(NamedTuple):
    """A change of membership."""

    segment_id: SegmentId
    version: int
    change: Change
    cause: Cause
    announced: bool
    """Whether it is published: an entry as the segment's type says, a leaving if the entry was."""
    segment: Segment | None
    """None for a segment that is no longer defined."""


NO_MOVES: Sequence[Move] = ()


def decide(
    segments: Iterable[Segment], facts: Facts, at: Instant, cause: Cause
) -> tuple[Facts, Sequence[Move]]:
    """Decide segments in the order given; the facts with the memberships as they are then, and the moves."""
    held = facts.segments
    moves: list[Move] | None = None
    for segment in segments:
        if segment.holds(facts) is (segment.id in held):
            continue
        move = _leave(segment, held[segment.id], cause) if segment.id in held else _enter(segment, cause)
        facts = _moved(facts, move, at)
        held = facts.segments
        moves = [move] if moves is None else [*moves, move]
    return facts, moves or NO_MOVES


def redecide(
    segments: Iterable[Segment],
    facts: Facts,
    defined: Collection[SegmentId],
    backfilled: Collection[SegmentId],
) -> tuple[Facts, Sequence[Move]]:
    """Decide segments anew after definitions changed, as ``decide`` does; those no longer ``defined`` are left first.

    Who stays in keeps the time of entry and gets the new version; who is in a segment that only now publishes its
    changes enters it for all to see. Entries into ``backfilled`` segments, where nobody was decided before, say so.
    """
    moves: list[Move] = []
    for segment_id, known in sorted(facts.segments.items()):
        if segment_id not in defined and not is_list(segment_id):
            move = Move(segment_id, known.version, "left", "definition", known.announced, None)
            facts = _moved(facts, move, facts.now)
            moves.append(move)
    for segment in segments:
        held = facts.segments.get(segment.id)
        if not segment.holds(facts):
            if held is None:
                continue
            move = _leave(segment, held, "definition")
        elif held is None or (segment.announced and not held.announced):
            move = _enter(segment, "backfill" if segment.id in backfilled else "definition")
        else:
            facts = _under_version(facts, segment)
            continue
        facts = _moved(facts, move, facts.now)
        moves.append(move)
    return facts, moves or NO_MOVES


def _enter(segment: Segment, cause: Cause) -> Move:
    return Move(segment.id, segment.version, "entered", cause, segment.announced, segment)


def _leave(segment: Segment, held: Membership, cause: Cause) -> Move:
    return Move(segment.id, segment.version, "left", cause, held.announced, segment)


def _moved(facts: Facts, move: Move, at: Instant) -> Facts:
    customer, occurrences, profile, segments, now, event = facts
    if move.change == "entered":
        segments = {**segments, move.segment_id: Membership(move.version, at, move.announced)}
    else:
        segments = {k: held for k, held in segments.items() if k != move.segment_id}
    return Facts(customer, occurrences, profile, segments, now, event)


def _under_version(facts: Facts, segment: Segment) -> Facts:
    """The facts with a membership that is kept under the segment's present version."""
    held = facts.segments[segment.id]
    if held.version == segment.version:
        return facts
    return facts._replace(segments={**facts.segments, segment.id: held._replace(version=segment.version)})
