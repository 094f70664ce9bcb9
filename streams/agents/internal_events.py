"""The ``customer.*`` events that Tidemark itself causes, in the JSON form of an event.

Decides which effects are internal events and what they carry. They are published beside the effect, in the same
transaction and with an id derived from it.
"""

from streams.agents.records import Record, written
from streams.domain.effects import (
    CustomerDeleted,
    PointsGranted,
    PointsMoved,
    RedemptionDecided,
    SegmentChanged,
)
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant

SOURCE = "tidemark"
DELETED = "customer.deleted"
_ASKED = {"validation": "validation", "redemption": "redemption", "rollback": "redemption.rollback"}
POINTS_ADDED = "customer.voucher.loyalty_card.points_added"
POINTS_EXPIRED = "customer.voucher.loyalty_card.points_expired"


Told = SegmentChanged | PointsGranted | PointsMoved | RedemptionDecided | CustomerDeleted
"""Effects that are internal events; of points that moved, those that expired."""


def internal_event(customer: CustomerId, effect: Told) -> Record:
    """The internal event of an effect."""
    name, metadata, occurred_at = _told(effect)
    return {
        "id": f"{effect.id}.internal",
        "event": name,
        "customer": {"source_id": customer},
        "occurred_at": written(occurred_at),
        "source": SOURCE,
        "metadata": metadata,
    }


def _told(effect: Told) -> tuple[str, Record, Instant]:
    """Name, attributes and time."""
    metadata: Record
    if isinstance(effect, RedemptionDecided):
        outcome = "succeeded" if effect.valid else "failed"
        metadata = {"request_id": effect.id, "campaign_id": effect.campaign_id, "code": effect.code}
        return f"customer.{_ASKED[effect.kind]}.{outcome}", metadata, effect.decided_at
    if isinstance(effect, SegmentChanged):
        metadata = {
            "segment_id": effect.segment_id,
            "segment_version": effect.segment_version,
            "cause": effect.cause,
        }
        return f"customer.segment.{effect.change}", metadata, effect.occurred_at
    if isinstance(effect, CustomerDeleted):
        metadata = {"segments": effect.segments, "cards": len(effect.cards)}
        return DELETED, metadata, effect.occurred_at
    if isinstance(effect, PointsMoved):
        metadata = {
            "campaign_id": effect.campaign_id,
            "card_id": effect.card_id,
            "points": -effect.points,
            "balance": effect.balance,
        }
        return POINTS_EXPIRED, metadata, effect.occurred_at
    metadata = {
        "campaign_id": effect.campaign_id,
        "card_id": effect.card_id,
        "earning_rule_id": effect.earning_rule_id,
        "points": effect.points,
        "balance": effect.balance,
    }
    return POINTS_ADDED, metadata, effect.occurred_at
