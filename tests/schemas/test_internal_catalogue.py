"""The internal events that come with Tidemark: all of Voucherify's, and the records that stand beside the catalogue."""

import json
from collections import Counter
from typing import Any

import pytest

from schemas.avro_wire import EventWire
from schemas.catalog import EVENTS_DIRECTORY, INTERNAL_DIRECTORY, internal_names, load_catalog
from schemas.examples import example_event
from schemas.internal.catalogue import internal_documents
from schemas.reserved import RESERVED
from schemas.wire import Decoded, EventReader, Rejected

CATALOG = load_catalog([EVENTS_DIRECTORY, INTERNAL_DIRECTORY])
GROUPS = {
    "Profile": 5, "Custom event": 1, "Segment": 2, "Messages": 27, "Rewards": 6, "Gift and loyalty card": 10,
    "Publication": 2, "Validation": 2, "Redemption": 4, "Order": 6, "Loyalty and tier": 7, "Code holder": 2,
}  # fmt: skip
"""How many events Voucherify has of each group."""
CAUSED = {
    "customer.created": ["by"],
    "customer.updated": ["fields"],
    "customer.deleted": ["segments", "cards"],
    "customer.custom_event": ["event", "event_id"],
    "customer.segment.entered": ["segment_id", "segment_version", "cause"],
    "customer.segment.left": ["segment_id", "segment_version", "cause"],
    "customer.voucher.loyalty_card.points_expired": ["campaign_id", "card_id", "points", "balance"],
    "customer.redemption.rollback.failed": ["campaign_id", "request_id", "code"],
}
"""What some of those carry that Tidemark causes."""


def read(event: dict[str, Any]) -> Decoded | Rejected:
    """What a worker makes of it."""
    return EventReader(CATALOG).read(json.dumps(event).encode(), None, 0, 4_000_000_000_000)


def test_there_are_as_many_as_voucherify_has() -> None:
    """74 events in twelve groups, all of a customer."""
    documents = internal_documents()
    assert Counter(document["group"] for document in documents.values()) == GROUPS
    assert all(name.startswith("customer.") for name in documents)


def test_the_records_are_those_of_the_catalogue() -> None:
    """Whoever changes the catalogue writes the records anew, with ``python -m schemas.internal``."""
    files = INTERNAL_DIRECTORY.glob("*.avsc")
    assert {file.stem: json.loads(file.read_bytes()) for file in files} == internal_documents()
    assert internal_names() == internal_documents().keys()


@pytest.mark.parametrize("name", CAUSED)
def test_what_tidemark_causes_is_exact(name: str) -> None:
    """It carries the attributes that are promised, and no others."""
    definition = CATALOG.definitions[name]
    assert (list(definition.attributes), definition.additional, definition.owner) == (
        CAUSED[name],
        False,
        "tidemark",
    )


def test_what_others_own_may_carry_more() -> None:
    """A service says as much of an order as it likes."""
    paid = {"event": "customer.order.paid", "customer": {"source_id": "c-42"}}
    event = read(paid | {"occurred_at": "2026-01-01T00:00:00Z", "metadata": {"amount": 9.5, "shop": "s-1"}})
    assert isinstance(event, Decoded)
    assert event.metadata == {"order_id": None, "amount": 9.5, "items_count": None, "shop": "s-1"}


@pytest.mark.parametrize("name", sorted(internal_names()))
def test_each_may_be_sent_but_for_the_reserved_ones(name: str) -> None:
    """An event as a program would send it is taken; six of them only Tidemark tells of."""
    outcome = read(example_event(CATALOG.definitions[name]) | {"event": name})
    if name in RESERVED:
        assert isinstance(outcome, Rejected)
        assert (outcome.reason, outcome.path, len(outcome.faults)) == ("reserved_event", "event", 1)
    else:
        assert isinstance(outcome, Decoded)


def test_a_reserved_event_is_rejected_in_avro_too() -> None:
    """However it is written."""
    definition = CATALOG.definitions["customer.created"]
    value = EventWire(definition).encode(
        {
            "customer": {"source_id": "c-42"},
            "occurred_at": "2026-01-01T00:00:00Z",
            "metadata": {"by": "visit"},
        }
    )
    outcome = EventReader(CATALOG).read(value, None, 0, 4_000_000_000_000)
    assert isinstance(outcome, Rejected)
    assert outcome.reason == "reserved_event"
