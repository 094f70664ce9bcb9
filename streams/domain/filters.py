"""Filters: Voucherify's filter JSON, with nested ``groups`` and ``not``, parsed into a tree and compiled once.

Decides what may be written, and how conditions are joined. What a single condition means stands in ``conditions``.
Whatever is wrong is noted with its place, all at once; depth and cost are bounded, so that no filter can hold up a
customer.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from streams.domain.boundaries import Moved, moved
from streams.domain.calendars import Calendar, calendar_at
from streams.domain.comparisons import Subject, comparisons_at
from streams.domain.conditions import Condition, DaysSince, EventCount, ProfileField, SegmentReference
from streams.domain.definitions import EventShape
from streams.domain.event_conditions import event_condition_at
from streams.domain.expressions import expression_at
from streams.domain.facts import Predicate, all_of, any_of, none_of
from streams.domain.faults import Place, nearest
from streams.domain.identities import EventName, SegmentId
from streams.domain.memberships import memberships_at
from streams.domain.profiles import ADDRESS, FIELDS, profile_path
from streams.domain.statements import STRUCTURE

DEEPEST = 16
"""Levels of groups in one filter."""

MOST_CONDITIONS = 200
"""Conditions in one filter."""


class Vocabulary(NamedTuple):
    """What a filter may speak of."""

    events: Mapping[EventName, EventShape]
    segments: Collection[str]


class _Scope(NamedTuple):
    """What surrounds a group or a condition."""

    vocabulary: Vocabulary
    calendar: Calendar | None
    depth: int


class Group(NamedTuple):
    """Conditions and groups joined by *and*, or by *or* (``alternative``), the whole perhaps negated."""

    alternative: bool
    negated: bool
    members: tuple["Condition | Group", ...]
    calendar: str | None = None
    """The time zone written here, in whose midnights days are counted; none where nothing is written."""

    def conditions(self) -> Iterator[Condition]:
        """All conditions of the group and of the groups in it."""
        for member in self.members:
            if isinstance(member, Group):
                yield from member.conditions()
            else:
                yield member

    def predicate(self) -> Predicate:
        """The compiled group."""
        predicates = tuple(member.predicate() for member in self.members)
        joined = any_of(predicates) if self.alternative else all_of(predicates)
        return none_of(joined) if self.negated else joined


class Filter(NamedTuple):
    """A compiled filter: its predicate, and what the answer depends on."""

    tree: Group
    holds: Predicate
    events: frozenset[EventName]
    boundaries: tuple[Moved, ...]
    """The conditions by which time alone may change the answer."""
    reads_profile: bool
    references: frozenset[SegmentId]


def compile_filter(place: Place, body: object, vocabulary: Vocabulary) -> Filter | None:
    """Check a filter and compile it, or none after noting every fault."""
    noted = len(place.noted)
    tree = _group(place, body, _Scope(vocabulary, None, 1))
    if tree is None or len(place.noted) > noted:
        return None
    conditions = tuple(tree.conditions())
    if len(conditions) > MOST_CONDITIONS:
        place.fault(f"at most {MOST_CONDITIONS} conditions", len(conditions))
        return None
    return Filter(
        tree,
        tree.predicate(),
        frozenset(c.event for c in conditions if isinstance(c, EventCount | DaysSince)),
        moved(conditions),
        any(isinstance(c, ProfileField) for c in conditions),
        frozenset().union(*(c.segments for c in conditions if isinstance(c, SegmentReference))),
    )


def _group(place: Place, body: object, scope: _Scope) -> Group | None:
    if scope.depth > DEEPEST:
        place.fault(f"at most {DEEPEST} levels of groups", scope.depth)
        return None
    written = expression_at(place, body) if isinstance(body, str) else place.mapping(body)
    if written is None:
        return None
    junction = place.at("junction").choice(written.get("junction", "and"), ("and", "or"))
    negated = place.at("not").boolean(written.get("not", False))
    calendar = calendar_at(place.at("calendar"), written["calendar"]) if "calendar" in written else None
    scope = scope._replace(calendar=calendar or scope.calendar)
    leaves = [_condition(place.at(k), k, v, scope) for k, v in written.items() if k not in STRUCTURE]
    groups = _groups(place.at("groups"), written.get("groups", []), scope)
    if not leaves and not groups:
        place.fault("at least one condition or group", body)
    members = tuple(member for member in (*leaves, *groups) if member is not None)
    return Group(junction == "or", negated, members, calendar and calendar.zone)


def _groups(place: Place, body: object, scope: _Scope) -> list[Group | None]:
    if not isinstance(body, (list, tuple)):
        place.fault("a list of groups", body)
        return []
    scope = scope._replace(depth=scope.depth + 1)
    return [_group(place.at(index), inner, scope) for index, inner in enumerate(body)]


def _condition(place: Place, key: str, value: object, scope: _Scope) -> Condition | Group | None:
    if key == "segments":
        return _reference(place, value, scope.vocabulary)
    if key.startswith("events."):
        path, events = key.removeprefix("events."), scope.vocabulary.events
        return event_condition_at(place, path, value, events, scope.calendar)
    if key.partition(".")[0] not in {*FIELDS, "metadata", "address"}:
        known = [*STRUCTURE, "segments", *FIELDS, *(f"address.{field}" for field in ADDRESS)]
        expected = "events.<name>.<metric>, segments, a customer field, junction, not, groups or calendar"
        place.fault(expected, key, nearest(key, known))
        return None
    field = profile_path(place, key)
    if field is None:
        return None
    comparisons = comparisons_at(place, value, Subject(field[1], scope.calendar))
    return None if comparisons is None else ProfileField(field[0], comparisons)


def _reference(place: Place, value: object, vocabulary: Vocabulary) -> Condition | Group:
    found = memberships_at(place, value, vocabulary.segments)
    return found[0] if len(found) == 1 else Group(alternative=False, negated=False, members=found)
