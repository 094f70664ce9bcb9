"""The records that leave: each effect in the JSON form of its output topic.

Decides field names and what goes where; does not know how a record is encoded, nor when it is committed. Instants are
RFC 3339 strings; ``emitted_at`` is the one field that a replay may change.
"""

from collections.abc import Mapping
from functools import lru_cache

from streams.domain.effects import (
    MessageSuppressed,
    MessageTriggered,
    PointsGranted,
    PointsMoved,
    RedemptionDecided,
    SegmentChanged,
)
from streams.domain.events import Event, JsonValue
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant, format_instant
from streams.domain.lists import memberships_of
from streams.domain.state import CustomerState

Record = dict[str, JsonValue]

written = lru_cache(maxsize=65_536)(format_instant)
"""``format_instant`` with a memory: the instants of one batch repeat."""


def segment_change(customer: CustomerId, effect: SegmentChanged, emitted_at: Instant) -> Record:
    """The record of topic ``segment-changes``."""
    return {
        "id": effect.id,
        "sequence": effect.sequence,
        "customer_id": customer,
        "segment_id": effect.segment_id,
        "segment_version": effect.segment_version,
        "change": effect.change,
        "cause": effect.cause,
        "occurred_at": written(effect.occurred_at),
        "emitted_at": written(emitted_at),
        "event_id": effect.event_id,
    }


def distribution_trigger(customer: CustomerId, effect: MessageTriggered, emitted_at: Instant) -> Record:
    """The record of topic ``distribution-triggers``."""
    expires_at = effect.expires_at
    return {
        "id": effect.id,
        "sequence": effect.sequence,
        "distribution_id": effect.distribution_id,
        "distribution_version": effect.distribution_version,
        "customer_id": customer,
        "customer": dict(effect.customer),
        "trigger": effect.trigger,
        "cause": effect.cause,
        "event": None if effect.event is None else _event(effect.event, with_metadata=True),
        "segment": effect.segment,
        "message": dict(effect.message),
        "occurred_at": written(effect.occurred_at),
        "emitted_at": written(emitted_at),
        "expires_at": None if expires_at is None else written(expires_at),
    }


def distribution_suppression(customer: CustomerId, effect: MessageSuppressed, emitted_at: Instant) -> Record:
    """The record of topic ``distribution-suppressions``."""
    return {
        "id": effect.id,
        "sequence": effect.sequence,
        "distribution_id": effect.distribution_id,
        "distribution_version": effect.distribution_version,
        "customer_id": customer,
        "trigger": effect.trigger,
        "cause": effect.cause,
        "event": None if effect.event is None else _event(effect.event, with_metadata=False),
        "segment": effect.segment,
        "reason": effect.reason,
        "until": None if effect.until is None else written(effect.until),
        "detail": effect.detail,
        "occurred_at": written(effect.occurred_at),
        "emitted_at": written(emitted_at),
    }


def point_event(customer: CustomerId, effect: PointsGranted | PointsMoved, emitted_at: Instant) -> Record:
    """The record of topic ``point-events``."""
    return {
        "id": effect.id,
        "sequence": effect.sequence,
        "customer_id": customer,
        "campaign_id": effect.campaign_id,
        "card_id": effect.card_id,
        "type": effect.type,
        "earning_rule_id": effect.earning_rule_id,
        "rule_version": effect.rule_version,
        "points": effect.points,
        "balance": effect.balance,
        "event": None if effect.event is None else _event(effect.event, with_metadata=False),
        "occurred_at": written(effect.occurred_at),
        "emitted_at": written(emitted_at),
    }


def segment_membership(customer: CustomerId, state: CustomerState, emitted_at: Instant) -> Record:
    """The record of topic ``segment-memberships``: all segments of one customer, since when."""
    return {
        "customer_id": customer,
        "sequence": state.sequence,
        "segments": [
            {"segment_id": segment, "segment_version": held.version, "entered_at": written(held.entered_at)}
            for segment, held in sorted(memberships_of(state.segments).items())
        ],
        "emitted_at": written(emitted_at),
    }


def point_balance(customer: CustomerId, effect: PointsGranted | PointsMoved, emitted_at: Instant) -> Record:
    """The record of topic ``point-balances``: the points on one card after they moved."""
    return {
        "customer_id": customer,
        "campaign_id": effect.campaign_id,
        "card_id": effect.card_id,
        "balance": effect.balance,
        "sequence": effect.sequence,
        "emitted_at": written(emitted_at),
    }


def redemption_decision(customer: CustomerId, effect: RedemptionDecided, emitted_at: Instant) -> Record:
    """The record of topic ``redemption-decisions``."""
    return {
        "id": effect.id,
        "sequence": effect.sequence,
        "kind": effect.kind,
        "customer_id": customer,
        "campaign_id": effect.campaign_id,
        "campaign_version": effect.campaign_version,
        "valid": effect.valid,
        "code": effect.code,
        "message": effect.message,
        "failed": [dict(rule._asdict()) for rule in effect.failed],
        "qualifies_at": None if effect.qualifies_at is None else written(effect.qualifies_at),
        "decided_at": written(effect.decided_at),
        "emitted_at": written(emitted_at),
    }


def _event(event: Event, *, with_metadata: bool) -> Record:
    named: Record = {"id": event.id, "name": event.name}
    metadata: Mapping[str, JsonValue] = event.metadata
    if with_metadata:
        named["metadata"] = dict(metadata)
    return named
