"""The ``customer.*`` events that Tidemark itself causes, in the JSON form of an event.

Decides which effects are internal events and what they carry. They are published beside the effect, in the same
transaction and with an id derived from it.
"""

from streams.agents.records import Record, written
from streams.domain.effects import PointsGranted, PointsMoved, SegmentChanged
from streams.domain.identities import CustomerId

SOURCE = "tidemark"
POINTS_ADDED = "customer.voucher.loyalty_card.points_added"
POINTS_EXPIRED = "customer.voucher.loyalty_card.points_expired"


def internal_event(customer: CustomerId, effect: SegmentChanged | PointsGranted | PointsMoved) -> Record:
    """The internal event of an effect: segment entered or left, points added to a card or expired on it."""
    if isinstance(effect, SegmentChanged):
        name = f"customer.segment.{effect.change}"
        metadata: Record = {
            "segment_id": effect.segment_id,
            "segment_version": effect.segment_version,
            "cause": effect.cause,
        }
    elif isinstance(effect, PointsMoved):
        name = POINTS_EXPIRED
        metadata = {
            "campaign_id": effect.campaign_id,
            "card_id": effect.card_id,
            "points": -effect.points,
            "balance": effect.balance,
        }
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
