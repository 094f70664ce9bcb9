"""Why a customer is in a segment or not: what each condition sees and answers, and when time alone changes the answer.

Decides nothing anew. A filter is asked once more, part by part, at an instant, and then at each later instant at which
time may change one of its conditions, or a segment that it refers to: the first at which a part answers otherwise is
when it changes, if nothing else happens.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import islice
from typing import Final, NamedTuple

from streams.domain.condition_text import condition_text
from streams.domain.conditions import Condition, DaysSince
from streams.domain.facts import Facts
from streams.domain.filters import Group
from streams.domain.identities import SegmentId
from streams.domain.instants import Instant
from streams.domain.segments import Segment
from streams.domain.state import Membership

MOST_STEPS: Final = 1_000
"""Instants that are looked at; a birthday comes again every year for ever."""


class ExplainedCondition(NamedTuple):
    """One condition."""

    condition: Condition
    text: str
    """As an expression."""
    holds: bool
    value: object
    """What it sees: a count, elapsed days, what stands in a field, those of the segments that the customer is in."""
    occurred_at: Instant | None
    """The occurrence since which days have elapsed."""
    changes_at: Instant | None
    """When it answers otherwise if nothing else happens; none if that is never, as far as was looked."""


class ExplainedGroup(NamedTuple):
    """Parts joined by *and*, or by *or* (``alternative``), the whole perhaps negated."""

    alternative: bool
    negated: bool
    calendar: str | None
    holds: bool
    changes_at: Instant | None
    members: tuple["ExplainedCondition | ExplainedGroup", ...]


Explained = ExplainedCondition | ExplainedGroup


class ExplainedSegment(NamedTuple):
    """Whether a customer is in a segment, and why."""

    segment: Segment
    inside: bool
    since: Instant | None
    changes_at: Instant | None
    """When the customer enters or leaves if nothing else happens; none if never, as far as was looked."""
    looked_until: Instant | None
    """How far was looked, where that was not to the end of all time."""
    filter: ExplainedGroup | None
    """None for a list."""


def explain(segment: Segment, facts: Facts, segments: Mapping[SegmentId, Segment]) -> ExplainedSegment:
    """Why the customer is in the segment; ``segments`` are all there are, in the order in which they are decided."""
    held = facts.segments.get(segment.id)
    since = held.entered_at if held else None
    if segment.filter is None:
        return ExplainedSegment(segment, segment.holds(facts), since, None, None, None)
    tree = segment.filter.tree
    parts = list(_parts(tree))
    referred = _referred(segment, segments)
    conditions = [*tree.conditions(), *_conditions(referred)]
    changes, until = _first_changes(parts, facts, _later(conditions, referred, facts))
    explained = _group(tree, facts, iter(changes))
    return ExplainedSegment(segment, held is not None, since, explained.changes_at, until, explained)


def _group(group: Group, facts: Facts, changes: Iterator[Instant | None]) -> ExplainedGroup:
    """The explained group; ``changes`` gives the instants of it and its parts in the order of ``_parts``."""
    at = next(changes)
    members = tuple(
        _group(member, facts, changes)
        if isinstance(member, Group)
        else _condition(member, facts, next(changes))
        for member in group.members
    )
    holds = group.predicate()(facts)
    return ExplainedGroup(group.alternative, group.negated, group.calendar, holds, at, members)


def _condition(condition: Condition, facts: Facts, changes_at: Instant | None) -> ExplainedCondition:
    occurrence = facts.occurrences.get(condition.event) if isinstance(condition, DaysSince) else None
    occurred_at = None
    if occurrence is not None and isinstance(condition, DaysSince):
        occurred_at = occurrence.first if condition.side == "first" else occurrence.last
    holds, value = condition.predicate()(facts), condition.value(facts)
    return ExplainedCondition(condition, condition_text(condition), holds, value, occurred_at, changes_at)


def _parts(tree: Group) -> Iterator[Group | Condition]:
    """The group and all in it, each before what it holds."""
    yield tree
    for member in tree.members:
        if isinstance(member, Group):
            yield from _parts(member)
        else:
            yield member


def _referred(segment: Segment, segments: Mapping[SegmentId, Segment]) -> tuple[Segment, ...]:
    """The segments that it refers to, near or far, in the order in which they are decided."""
    reached, ahead = set[SegmentId](), set(segment.references)
    while ahead:
        reached |= ahead
        ahead = {other for one in ahead for other in segments[one].references} - reached
    return tuple(one for one in segments.values() if one.id in reached)


def _conditions(segments: Iterable[Segment]) -> Iterator[Condition]:
    for segment in segments:
        if segment.filter is not None:
            yield from segment.filter.tree.conditions()


def _later(conditions: Sequence[Condition], segments: Sequence[Segment], facts: Facts) -> Iterator[Facts]:
    """The customer at each later instant at which time may change a condition, the segments decided as of then."""
    ahead = [
        (at, index) for index, one in enumerate(conditions) if (at := one.next_change(facts)) is not None
    ]
    heapify(ahead)
    while ahead:
        at = ahead[0][0]
        facts = _decided(segments, facts, at)
        while ahead and ahead[0][0] <= at:
            _, index = heappop(ahead)
            following = conditions[index].next_change(facts)
            if following is not None:
                heappush(ahead, (following, index))
        yield facts


def _decided(segments: Iterable[Segment], facts: Facts, at: Instant) -> Facts:
    """The customer at a later instant; all segments are decided in one mapping, however many change at once."""
    held = dict(facts.segments)
    facts = facts._replace(segments=held, now=at)
    for segment in segments:
        if segment.holds(facts):
            held.setdefault(segment.id, Membership(segment.version, at, segment.announced))
        else:
            held.pop(segment.id, None)
    return facts


def _first_changes(
    parts: Sequence[Group | Condition], facts: Facts, later: Iterator[Facts]
) -> tuple[list[Instant | None], Instant | None]:
    """When each part first answers otherwise, and how far was looked if that was not to the end."""
    holds = [part.predicate() for part in parts]
    before = [one(facts) for one in holds]
    changes: list[Instant | None] = [None] * len(parts)
    looked = facts.now
    for then in islice(later, MOST_STEPS):
        looked = then.now
        for index, change in enumerate(changes):
            if change is None and holds[index](then) is not before[index]:
                changes[index] = looked
        if None not in changes:
            return changes, None
    return changes, None if next(later, None) is None else looked
