"""The ``customer.*`` events that Tidemark itself causes, in the JSON form of an event.

Decides which effects are internal events and what they carry. They are published beside the effect, in the same
transaction and with an id derived from it.
"""

from streams.agents.records import Record, written
from streams.domain.effects import CustomerDeleted, PointsGranted, SegmentChanged
from streams.domain.identities import CustomerId

SOURCE = "tidemark"
DELETED = "customer.deleted"
POINTS_ADDED = "customer.voucher.loyalty_card.points_added"


def internal_event(customer: CustomerId, effect: SegmentChanged | PointsGranted | CustomerDeleted) -> Record:
    """The internal event of an effect: segment entered or left, points added to a card, customer deleted."""
    if isinstance(effect, SegmentChanged):
        name = f"customer.segment.{effect.change}"
        metadata: Record = {
            "segment_id": effect.segment_id,
            "segment_version": effect.segment_version,
            "cause": effect.cause,
        }
    elif isinstance(effect, CustomerDeleted):
        name, metadata = DELETED, {"segments": effect.segments, "cards": len(effect.cards)}
    else:
        name = POINTS_ADDED
        metadata = {
            "campaign_id": effect.campaign_id,
            "card_id": effect.card_id,
            "earning_rule_id": effect.earning_rule_id,
            "points": effect.points,
            "balance": effect.balance,
        }
    return {
        "id": f"{effect.id}.internal",
        "event": name,
        "customer": {"source_id": customer},
        "occurred_at": written(effect.occurred_at),
        "source": SOURCE,
        "metadata": metadata,
    }
