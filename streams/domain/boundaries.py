"""Where time alone may change an answer, gathered over many conditions.

Decides how the next such instant of one customer is found. Thresholds of elapsed days, the most of them, stand
together by event, so that what an event costs does not grow with the number of conditions on it; every other condition
that time moves is asked for itself. Does not know what the conditions say.
"""

from collections.abc import Iterable
from operator import itemgetter
from typing import Final, Literal, NamedTuple

from streams.domain.conditions import Condition, DaysSince, EventCount, ProfileField, SegmentReference
from streams.domain.facts import Facts
from streams.domain.identities import EventName
from streams.domain.instants import Instant

Moved = EventCount | DaysSince | ProfileField
"""A condition that time moves."""


class Boundary(NamedTuple):
    """An event's occurrence after which time alone changes the answers of conditions."""

    event: EventName
    side: Literal["first", "last"]
    offsets: tuple[int, ...]
    """Milliseconds after the occurrence, ascending, all above nothing."""


class Boundaries(NamedTuple):
    """Where time alone may change any of some answers."""

    elapsed: tuple[Boundary, ...]
    others: tuple[Moved, ...]


NO_BOUNDARIES: Final = Boundaries((), ())


def moved(conditions: Iterable[Condition]) -> tuple[Moved, ...]:
    """Those of the conditions that time moves."""
    return tuple(one for one in conditions if one.moves and not isinstance(one, SegmentReference))


def merged(conditions: Iterable[Moved]) -> Boundaries:
    """The boundaries of conditions that time moves; ``NO_BOUNDARIES`` itself if there are none."""
    offsets: dict[tuple[EventName, Literal["first", "last"]], set[int]] = {}
    others: list[Moved] = []
    for one in conditions:
        if isinstance(one, DaysSince) and one.calendar is None:
            offsets.setdefault((one.event, one.side), set()).update(one.offsets())
        else:
            others.append(one)
    elapsed = (Boundary(event, side, tuple(sorted(steps))) for (event, side), steps in offsets.items())
    found = Boundaries(tuple(sorted(elapsed, key=itemgetter(0, 1))), tuple(others))
    return found if any(found) else NO_BOUNDARIES


def next_change(boundaries: Boundaries, facts: Facts) -> Instant | None:
    """The first instant after now at which time alone may change an answer; none if it never does."""
    elapsed, others = boundaries
    occurrences, now = facts.occurrences, facts.now
    soonest: Instant | None = None
    for event, side, offsets in elapsed:
        occurrence = occurrences.get(event)
        if occurrence is None:
            continue
        since = occurrence.last if side == "last" else occurrence.first
        for offset in offsets:
            if since + offset > now:
                if soonest is None or since + offset < soonest:
                    soonest = Instant(since + offset)
                break
    for condition in others:
        change = condition.next_change(facts)
        if change is not None and (soonest is None or change < soonest):
            soonest = change
    return soonest
