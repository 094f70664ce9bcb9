"""The ``customer.*`` events that Tidemark itself causes: which effect is which event, and what it carries.

Decides names, attributes and ids. An id is derived from the effect's, so that it is the same after any replay. Does not
know what they cause in turn (``cascade``), nor how they are published.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from streams.domain.effects import (
    Cause,
    CustomerDeleted,
    Effect,
    InternalOccurred,
    PointsGranted,
    PointsMoved,
    RedemptionDecided,
    RequestKind,
    SegmentChanged,
)
from streams.domain.events import Event, JsonValue
from streams.domain.evolve import changed_fields
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant
from streams.domain.internal_names import (
    CREATED,
    CUSTOM_EVENT,
    DELETED,
    ENTERED,
    LEFT,
    POINTS_ADDED,
    POINTS_EXPIRED,
    REDEMPTION,
    ROLLBACK,
    UPDATED,
    VALIDATION,
)
from streams.domain.reactions import Moment
from streams.domain.record_ids import record_id

SOURCE: Final = "tidemark"
"""The source of every event that Tidemark causes."""
_OUTCOMES: Final[Mapping[RequestKind, tuple[EventName, EventName]]] = {
    "validation": VALIDATION,
    "redemption": REDEMPTION,
    "rollback": ROLLBACK,
}
"""What a request is told as that succeeded, and one that did not."""


def name_of(effect: Effect) -> EventName | None:
    """The internal event that an effect is told as; none for most."""
    if isinstance(effect, SegmentChanged):
        return ENTERED if effect.change == "entered" else LEFT
    if isinstance(effect, PointsGranted):
        return POINTS_ADDED
    if isinstance(effect, PointsMoved):
        return POINTS_EXPIRED if effect.type == "expired" else None  # of the others their events have told
    if isinstance(effect, RedemptionDecided):
        return _OUTCOMES[effect.kind][not effect.valid]
    return effect.event.name if isinstance(effect, InternalOccurred) else None


def event_of(
    customer: CustomerId,
    effect: SegmentChanged
    | PointsGranted
    | PointsMoved
    | RedemptionDecided
    | CustomerDeleted
    | InternalOccurred,
) -> Event:
    """The internal event of an effect that has one."""
    if isinstance(effect, InternalOccurred):
        return effect.event
    name = name_of(effect) or DELETED
    return _event(effect.id, name, customer, effect.occurred_at, _attributes(effect))


def _attributes(
    effect: SegmentChanged | PointsGranted | PointsMoved | RedemptionDecided | CustomerDeleted,
) -> dict[str, JsonValue]:
    if isinstance(effect, SegmentChanged):
        return {
            "segment_id": effect.segment_id,
            "segment_version": effect.segment_version,
            "cause": effect.cause,
        }
    if isinstance(effect, RedemptionDecided):
        return {"request_id": effect.id, "campaign_id": effect.campaign_id, "code": effect.code}
    if isinstance(effect, CustomerDeleted):
        return {"segments": effect.segments, "cards": len(effect.cards)}
    if isinstance(effect, PointsMoved):
        return {
            "campaign_id": effect.campaign_id,
            "card_id": effect.card_id,
            "points": -effect.points,
            "balance": effect.balance,
        }
    return {
        "campaign_id": effect.campaign_id,
        "card_id": effect.card_id,
        "earning_rule_id": effect.earning_rule_id,
        "points": effect.points,
        "balance": effect.balance,
    }


def internally(
    name: EventName, customer: CustomerId, metadata: Mapping[str, JsonValue], moment: Moment, cause: Cause
) -> InternalOccurred:
    """An internal event that no other effect tells of. At one moment a customer has at most one of each name."""
    effect_id = record_id("internal_event", name, 1, customer, moment.cause_id)
    return InternalOccurred(_event(effect_id, name, customer, moment.occurred_at, metadata), cause)


def told_of(
    event: Event,
    moment: Moment,
    profiles: tuple[Mapping[str, JsonValue] | None, Mapping[str, JsonValue]],
    *,
    noted: bool,
) -> Sequence[Effect]:
    """What an event tells of the customer before anything is decided on.

    That is a customer created, if the profile before is none, or updated, if it is another one afterwards; and the
    event itself if it is ``noted``.
    """
    before, after = profiles
    if before is after and not noted:
        return ()
    customer = event.customer_id
    told = told_of_profile(customer, profiles, event.name, moment, "event")
    if noted:
        metadata: dict[str, JsonValue] = {"event": event.name, "event_id": event.id}
        told.append(internally(CUSTOM_EVENT, customer, metadata, moment, "event"))
    return told


def told_of_profile(
    customer: CustomerId,
    profiles: tuple[Mapping[str, JsonValue] | None, Mapping[str, JsonValue]],
    by: str,
    moment: Moment,
    cause: Cause,
) -> list[Effect]:
    """That a customer was created, if the profile before is none, or updated, if it is another one afterwards."""
    before, after = profiles
    if before is None:
        return [internally(CREATED, customer, {"by": by}, moment, cause)]
    if before is after:
        return []
    fields: list[JsonValue] = [*changed_fields(before, after)]
    return [internally(UPDATED, customer, {"fields": fields}, moment, cause)]


def _event(
    effect_id: str, name: EventName, customer: CustomerId, at: Instant, metadata: Mapping[str, JsonValue]
) -> Event:
    return Event(EventId(f"{effect_id}.internal"), name, customer, at, metadata, {}, SOURCE)
