"""A change of definitions, and what it asks of customers of whom nothing else is heard.

Decides what has to be decided again: segments that are new or changed, and those that refer to them. All others hold
what they held. Does not know how customers are gone through.

What need not be kept
---------------------
A state tells under which definitions it was decided, but one that was decided anew need not be kept for that alone. Say
that a customer in segments M, with ``due`` D, is looked at under new definitions at an instant t before D, and that
nobody moves and no boundary lies between t and D. Then under the new definitions, too, M holds at every instant from t
up to D; and if the state is left as it was, whatever comes next finds the same as if it had been kept:

- An event before D decides the customer anew once more, and finds nothing.
- At D, or later, the customer is decided anew as of the instant before D, and finds nothing; what time changes
  at D or behind it then has its own instant and cause.
- Another change of definitions sets out from the same M and D. If it brings back those that the state names, M and D
  are right under them, too, for nothing has happened and D has not come.

If D was that of a boundary which is gone, it is early, and finds nothing when it comes. Should definitions have changed
again by then, the customer is decided under them at that instant, before the sweep comes by, as at any event.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from streams.domain.boundaries import Boundaries, merged
from streams.domain.identities import SegmentId
from streams.domain.ruleset import Ruleset
from streams.domain.segments import Segment, dependents


@dataclass(frozen=True, slots=True)
class Redefinition:
    """What differs between two rulesets."""

    ruleset: Ruleset
    """The one after the change."""
    segments: tuple[Segment, ...]
    """To be decided anew, in order."""
    boundaries: Boundaries
    """Where time may change these."""


def redefinition(before: Mapping[SegmentId, str] | None, ruleset: Ruleset) -> Redefinition:
    """The change from the ruleset with the digests ``before``; without them, from any."""
    ordered = tuple(ruleset.segments.values())
    if before is None:
        return Redefinition(ruleset, ordered, ruleset.boundaries)
    changed = [segment for segment in ordered if before.get(segment.id) != ruleset.digests[segment.id]]
    decided = dependents(changed, ordered)
    boundaries = merged(condition for segment in decided for condition in segment.boundaries)
    return Redefinition(ruleset, decided, boundaries)
