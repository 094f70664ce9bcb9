"""The leaves of a filter: one statement each about a customer, as a value, and the predicate it compiles to.

Decides what *count*, *days since* and a segment reference mean at an instant, and at which instants time alone changes
the answer. Days are elapsed days of 24 hours, never fewer than none; who never did the event matches nothing that
speaks of days. Does not know how a statement is written, nor how statements are joined.
"""

from collections.abc import Iterable
from operator import itemgetter
from typing import Literal, NamedTuple

from streams.domain.comparisons import Comparison, passes
from streams.domain.events import JsonValue
from streams.domain.facts import Facts, Predicate
from streams.domain.identities import EventName, SegmentId
from streams.domain.instants import DAY, Instant
from streams.domain.operators import Written
from streams.domain.profiles import Path, look_up
from streams.domain.ranges import Range


class Boundary(NamedTuple):
    """An event's occurrence after which time alone changes the answer of a condition."""

    event: EventName
    side: Literal["first", "last"]
    offsets: tuple[int, ...]
    """Milliseconds after the occurrence, ascending, all above nothing."""


class EventCount(NamedTuple):
    """How often the event occurred."""

    event: EventName
    times: Range
    written: Written = ()
    within: int | None = None
    """The last so many days by UTC, today included; none for ever."""

    def predicate(self) -> Predicate:
        """Holds when the count is in range; who never did the event has count 0."""
        event, (low, high, holes) = self.event, self.times
        never = low <= 0 <= high and 0 not in holes

        def counted(facts: Facts) -> bool:
            occurrence = facts.occurrences.get(event)
            return never if occurrence is None else low <= occurrence.count <= high

        def counted_with_holes(facts: Facts) -> bool:
            occurrence = facts.occurrences.get(event)
            return (
                never
                if occurrence is None
                else low <= occurrence.count <= high and occurrence.count not in holes
            )

        return counted_with_holes if holes else counted

    def value(self, facts: Facts) -> int:
        """How often it occurred."""
        occurrence = facts.occurrences.get(self.event)
        return 0 if occurrence is None else occurrence.count

    def next_change(self, _facts: Facts) -> Instant | None:
        """Time changes no count."""
        return None


class DaysSince(NamedTuple):
    """How many whole days ago the event occurred first or last."""

    event: EventName
    side: Literal["first", "last"]
    days: Range
    written: Written = ()

    def predicate(self) -> Predicate:
        """Holds when the elapsed days are in range; never for who did not do the event."""
        event, (low, high, holes) = self.event, self.days
        position = 1 if self.side == "first" else 2
        # Elapsed time below nothing (an occurrence ahead of the clock) counts as day 0.
        earliest = low * DAY if low > 0 else -(1 << 62)
        end = (high + 1) * DAY

        def elapsed(facts: Facts) -> bool:
            occurrence = facts.occurrences.get(event)
            return occurrence is not None and earliest <= facts.now - occurrence[position] < end

        def elapsed_with_holes(facts: Facts) -> bool:
            occurrence = facts.occurrences.get(event)
            if occurrence is None:
                return False
            since = facts.now - occurrence[position]
            return earliest <= since < end and max(0, since // DAY) not in holes

        return elapsed_with_holes if holes else elapsed

    def value(self, facts: Facts) -> int | None:
        """The elapsed days; none for who never did it."""
        occurrence = facts.occurrences.get(self.event)
        if occurrence is None:
            return None
        since = occurrence.first if self.side == "first" else occurrence.last
        return max(0, facts.now - since) // DAY

    def next_change(self, facts: Facts) -> Instant | None:
        """The first instant after now at which time alone changes the answer."""
        return next_change((self.boundary(),), facts)

    def boundary(self) -> Boundary:
        """Where time changes the answer: a threshold of n days is crossed n times 24 hours after the occurrence."""
        return Boundary(
            self.event, self.side, tuple(step * DAY for step in self.days.steps() if step < 1 << 40)
        )


class ProfileField(NamedTuple):
    """What the profile says in one field."""

    path: Path
    comparisons: tuple[Comparison, ...]

    def predicate(self) -> Predicate:
        """Holds when the field passes every comparison; see ``comparisons`` for missing and wrongly typed values."""
        look, accepts = look_up(self.path), passes(self.comparisons)
        return lambda facts: accepts(look(facts))

    def value(self, facts: Facts) -> JsonValue:
        """What stands there; none where nothing does."""
        return look_up(self.path)(facts)

    def next_change(self, _facts: Facts) -> Instant | None:
        """No comparison moves with time."""
        return None


class SegmentReference(NamedTuple):
    """Whether the customer is in one of these segments (``inside``), or in none of them."""

    segments: frozenset[SegmentId]
    inside: bool

    def predicate(self) -> Predicate:
        """Holds as said; looks at the segments as decided at this instant."""
        segments, inside = self.segments, self.inside
        if len(segments) == 1:
            (only,) = segments
            return lambda facts: (only in facts.segments) is inside
        return lambda facts: (not segments.isdisjoint(facts.segments)) is inside

    def value(self, facts: Facts) -> list[SegmentId]:
        """Those of them that the customer is in."""
        return sorted(self.segments & facts.segments.keys())

    def next_change(self, _facts: Facts) -> Instant | None:
        """Time changes these segments, not what is said of them."""
        return None


Condition = EventCount | DaysSince | ProfileField | SegmentReference


def merged(boundaries: Iterable[Boundary]) -> tuple[Boundary, ...]:
    """One boundary for each event and side, with the offsets of all."""
    offsets: dict[tuple[EventName, Literal["first", "last"]], set[int]] = {}
    for boundary in boundaries:
        offsets.setdefault((boundary.event, boundary.side), set()).update(boundary.offsets)
    joined = (
        Boundary(event, side, tuple(sorted(steps))) for (event, side), steps in offsets.items() if steps
    )
    return tuple(sorted(joined, key=itemgetter(0, 1)))


def next_change(boundaries: tuple[Boundary, ...], facts: Facts) -> Instant | None:
    """The first instant after now at which time alone may change an answer."""
    occurrences, now = facts.occurrences, facts.now
    soonest: Instant | None = None
    for event, side, offsets in boundaries:
        occurrence = occurrences.get(event)
        if occurrence is None:
            continue
        since = occurrence.last if side == "last" else occurrence.first
        for offset in offsets:
            if since + offset > now:
                if soonest is None or since + offset < soonest:
                    soonest = Instant(since + offset)
                break
    return soonest
