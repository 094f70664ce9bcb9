"""The leaves of a filter: one statement each about a customer, as a value, and the predicate it compiles to.

Decides what *count*, *days since*, a profile field and a segment reference mean at an instant, and at which instants
time alone changes the answer. Days are elapsed days of 24 hours, or the midnights of a calendar, never fewer than none;
who never did the event matches nothing that speaks of days. Does not know how a statement is written, nor how
statements are joined.

Each condition tells the value that it sees, whether time moves it (``moves``), and ``next_change``: the first instant
after now at which time alone may change its answer. The answer stays as it is up to then.
"""

from typing import Literal, NamedTuple

from streams.domain.calendars import Calendar
from streams.domain.comparisons import Comparison, moves, next_change_of, predicate_of
from streams.domain.day_counts import counts_since
from streams.domain.events import JsonValue
from streams.domain.facts import Facts, Predicate
from streams.domain.identities import EventName, SegmentId
from streams.domain.instants import DAY, Instant
from streams.domain.operators import Written
from streams.domain.profiles import Path, look_up
from streams.domain.ranges import Range


class EventCount(NamedTuple):
    """How often the event occurred."""

    event: EventName
    times: Range
    written: Written = ()
    within: int | None = None
    """The last so many days by UTC, today included; none for ever. What lies ahead of the clock is of today."""

    def predicate(self) -> Predicate:
        """Holds when the count is in range; who never did the event has count 0."""
        if self.within is not None:
            holds, value = self.times.holds, self.value
            return lambda facts: holds(value(facts))
        event, (low, high, holes) = self.event, self.times
        never = self.times.holds(0)

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
        if occurrence is None:
            return 0
        if self.within is None:
            return occurrence.count
        return sum(count for _, count in counts_since(occurrence.days, _first_day(facts.now, self.within)))

    @property
    def moves(self) -> bool:
        """Days leave a window."""
        return self.within is not None

    def next_change(self, facts: Facts) -> Instant | None:
        """The midnight at which so many days have left the window that the answer is another."""
        occurrence, holds = facts.occurrences.get(self.event), self.times.holds
        if occurrence is None or self.within is None:
            return None
        counts = list(counts_since(occurrence.days, _first_day(facts.now, self.within)))
        left = sum(count for _, count in counts)
        answer = holds(left)
        for day, count in counts:
            left -= count
            if holds(left) is not answer:
                return Instant((day + self.within) * DAY)
        return None


class DaysSince(NamedTuple):
    """How many whole days ago the event occurred first or last."""

    event: EventName
    side: Literal["first", "last"]
    days: Range
    written: Written = ()
    calendar: Calendar | None = None
    """In whose midnights the days are counted; without one they have 24 hours."""

    def predicate(self) -> Predicate:
        """Holds when the days are in range; never for who did not do the event."""
        if self.calendar is not None:
            return self._predicate_in(self.calendar)
        event, (low, high, holes) = self.event, self.days
        position: Literal[1, 2] = 1 if self.side == "first" else 2
        # Elapsed time below nothing (an occurrence ahead of the clock) counts as day 0.
        earliest = low * DAY if low > 0 else -(1 << 62)
        end = (high + 1) * DAY if high >= 0 else earliest

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

    def _predicate_in(self, calendar: Calendar) -> Predicate:
        day_of, holds, occurred = calendar.day_of, self.days.holds, self._occurred

        def passed(facts: Facts) -> bool:
            at = occurred(facts)
            return at is not None and holds(max(0, day_of(facts.now) - day_of(at)))

        return passed

    def value(self, facts: Facts) -> int | None:
        """The days; none for who never did it."""
        at = self._occurred(facts)
        if at is None:
            return None
        if self.calendar is None:
            return max(0, facts.now - at) // DAY
        return max(0, self.calendar.day_of(facts.now) - self.calendar.day_of(at))

    @property
    def moves(self) -> bool:
        """Days pass, unless any number of them will do."""
        return bool(self.days.steps())

    def offsets(self) -> tuple[int, ...]:
        """How many milliseconds after the occurrence elapsed days change the answer, ascending."""
        return tuple(step * DAY for step in self.days.steps())

    def next_change(self, facts: Facts) -> Instant | None:
        """The instant at which the next threshold of days is crossed: not before it, and not after."""
        at = self._occurred(facts)
        if at is None:
            return None
        if self.calendar is None:
            return next((Instant(at + offset) for offset in self.offsets() if at + offset > facts.now), None)
        day, today = self.calendar.day_of(at), self.calendar.day_of(facts.now)
        ahead = next((day + step for step in self.days.steps() if day + step > today), None)
        return None if ahead is None else self.calendar.start_of(ahead)

    def _occurred(self, facts: Facts) -> Instant | None:
        occurrence = facts.occurrences.get(self.event)
        if occurrence is None:
            return None
        return occurrence.first if self.side == "first" else occurrence.last


class ProfileField(NamedTuple):
    """What the profile says in one field."""

    path: Path
    comparisons: tuple[Comparison, ...]

    def predicate(self) -> Predicate:
        """Holds when the field passes every comparison."""
        return predicate_of(look_up(self.path), self.comparisons)

    def value(self, facts: Facts) -> JsonValue:
        """What stands there; none where nothing does."""
        return look_up(self.path)(facts)

    @property
    def moves(self) -> bool:
        """Whether a comparison speaks of now."""
        return moves(self.comparisons)

    def next_change(self, facts: Facts) -> Instant | None:
        """The next instant at which a comparison may answer otherwise, if the field stays."""
        return next_change_of(self.value(facts), self.comparisons, facts.now)


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

    @property
    def moves(self) -> bool:
        """Time changes these segments, not what is said of them."""
        return False

    def value(self, facts: Facts) -> list[SegmentId]:
        """Those of them that the customer is in."""
        return sorted(self.segments & facts.segments.keys())

    def next_change(self, _facts: Facts) -> Instant | None:
        """As of a condition that time moves: none."""
        return None


Condition = EventCount | DaysSince | ProfileField | SegmentReference


def _first_day(now: Instant, within: int) -> int:
    """The first day of a window."""
    return now // DAY - within + 1
