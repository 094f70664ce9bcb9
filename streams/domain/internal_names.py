"""The names of the internal events that Tidemark itself causes, and what tells a custom event from an internal one.

Names only: which effect is which event stands in ``internal_events``.
"""

from typing import Final

from streams.domain.identities import EventName

CREATED: Final = EventName("customer.created")
UPDATED: Final = EventName("customer.updated")
CUSTOM_EVENT: Final = EventName("customer.custom_event")
ENTERED: Final = EventName("customer.segment.entered")
LEFT: Final = EventName("customer.segment.left")
DELETED: Final = EventName("customer.deleted")
POINTS_ADDED: Final = EventName("customer.voucher.loyalty_card.points_added")
"""From outside, it moves points itself (``ledger``)."""
POINTS_EXPIRED: Final = EventName("customer.voucher.loyalty_card.points_expired")
VALIDATION: Final = EventName("customer.validation.succeeded"), EventName("customer.validation.failed")
REDEMPTION: Final = EventName("customer.redemption.succeeded"), EventName("customer.redemption.failed")
ROLLBACK: Final = (
    EventName("customer.redemption.rollback.succeeded"),
    EventName("customer.redemption.rollback.failed"),
)


def is_custom(name: EventName) -> bool:
    """Whether an event of this name is a custom one: ``customer.…`` are internal, whoever sends them."""
    return not name.startswith("customer.")
