"""What is remembered of a customer, as a JSON document, and back.

Decides names and how instants are written (RFC 3339). The digests of event ids, by which repetitions are told, are left
out: nobody else can use them.

    {"occurrences": {"purchase": {"count": 3, "first": "2026-11-01T10:00:00Z", "last": "2026-11-23T10:00:00Z",
                                  "days": {"2026-11-01": 1, "2026-11-23": 2}}},
     "profile": {"metadata": {"club_level": "Gold"}},
     "segments": {"reviewers": {"version": 3, "entered_at": "2026-11-23T10:00:00Z", "announced": true}},
     "lists": {"vip": "2026-11-23T10:00:00Z"},
     "cards": [{"campaign_id": "club", "code": null, "balance": 40,
                "expiring": [{"expires_at": "2027-12-01T00:00:00Z", "points": 10}],
                "reversible": [{"event": "9f3c…", "rule": "review-bonus", "version": 2, "points": 10,
                                "until": "2026-12-23T10:00:00Z", "expires_at": "2027-12-01T00:00:00Z"}]}],
     "firings": {"distribution/thanks": ["2026-11-23T10:00:00Z"]},
     "due": "2026-12-23T10:00:00Z", "sequence": 17, "ruleset": "1f0c…"}

``days`` are the newest 400 days by UTC on which the event occurred, with how often; ``announced`` is whether the
entry was published; ``due`` is the next instant at which time alone may change something, null for never;
``sequence`` is the number of output records so far; ``ruleset`` says under which definitions the segments were
decided. ``lists`` are those that the customer was put on one by one, since when. A card without a ``code`` is the
customer's own; of its balance, what is ``expiring`` goes at its date, and the rest stays; what is ``reversible`` can be
taken back until then: it was earned by the event whose id has that digest.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from streams.domain.cards import OWN, Card, Cards, Grant, Lot, with_card
from streams.domain.day_counts import counts_since, day_counts
from streams.domain.instants import DAY, Instant, format_instant, parse_instant
from streams.domain.lists import Held, lists_of, memberships_of, put_on
from streams.domain.state import NEW_CUSTOMER, CustomerState, Membership, Occurrence

_INSTANTS = frozenset({"first", "last", "entered_at", "expires_at", "until"})


def customer_document(state: CustomerState) -> dict[str, Any]:
    """The document."""
    return {
        "occurrences": {name: _occurrence(each) for name, each in state.occurrences.items()},
        "profile": dict(state.profile),
        "segments": {name: _written(each._asdict()) for name, each in memberships_of(state.segments).items()},
        "lists": {name: format_instant(since) for name, since in lists_of(state.segments)},
        "cards": [
            _card(campaign, code, card)
            for campaign, of_campaign in state.cards.items()
            for code, card in of_campaign.items()
        ],
        "firings": {name: [format_instant(at) for at in each] for name, each in state.firings.items()},
        "due": None if state.due is None else format_instant(state.due),
        "sequence": state.sequence,
        "ruleset": state.ruleset,
    }


def read_customer_document(document: Mapping[str, Any]) -> CustomerState:
    """The state in a document. Raises ``KeyError`` or ``ValueError`` for what is none."""
    return NEW_CUSTOMER._replace(
        occurrences={name: _read_occurrence(each) for name, each in document["occurrences"].items()},
        profile=document["profile"],
        segments=_read_segments(document),
        cards=_read_cards(document["cards"]),
        firings={name: tuple(map(parse_instant, each)) for name, each in document["firings"].items()},
        due=None if document["due"] is None else parse_instant(document["due"]),
        sequence=document["sequence"],
        ruleset=document["ruleset"],
    )


def _read_segments(document: Mapping[str, Any]) -> Held:
    segments: Held = {name: _read(each, Membership) for name, each in document["segments"].items()}
    for name, since in document.get("lists", {}).items():
        segments = put_on(segments, name, parse_instant(since))
    return segments


def _occurrence(occurrence: Occurrence) -> dict[str, Any]:
    days = {_date(day): count for day, count in counts_since(occurrence.days, 0)}
    return {**_written(occurrence._asdict()), "days": days}


def _read_occurrence(fields: Mapping[str, Any]) -> Occurrence:
    days = day_counts((parse_instant(date) // DAY, count) for date, count in fields["days"].items())
    occurrence: Occurrence = _read({**fields, "days": days}, Occurrence)
    return occurrence


def _card(campaign: str, code: str, card: Card) -> dict[str, Any]:
    return {
        "campaign_id": campaign,
        "code": code or None,
        "balance": card.balance,
        "expiring": [_written(lot._asdict()) for lot in card.lots],
        "reversible": [_written(grant._asdict() | {"event": grant.event.hex()}) for grant in card.grants],
    }


def _read_cards(documents: Iterable[Mapping[str, Any]]) -> Cards:
    cards: Cards = {}
    for each in documents:
        lots = tuple(_read(lot, Lot) for lot in each["expiring"])
        grants = tuple(
            _read({**one, "event": bytes.fromhex(one["event"])}, Grant) for one in each["reversible"]
        )
        cards = with_card(
            cards, each["campaign_id"], each["code"] or OWN, Card(each["balance"], lots, grants)
        )
    return cards


def _date(day: int) -> str:
    return format_instant(Instant(day * DAY)).partition("T")[0]


def _written(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: format_instant(value) if name in _INSTANTS and value is not None else value
        for name, value in fields.items()
    }


def _read(fields: Mapping[str, Any], form: Any) -> Any:
    """The named tuple with these fields."""
    read = {
        name: parse_instant(value) if name in _INSTANTS and value is not None else value
        for name, value in fields.items()
    }
    return msgspec.convert([read[name] for name in form._fields if name in read], form)
