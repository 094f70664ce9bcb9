"""Loyalty cards: the points on them, which of those expire when, and which can still be taken back.

Decides which points go first: those with the nearest date, and those without a date last. Arithmetic alone: every
function gives a new card whose balance differs by exactly the points that it was told. What lies on dates never comes
to more than the balance, so that what expires was there: points that come to a card in debt pay the debt first. Does
not know why points move.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from operator import itemgetter
from typing import Final, NamedTuple

from streams.domain.identities import CampaignId, CardCode, CardId, CustomerId, EarningRuleId, EventId
from streams.domain.instants import DAY, Instant
from streams.domain.record_ids import card_id

MOST_CARDS: Final = 100
"""Cards of one customer; no more are opened."""
MOST_LOTS: Final = 1_000
"""Dates on one card. Beyond that the two nearest to one another are joined at the later one: no point goes early."""
MOST_GRANTS: Final = 250
"""Grants of one card that can be taken back; beyond that the oldest stays for good."""
MOST_LATE: Final = 7 * DAY
"""How late an event that takes points back may come: as long as a topic of events keeps it."""

OWN: Final = CardCode("")
"""In the place of a code: the card of the customer's own, which needs none."""


class Lot(NamedTuple):
    """Points that expire together."""

    expires_at: Instant
    """The first instant at which they are gone."""
    points: int
    """What is left of them, above 0."""


class Grant(NamedTuple):
    """Points that an event earned, as long as they can be taken back."""

    event: bytes
    """Digest of the event's id."""
    rule: EarningRuleId
    version: int
    points: int
    until: Instant
    """The first instant at which they can be taken back no more."""
    expires_at: Instant | None

    def stands(self, at: Instant, now: Instant) -> bool:
        """Whether an event of ``at`` that comes at ``now`` can take it back."""
        gone = self.expires_at is not None and self.expires_at <= now
        return at < self.until and now < self.until + MOST_LATE and not gone


class Card(NamedTuple):
    """One card."""

    balance: int
    """Below 0 if more was taken than there was."""
    lots: tuple[Lot, ...] = ()
    """The part of the balance that expires, the nearest date first."""
    grants: tuple[Grant, ...] = ()
    """Newest last."""


class HeldCard(NamedTuple):
    """A card with what it is known by."""

    campaign: CampaignId
    code: CardCode
    id: CardId
    card: Card


NO_CARD: Final = Card(0)
"""A card that is yet to be opened."""

Cards = Mapping[CampaignId, Mapping[CardCode, Card]]
"""The cards of one customer."""


def card_of(cards: Cards, campaign: CampaignId, code: CardCode) -> Card:
    """The card of a code, or an empty one."""
    held_ones = cards.get(campaign)
    return NO_CARD if held_ones is None else held_ones.get(code, NO_CARD)


def with_card(cards: Cards, campaign: CampaignId, code: CardCode, card: Card) -> Cards:
    """The cards with this one in its place."""
    return {**cards, campaign: {**cards.get(campaign, {}), code: card}}


def code_of(campaign: CampaignId, customer: CustomerId, written: str | None) -> CardCode:
    """The code that is meant by a card's code or id; the own card's if nothing is written."""
    return OWN if not written or written == card_id(campaign, customer) else CardCode(written)


def id_of(campaign: CampaignId, customer: CustomerId, code: CardCode) -> CardId:
    """The id by which a card is told of."""
    return CardId(code) if code else card_id(campaign, customer)


def may_open(cards: Cards, campaign: CampaignId, code: CardCode) -> bool:
    """Whether the customer has this card, or may have one more. The own card is always one."""
    return not code or code in cards.get(campaign, ()) or sum(map(len, cards.values())) < MOST_CARDS


def held(cards: Cards, customer: CustomerId) -> Iterator[HeldCard]:
    """All cards, by campaign and code."""
    for campaign, of_campaign in sorted(cards.items()):
        for code, card in sorted(of_campaign.items()):
            yield HeldCard(campaign, code, id_of(campaign, customer, code), card)


def soonest_expiry(cards: Cards) -> Instant | None:
    """When the first points expire; none if none do."""
    soonest: Instant | None = None
    for of_campaign in cards.values():
        for card in of_campaign.values():
            if card.lots and (soonest is None or card.lots[0].expires_at < soonest):
                soonest = card.lots[0].expires_at
    return soonest


def added(card: Card, points: int, expires_at: Instant | None = None) -> Card:
    """The card with more points, which expire or stay."""
    balance, lots, grants = card
    balance += points
    dated = min(points, balance)
    if expires_at is not None and dated > 0:
        lots = _with_lot(lots, Lot(expires_at, dated))
    return Card(balance, lots, grants)


def granted(card: Card, grant: Grant, now: Instant) -> Card:
    """The card with points that can be taken back; grants that cannot be any more are forgotten."""
    balance, lots, grants = added(card, grant.points, grant.expires_at)
    standing = [one for one in grants if now < one.until + MOST_LATE]
    return Card(balance, lots, (*standing, grant)[-MOST_GRANTS:])


def spent(card: Card, points: int) -> Card:
    """The card with fewer points, whether it has as many or not."""
    return Card(card.balance - points, _less(card.lots, points), card.grants)


def taken_back(card: Card, grant: Grant) -> Card:
    """The card without a grant: its own points go, and in the place of those that were spent the nearest others."""
    balance, lots, grants = card
    points = grant.points
    if grant.expires_at is None:
        undated = max(balance - sum(lot.points for lot in lots), 0)
        lots = _less(lots, points - min(points, undated))
    else:
        dated = [lot for lot in lots if lot.expires_at == grant.expires_at]
        others = tuple(lot for lot in lots if lot.expires_at != grant.expires_at)
        left = max(points - sum(lot.points for lot in dated), 0)
        lots = tuple(sorted((*_less(others, left), *_less(tuple(dated), points))))
    rest = tuple(one for one in grants if one is not grant)
    return Card(balance - points, lots, rest)


def expired(card: Card, at: Instant) -> Card:
    """The card without the points that are gone at an instant; the same if there are none."""
    balance, lots, grants = card
    if not lots or lots[0].expires_at > at:
        return card
    gone = sum(lot.points for lot in lots if lot.expires_at <= at)
    standing = tuple(one for one in grants if one.expires_at is None or one.expires_at > at)
    return Card(balance - gone, tuple(lot for lot in lots if lot.expires_at > at), standing)


def digest_of(event: EventId | str) -> bytes:
    """By what the event of a grant is remembered."""
    return blake2b(event.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _less(lots: tuple[Lot, ...], points: int) -> tuple[Lot, ...]:
    """The lots without so many points, the nearest dates first."""
    for index, (expires_at, held_points) in enumerate(lots):
        if points < held_points:
            return (Lot(expires_at, held_points - points), *lots[index + 1 :])
        points -= held_points
    return ()


def _with_lot(lots: tuple[Lot, ...], lot: Lot) -> tuple[Lot, ...]:
    at = bisect_left(lots, lot.expires_at, key=itemgetter(0))
    before, after = lots[:at], lots[at:]
    if after and after[0].expires_at == lot.expires_at:
        return (*before, Lot(lot.expires_at, after[0].points + lot.points), *after[1:])
    following = (*before, lot, *after)
    return following if len(following) <= MOST_LOTS else _joined(following)


def _joined(lots: tuple[Lot, ...]) -> tuple[Lot, ...]:
    """One lot fewer: of the two dates nearest to one another, the later one for both."""
    at = min(range(len(lots) - 1), key=lambda index: lots[index + 1].expires_at - lots[index].expires_at)
    first, second = lots[at : at + 2]
    return (*lots[:at], Lot(second.expires_at, first.points + second.points), *lots[at + 2 :])
