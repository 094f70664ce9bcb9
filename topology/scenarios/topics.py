"""The topics whose records a scenario may list, and which effect is which record.

Decides which topics must stay empty unless listed. ``emitted_at`` of every record is its occurrence, as nothing is
emitted here. To add a topic: its schema under ``schemas/outputs``, its name here, and its effect in ``_WRITERS``.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

from schemas.outputs import output_schema
from streams.agents.internal_events import cut_record, internal_event
from streams.agents.records import (
    Record,
    distribution_suppression,
    distribution_trigger,
    point_event,
    redemption_decision,
    segment_change,
)
from streams.agents.rejecting import refused_record
from streams.domain.effects import (
    CascadeCut,
    CustomerDeleted,
    Effect,
    InternalOccurred,
    MessageSuppressed,
    MessageTriggered,
    PointsGranted,
    PointsMoved,
    PointsRefused,
    RedemptionDecided,
    SegmentChanged,
)
from streams.domain.identities import CustomerId
from streams.domain.internal_events import event_of, name_of

REJECTED = "rejected-events"
INTERNAL = "internal-events"

DECISIONS = "redemption-decisions"

COMPARED = (
    "segment-changes",
    "distribution-triggers",
    "distribution-suppressions",
    "point-events",
    DECISIONS,
    REJECTED,
)
"""Left out of a scenario, they stay empty."""
COMPARED_IF_LISTED = (INTERNAL,)
"""Left out, anything may be on them: nearly everything that happens is told there once more."""
_DEFINED = ("segment_id", "distribution_id", "earning_rule_id", "campaign_id")
"""Fields that name the definition from which a record comes."""
TOPICS = (*COMPARED, *COMPARED_IF_LISTED)

Writer = Callable[[CustomerId, Any], Record]


def _internal(customer: CustomerId, effect: Any) -> Record:
    return internal_event(event_of(customer, effect))


_WRITERS: Mapping[type, Mapping[str, Writer]] = {
    SegmentChanged: {
        "segment-changes": lambda customer, effect: segment_change(customer, effect, effect.occurred_at),
        INTERNAL: _internal,
    },
    MessageSuppressed: {
        "distribution-suppressions": lambda customer, effect: distribution_suppression(
            customer, effect, effect.occurred_at
        ),
    },
    MessageTriggered: {
        "distribution-triggers": lambda customer, effect: distribution_trigger(
            customer, effect, effect.occurred_at
        ),
    },
    PointsGranted: {
        "point-events": lambda customer, effect: point_event(customer, effect, effect.occurred_at),
        INTERNAL: _internal,
    },
    PointsMoved: {
        "point-events": lambda customer, effect: point_event(customer, effect, effect.occurred_at),
        INTERNAL: _internal,
    },
    PointsRefused: {
        REJECTED: lambda _, effect: refused_record(effect, "custom-events", effect.event.occurred_at)
    },
    RedemptionDecided: {
        DECISIONS: lambda customer, effect: redemption_decision(customer, effect, effect.occurred_at),
        INTERNAL: _internal,
    },
    InternalOccurred: {INTERNAL: _internal},
    CascadeCut: {REJECTED: lambda _, effect: cut_record(effect, INTERNAL, effect.event.occurred_at)},
    CustomerDeleted: {INTERNAL: _internal},
}


def records_of(customer: CustomerId, effect: Effect) -> Iterator[tuple[str, Record]]:
    """The records of an effect, each with its topic; none of what is only counted."""
    repeated = isinstance(effect, RedemptionDecided) and effect.repeated
    told = not repeated and (not isinstance(effect, PointsMoved) or name_of(effect) is not None)
    for topic, write in _WRITERS.get(type(effect), {}).items():
        if told or topic != INTERNAL:
            yield topic, write(customer, effect)


def is_about(record: Mapping[str, Any], definitions: Collection[str]) -> bool:
    """Whether a record tells of one of these definitions; one that tells of none at all does."""
    told = {**(record.get("metadata") or {}), **record}
    named = [told[field] for field in _DEFINED if told.get(field) is not None]
    return not named or any(name in definitions for name in named)


@cache
def fields_of(topic: str) -> Mapping[str, bool]:
    """The fields of a topic's records, and whether each is an instant."""
    fields: Any = output_schema(topic)["fields"]
    return {field["name"]: "timestamp-millis" in str(field["type"]) for field in fields}
