"""What one event touches, and what one trigger sets off: the indexes that spare an event all that it cannot change.

Decides which segments, boundaries and rules are looked at for an event; nothing else is. Does not know what they say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from streams.domain.boundaries import Boundaries, merged
from streams.domain.conditions import ProfileField
from streams.domain.distributions import Distribution
from streams.domain.earning import EarningRule
from streams.domain.facts import Facts, Predicate
from streams.domain.gates import bare, gate_of
from streams.domain.identities import CustomerId, EventName
from streams.domain.instants import Instant
from streams.domain.internal_names import CUSTOM_EVENT, POINTS_ADDED, is_custom
from streams.domain.segments import Segment, dependents
from streams.domain.triggers import Trigger


@dataclass(frozen=True, slots=True)
class Triggered:
    """What one trigger sets off, in order of ids; drafts and what is not active apart."""

    distributions: tuple[Distribution, ...]
    earning_rules: tuple[EarningRule, ...]
    admits: Predicate | None = None
    """Whether any of their validation rules holds, all asked at once; none where each has to be asked."""
    moves_points: bool = False
    """Whether the event itself moves points on cards."""


FEWEST_BEHIND_GATE = 3
"""Rules of one event for which a gate pays."""

NOTHING_TRIGGERED = Triggered((), ())
_NOBODY = Facts(CustomerId(""), {}, {}, {}, Instant(0), None)
"""Of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What one event touches."""

    segments: tuple[Segment, ...]
    """Those that look at the event, and those that refer to them, in order."""
    segments_with_profile: tuple[Segment, ...]
    """The same and those that look at the profile, for an event that changes it."""
    segments_of_newcomer: tuple[Segment, ...]
    """The same and those that somebody may be in of whom nothing else is known, for the first event of a customer."""
    boundaries: Boundaries
    """Where time may change an answer after this event; those of other events stay as they were."""
    boundaries_with_profile: Boundaries
    """The same and those of the profile, for an event that changes it."""
    triggered: Triggered
    noted: bool
    """Whether something looks at ``customer.custom_event``, and this is a custom event."""
    stirring: bool
    """Whether the event may set anything off by itself."""
    unheeded: bool
    """Whether nothing looks at the event but its count."""


def triggers_of(
    distributions: tuple[Distribution, ...], earning_rules: tuple[EarningRule, ...]
) -> Mapping[Trigger, Triggered]:
    """What each trigger sets off."""
    active = [rule for rule in earning_rules if rule.active]
    return {
        trigger: Triggered(
            tuple(one for one in distributions if one.trigger == trigger),
            tuple(one for one in active if one.trigger == trigger),
        )
        for trigger in {one.trigger for one in distributions} | {rule.trigger for rule in active}
    }


def plans_of(
    events: Iterable[EventName], ordered: tuple[Segment, ...], triggers: Mapping[Trigger, Triggered]
) -> tuple[Mapping[EventName, EventPlan], EventPlan]:
    """The plan of each event, and that of any other; those that nothing looks at, and there are many, share one."""
    looked_at = {event for segment in ordered for event in segment.events}
    looked_at |= {EventName(trigger.target) for trigger in triggers if trigger.kind == "event"}
    looked_at.add(POINTS_ADDED)  # it moves points, whether anything looks at it or not
    unheeded = _plan(None, ordered, triggers)
    noted = CUSTOM_EVENT in looked_at

    def plan(event: EventName) -> EventPlan:
        found = _plan(event, ordered, triggers) if event in looked_at else unheeded
        return replace(found, noted=True, stirring=True) if noted and is_custom(event) else found

    return {event: plan(event) for event in events}, unheeded


def gated(triggers: Mapping[Trigger, Triggered]) -> Mapping[Trigger, Triggered]:
    """The same with one gate before all that an event sets off; a few rules are asked as soon as a gate."""
    return {
        trigger: replace(
            one,
            distributions=tuple(replace(each, admits=bare(each.admits)) for each in one.distributions),
            earning_rules=tuple(replace(each, admits=bare(each.admits)) for each in one.earning_rules),
            admits=gate_of(_admitting(one)) if len(_admitting(one)) >= FEWEST_BEHIND_GATE else None,
        )
        for trigger, one in triggers.items()
    }


def _admitting(triggered: Triggered) -> list[Predicate]:
    return [
        *(distribution.admits for distribution in triggered.distributions),
        *(rule.admits for rule in triggered.earning_rules),
    ]


def _plan(
    event: EventName | None, ordered: tuple[Segment, ...], triggers: Mapping[Trigger, Triggered]
) -> EventPlan:
    touched = [segment for segment in ordered if event in segment.events]
    profiled = [segment for segment in ordered if segment.reads_profile]
    # A filter of which this event decides nothing answers as it does of nobody.
    unconditional = [segment for segment in ordered if segment.filter is None or segment.holds(_NOBODY)]
    moved = [condition for segment in ordered for condition in segment.boundaries]
    by_profile = [condition for condition in moved if isinstance(condition, ProfileField)]
    by_event = [
        condition
        for condition in moved
        if not isinstance(condition, ProfileField) and condition.event == event
    ]
    found = triggers.get(Trigger("event", event), NOTHING_TRIGGERED) if event else NOTHING_TRIGGERED
    triggered = replace(found, admits=None, moves_points=True) if event == POINTS_ADDED else found
    return EventPlan(
        dependents(touched, ordered),
        dependents((*touched, *profiled), ordered),
        dependents((*touched, *profiled, *unconditional), ordered),
        merged(by_event),
        merged((*by_event, *by_profile)),
        triggered,
        noted=False,
        stirring=triggered is not NOTHING_TRIGGERED,
        unheeded=not touched and found is NOTHING_TRIGGERED,
    )
