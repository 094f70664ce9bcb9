"""The ruleset: all definitions, checked against one another, compiled once and indexed by what sets them off.

Decides what is looked at for an event, for a deadline, for a change of the profile; nothing else is ever looked at.
Does not know where definitions come from. All faults of all definitions are raised together.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, TypeVar

from streams.domain.boundaries import Boundaries, merged
from streams.domain.campaigns import Campaign, compile_campaign
from streams.domain.definitions import KINDS, Definition, DefinitionError, EventShape, Fault, Kind
from streams.domain.distributions import compile_distribution
from streams.domain.earning import compile_earning_rule
from streams.domain.endless import note_endless
from streams.domain.event_plans import EventPlan, Triggered, gated, plans_of, triggers_of
from streams.domain.faults import Place
from streams.domain.filters import Vocabulary
from streams.domain.identities import CampaignId, EventName, SegmentId
from streams.domain.instants import DAY, Milliseconds
from streams.domain.references import References
from streams.domain.rules import ANY_EVENT, Context, compile_rule
from streams.domain.segments import TYPES, Segment, compile_segment, dependents, in_order, note_cycles
from streams.domain.templates import CompileTemplate, no_templates
from streams.domain.triggers import Targets, Trigger

Clock = Literal["wall", "stream"]

Compiled = TypeVar("Compiled")
"""A kind of definition, compiled."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything that decides; made by ``compile_ruleset``."""

    fingerprint: str
    """Identifies what memberships depend on: the segments with their versions."""
    digests: Mapping[SegmentId, str]
    """What each segment adds to the fingerprint: tells whether it is what it was."""
    clock: Clock
    duplicate_window: Milliseconds
    segments: Mapping[SegmentId, Segment]
    """In the order in which they are decided."""
    backfilled: frozenset[SegmentId]
    """Those in their first version, with all that they refer to: nobody was decided under them before."""
    timed: tuple[Segment, ...]
    """Those that time changes, and those that refer to them, in order."""
    boundaries: Boundaries
    """Where time may change any answer."""
    plans: Mapping[EventName, EventPlan]
    """For each defined event."""
    otherwise: EventPlan
    """For every other event."""
    triggers: Mapping[Trigger, Triggered]
    campaigns: Mapping[CampaignId, Campaign]
    listed: Mapping[SegmentId, tuple[Segment, ...]]
    """The segments whose customers are told one by one, each with those that refer to it, in order."""


def compile_ruleset(
    definitions: Iterable[Definition],
    events: Mapping[EventName, EventShape],
    *,
    clock: Clock = "wall",
    duplicate_window: Milliseconds = DAY,
    templates: CompileTemplate = no_templates,
) -> Ruleset:
    """Compile definitions against the known events. Raises ``DefinitionError`` with every fault of all of them."""
    noted: list[Fault] = []
    by_kind = _sorted_out(definitions, noted)
    segments = _segments(by_kind["segment"], events, noted)
    references = _references(by_kind, events, noted)._replace(templates=templates)
    distributions = _compiled(by_kind["distribution"], references, compile_distribution, noted)
    earning_rules = _compiled(by_kind["earning_rule"], references, compile_earning_rule, noted)
    campaigns = _compiled(by_kind["campaign"], references, compile_campaign, noted)
    note_endless(by_kind["earning_rule"].values(), noted)
    _refuse(noted)
    ordered = in_order(segments)
    triggers = gated(triggers_of(distributions, earning_rules))
    digests = _digests(by_kind["segment"])
    return Ruleset(
        _digest(digests),
        digests,
        clock,
        duplicate_window,
        {segment.id: segment for segment in ordered},
        _backfilled(ordered),
        dependents((segment for segment in ordered if segment.boundaries), ordered),
        merged(boundary for segment in ordered for boundary in segment.boundaries),
        *plans_of(events, ordered, triggers),
        triggers,
        {campaign.id: campaign for campaign in campaigns},
        {segment.id: dependents((segment,), ordered) for segment in ordered if segment.listed},
    )


def _refuse(noted: list[Fault]) -> None:
    if noted:
        raise DefinitionError(noted)


def _sorted_out(definitions: Iterable[Definition], noted: list[Fault]) -> dict[Kind, dict[str, Definition]]:
    """The definitions by kind and id, ids ascending."""
    by_kind: dict[Kind, dict[str, Definition]] = {kind: {} for kind in KINDS}
    for definition in sorted(definitions, key=lambda one: one.id):
        place = Place(definition.kind, definition.id, (), noted)
        if place.at("kind").choice(definition.kind, KINDS) is None:
            continue
        if definition.id in by_kind[definition.kind]:
            place.at("id").fault(f"one {definition.kind} of this id", definition.id)
        by_kind[definition.kind][definition.id] = definition
    return by_kind


def _segments(
    definitions: Mapping[str, Definition], events: Mapping[EventName, EventShape], noted: list[Fault]
) -> Mapping[SegmentId, Segment]:
    vocabulary = Vocabulary(events, definitions.keys())
    compiled = (
        compile_segment(Place("segment", definition.id, (), noted), definition, vocabulary)
        for definition in definitions.values()
    )
    segments = {segment.id: segment for segment in compiled if segment is not None}
    note_cycles(segments, noted)
    return segments


def _references(
    by_kind: Mapping[Kind, Mapping[str, Definition]],
    events: Mapping[EventName, EventShape],
    noted: list[Fault],
) -> References:
    segments = by_kind["segment"]
    types = {
        one.id: next((t for t in TYPES if t == one.body.get("type", TYPES[0])), None)
        for one in segments.values()
    }
    rules: dict[str, Definition | None] = {}
    for definition in by_kind["validation_rule"].values():
        before = len(noted)
        place = Place("validation_rule", definition.id, (), noted)
        compile_rule(place, definition.body, Context(types, ANY_EVENT, events))
        rules[definition.id] = definition if len(noted) == before else None
    return References(Targets(events, types), rules)


def _compiled(
    definitions: Mapping[str, Definition],
    references: References,
    compile_one: Callable[[Place, Definition, References], Compiled | None],
    noted: list[Fault],
) -> tuple[Compiled, ...]:
    compiled = (
        compile_one(Place(definition.kind, definition.id, (), noted), definition, references)
        for definition in definitions.values()
    )
    return tuple(one for one in compiled if one is not None)


def _backfilled(ordered: tuple[Segment, ...]) -> frozenset[SegmentId]:
    first: set[SegmentId] = set()
    for segment in ordered:
        if segment.version <= 1 and segment.references <= first:
            first.add(segment.id)
    return frozenset(first)


def _digests(segments: Mapping[str, Definition]) -> dict[SegmentId, str]:
    """Of what a membership depends on. Of events a filter sees no more than that they occurred."""
    return {
        SegmentId(one.id): _digest(
            [one.version, *(one.body.get(key) for key in ("type", "filter", "customers")), *_told(one)]
        )
        for one in segments.values()
    }


def _told(segment: Definition) -> list[object]:
    """Nothing for most: their digest is to stay what it was."""
    return [segment.body["members"]] if "members" in segment.body else []


def _digest(decisive: object) -> str:
    return blake2b(json.dumps(decisive, sort_keys=True).encode(), digest_size=8).hexdigest()
