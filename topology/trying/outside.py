"""Segments that look at an event and do not take the customer in, with the conditions that are wanting.

Decides which segments are told of: not those that the customer was in, nor those that the event does not touch.
"""

from collections.abc import Iterator
from typing import NamedTuple

from streams.domain.explain import Explained, ExplainedCondition, explain
from streams.domain.facts import Facts
from streams.domain.identities import SegmentId
from streams.domain.ruleset import Ruleset
from streams.domain.state import CustomerState


class Wanting(NamedTuple):
    """A condition that answers otherwise than it would have to."""

    condition: ExplainedCondition
    wanted: bool
    """False where it must not hold, and does."""


class Outside(NamedTuple):
    """A segment that was not entered."""

    id: SegmentId
    wanting: tuple[Wanting, ...]
    """Of alternatives, all."""


def outside(facts: Facts, before: CustomerState, ruleset: Ruleset) -> Iterator[Outside]:
    """The segments that look at the event of the facts, which are those after it."""
    for segment in ruleset.segments.values():
        looks = facts.event is not None and facts.event.name in segment.events
        if not looks or segment.id in facts.segments or segment.id in before.segments:
            continue
        tree = explain(segment, facts, ruleset.segments).filter
        yield Outside(segment.id, () if tree is None else tuple(_wanting(tree, wanted=True)))


def _wanting(part: Explained, *, wanted: bool) -> Iterator[Wanting]:
    if part.holds is wanted:
        return
    if isinstance(part, ExplainedCondition):
        yield Wanting(part, wanted)
        return
    for member in part.members:
        yield from _wanting(member, wanted=wanted is not part.negated)
