"""Segments: groups of customers, by a filter or by a list.

Decides what a segment's definition may say, the order in which segments are decided (after those they refer to), and
which depend on which. Does not know what a change of membership causes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Literal, cast

from streams.domain.boundaries import Moved
from streams.domain.definitions import Definition, Fault
from streams.domain.facts import Facts, Predicate
from streams.domain.faults import ABSENT, NOTES, Place
from streams.domain.filters import Filter, Vocabulary, compile_filter
from streams.domain.identities import EventName, SegmentId
from streams.domain.lists import list_of

SegmentType = Literal["auto-update", "passive", "static"]
TYPES: tuple[SegmentType, ...] = ("auto-update", "passive", "static")


@dataclass(frozen=True, slots=True)
class Segment:
    """A compiled segment."""

    id: SegmentId
    holds: Predicate
    version: int
    type: SegmentType
    name: str
    filter: Filter | None
    """None for a static segment."""
    listed: bool = False
    """Whether its customers are told one by one; see ``lists``."""

    @property
    def announced(self) -> bool:
        """Whether its changes are published."""
        return self.type == "auto-update"

    @property
    def events(self) -> frozenset[EventName]:
        """The events that may change the membership."""
        return self.filter.events if self.filter else frozenset()

    @property
    def boundaries(self) -> tuple[Moved, ...]:
        """The conditions by which time alone may change the membership."""
        return self.filter.boundaries if self.filter else ()

    @property
    def references(self) -> frozenset[SegmentId]:
        """The segments it looks at."""
        return self.filter.references if self.filter else frozenset()

    @property
    def reads_profile(self) -> bool:
        """Whether a change of the profile may change the membership."""
        return self.filter is not None and self.filter.reads_profile


def compile_segment(place: Place, definition: Definition, vocabulary: Vocabulary) -> Segment | None:
    """Check one segment's definition and compile it, or none after noting every fault."""
    body = definition.body
    written = place.at("type").choice(body.get("type", "auto-update"), TYPES)
    if written is None:
        return None
    kind = cast("SegmentType", written)
    by_topic = kind == "static" and "members" in body
    who = "members" if by_topic else "customers" if kind == "static" else "filter"
    place.keys(body, NOTES | {"type", who})
    name = str(body.get("name", definition.id))
    segment_id = SegmentId(definition.id)
    if kind == "static":
        holds = _told(place, segment_id, body) if by_topic else _listed(place, body)
        if holds is None:
            return None
        return Segment(segment_id, holds, definition.version, kind, name, None, by_topic)
    compiled = compile_filter(place.at("filter"), body.get("filter", ABSENT), vocabulary)
    if compiled is None:
        return None
    return Segment(segment_id, compiled.holds, definition.version, kind, name, compiled)


def in_order(segments: Mapping[SegmentId, Segment]) -> tuple[Segment, ...]:
    """Segments after those they refer to: by distance from segments without references, then by id.

    The references must be known and free of cycles.
    """
    sorter = TopologicalSorter({segment.id: segment.references for segment in segments.values()})
    sorter.prepare()
    ordered: list[Segment] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        ordered += (segments[segment_id] for segment_id in sorted(ready))
        sorter.done(*ready)
    return tuple(ordered)


def note_cycles(segments: Mapping[SegmentId, Segment], noted: list[Fault]) -> None:
    """Note every segment that depends on itself, with the way round."""
    for segment in segments.values():
        ring = _ring(segment.id, segments)
        if ring:
            place = Place("segment", segment.id, ("filter",), noted)
            place.fault("no segment that depends on itself", " → ".join(ring))


def dependents(touched: Iterable[Segment], ordered: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The touched segments and all that refer to them, near or far, in order."""
    reached = {segment.id for segment in touched}
    if not reached:
        return ()
    for segment in ordered:
        if not reached.isdisjoint(segment.references):
            reached.add(segment.id)
    return tuple(segment for segment in ordered if segment.id in reached)


def _ring(start: SegmentId, segments: Mapping[SegmentId, Segment]) -> list[SegmentId]:
    """The shortest way from a segment back to itself along references; empty if there is none."""
    ways = [[start]]
    seen: set[SegmentId] = set()
    for way in ways:
        for reference in sorted(segments[way[-1]].references):
            if reference == start:
                return [*way, start]
            if reference in segments and reference not in seen:
                seen.add(reference)
                ways.append([*way, reference])
    return []


def _told(place: Place, segment: SegmentId, body: Mapping[str, object]) -> Predicate | None:
    if place.at("members").choice(body["members"], ("topic",)) is None:
        return None
    name = list_of(segment)
    return lambda facts: name in facts.segments


def _listed(place: Place, body: Mapping[str, object]) -> Predicate | None:
    customers = body.get("customers", ABSENT)
    if not isinstance(customers, (list, tuple)) or not all(isinstance(one, str) for one in customers):
        place.at("customers").fault("a list of customer ids", customers)
        return None
    listed = frozenset(customers)

    def is_listed(facts: Facts) -> bool:
        return facts.customer_id in listed

    return is_listed
