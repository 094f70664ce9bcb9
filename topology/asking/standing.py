"""Where a customer stands: in which segments since when, in which not, and what is remembered; as text and as JSON.

Decides order and wording. Who is in a segment is what the worker holds; at a later instant, what comes of that by time
alone.
"""

from collections.abc import Mapping
from typing import Any

from streams.domain.advance import advance
from streams.domain.cards import Card, held
from streams.domain.identities import SegmentId
from streams.domain.instants import Instant, format_instant
from streams.domain.lists import memberships_of
from streams.domain.ruleset import Ruleset
from streams.domain.segments import Segment
from streams.domain.signals import Tick
from streams.domain.state import CustomerState, Membership
from streams.gateway.customer_document import customer_document
from topology.asking.customers import Customer
from topology.printable import printable
from topology.tables import table

Segments = Mapping[SegmentId, Segment]


def at_instant(customer: Customer, at: Instant, ruleset: Ruleset) -> Customer:
    """The customer at a later instant, if nothing else happens."""
    state = advance(customer.state, Tick(customer.id, at), ruleset).state
    return customer._replace(now=at, state=state)


def standing_text(customer: Customer, segments: Segments) -> str:
    """Segments, those that the customer is in first; events; points."""
    parts = [headline(customer), _segments_text(customer.state, segments), _events_text(customer.state)]
    if customer.state.cards:
        parts.append(_cards_text(customer))
    return "\n\n".join(parts)


def headline(customer: Customer) -> str:
    """Who it is, and when."""
    return f"{printable(customer.id)} on partition {customer.partition}, as of {format_instant(customer.now)}"


def standing_document(customer: Customer, segments: Segments) -> dict[str, Any]:
    """All that is remembered, with the live segments that the customer is not in."""
    return {
        "customer_id": customer.id,
        "partition": customer.partition,
        "now": format_instant(customer.now),
        **customer_document(customer.state),
        "outside": sorted(segments.keys() - customer.state.segments.keys()),
    }


def _segments_text(state: CustomerState, segments: Segments) -> str:
    held = memberships_of(state.segments)
    if not segments and not held:
        return "No segments are live."
    inside = sorted(held.items(), key=lambda each: (each[1].entered_at, each[0]))
    rows = [
        (name, "in since", format_instant(its.entered_at), _kind(name, its, segments)) for name, its in inside
    ]
    rows += [
        (name, "not in", "", segment.type) for name, segment in sorted(segments.items()) if name not in held
    ]
    return table(("segment", "", "", "type"), rows)


def _kind(name: SegmentId, held: Membership, segments: Segments) -> str:
    segment = segments.get(name)
    if segment is None:
        return "deleted; will be left"
    old = held.version != segment.version
    return f"{segment.type}, as of version {held.version}, not yet {segment.version}" if old else segment.type


def _cards_text(customer: Customer) -> str:
    rows = [
        (printable(campaign), printable(code or card_id), f"{card.balance:,}", *_expiring(card))
        for campaign, code, card_id, card in held(customer.state.cards, customer.id)
    ]
    return table(("campaign", "card", "points", "of these", "expire at"), rows)


def _expiring(card: Card) -> tuple[str, str]:
    return (f"{card.lots[0].points:,}", format_instant(card.lots[0].expires_at)) if card.lots else ("", "")


def _events_text(state: CustomerState) -> str:
    rows = [
        (printable(name), f"{each.count:,}", format_instant(each.first), format_instant(each.last))
        for name, each in sorted(state.occurrences.items(), key=lambda one: one[1].last, reverse=True)
    ]
    return table(("event", "count", "first", "last"), rows) if rows else "No event occurred."
