"""What moves points beside grants: time, and an event from outside that adjusts a card or takes back points.

Decides which event does that, and what it may ask for. What Tidemark told itself, and hears again, moves nothing. What
is on a card afterwards is decided by ``cards``; grants are earning rules' business.
"""

from typing import Final, Literal, NamedTuple

from streams.domain.cards import (
    Card,
    Cards,
    Grant,
    added,
    card_of,
    code_of,
    digest_of,
    expired,
    id_of,
    may_open,
    spent,
    taken_back,
    with_card,
)
from streams.domain.effects import PointsMoved, PointsRefused
from streams.domain.events import Event
from streams.domain.faults import shown
from streams.domain.identities import CampaignId, CardCode, CustomerId, RecordId
from streams.domain.instants import Instant
from streams.domain.record_ids import record_id

MOST_POINTS: Final = 1_000_000_000_000
"""Points of one grant or one adjustment."""

_TELLER: Final = "tidemark"
"""The source of events that Tidemark caused."""
_LONGEST: Final = 256
"""Characters of a campaign or a card in an event, as of any id."""
_ID: Final = f"a text of 1 to {_LONGEST} characters"
_WHOLE: Final = f"a whole number of points, {-MOST_POINTS} to {MOST_POINTS}"


class Entry(NamedTuple):
    """When and why points move."""

    customer: CustomerId
    cause_id: str
    """Of the event or the deadline, see ``reactions.Moment``."""
    at: Instant
    now: Instant
    """The reading of the clock."""


class Ledger:
    """The cards of a customer while points move at one moment."""

    def __init__(self, cards: Cards, sequence: int, entry: Entry) -> None:
        """``sequence`` is the number of output records before."""
        self.cards = cards
        self.sequence = sequence
        self.effects: list[PointsMoved | PointsRefused] = []
        self._entry = entry
        self._event: Event | None = None

    def expire(self) -> None:
        """Let go what is gone at this moment: one record for each card."""
        for campaign, of_campaign in sorted(self.cards.items()):
            for code, card in sorted(of_campaign.items()):
                left = expired(card, self._entry.at)
                if left is not card:
                    identity = self._id("expiry", f"{campaign}/{code}")
                    self._post(_Line("expired", identity, campaign, code), left, left.balance - card.balance)

    def follow(self, event: Event) -> None:
        """Do what an event ``POINTS_ADDED`` asks for, or say why that cannot be."""
        asked, self._event = event.metadata, event
        campaign, points, reverses = asked.get("campaign_id"), asked.get("points"), asked.get("reverses")
        if event.source == _TELLER or (points is None and reverses is None):
            return
        if not _is_id(campaign):
            self._refuse(event, "campaign_id", _ID, campaign)
        elif reverses is None:
            self._adjust(event, CampaignId(str(campaign)))
        elif points is None:
            self._reverse(event, CampaignId(str(campaign)))
        else:
            self._refuse(event, "points", "points or reverses, not both", points)

    def _adjust(self, event: Event, campaign: CampaignId) -> None:
        written, card_id = event.metadata.get("points"), event.metadata.get("card_id")
        points = _whole(written)
        if points is None:
            self._refuse(event, "points", _WHOLE, written)
            return
        if card_id is not None and not _is_id(card_id):
            self._refuse(event, "card_id", _ID, card_id)
            return
        code = code_of(campaign, event.customer_id, None if card_id is None else str(card_id))
        if not may_open(self.cards, campaign, code):
            self._refuse(event, "card_id", "one of the customer's cards, for no more are opened", card_id)
        elif points:
            card = card_of(self.cards, campaign, code)
            after = added(card, points) if points > 0 else spent(card, -points)
            identity = self._id("adjustment", campaign)
            self._post(_Line("adjusted", identity, campaign, code), after, points)

    def _reverse(self, event: Event, campaign: CampaignId) -> None:
        reverses, entry = event.metadata.get("reverses"), self._entry
        digest, before = digest_of(str(reverses)), len(self.effects)
        for code, card in sorted(self.cards.get(campaign, {}).items()):
            for grant in card.grants:
                if grant.event == digest and grant.stands(entry.at, entry.now):
                    identity = self._id("reversal", f"{grant.rule}/{len(self.effects)}", grant.version)
                    left = taken_back(card_of(self.cards, campaign, code), grant)
                    self._post(_Line("reversed", identity, campaign, code, grant), left, -grant.points)
        if len(self.effects) == before:
            expected = f"the id of an event whose points in {campaign} can be taken back"
            path, found = "metadata.reverses", shown(reverses)
            self.effects.append(PointsRefused(event, "nothing_to_reverse", path, expected, found))

    def _post(self, line: "_Line", card: Card, points: int) -> None:
        """Put the card in its place, and tell of the points."""
        kind, identity, campaign, code, grant = line
        self.cards = with_card(self.cards, campaign, code, card)
        self.sequence += 1
        self.effects.append(
            PointsMoved(
                identity,
                self.sequence,
                kind,
                campaign,
                id_of(campaign, self._entry.customer, code),
                None if grant is None else grant.rule,
                None if grant is None else grant.version,
                points,
                card.balance,
                self._event,
                self._entry.at,
                "time" if self._event is None else "event",
            )
        )

    def _id(self, kind: str, what: str, version: int = 1) -> RecordId:
        return record_id(kind, what, version, self._entry.customer, self._entry.cause_id)

    def _refuse(self, event: Event, attribute: str, expected: str, found: object) -> None:
        path = f"metadata.{attribute}"
        self.effects.append(PointsRefused(event, "out_of_limits", path, expected, shown(found)))


class _Line(NamedTuple):
    """What a line of the ledger says beside points and balance."""

    type: Literal["adjusted", "reversed", "expired"]
    id: RecordId
    campaign: CampaignId
    code: CardCode
    grant: Grant | None = None


def _whole(points: object) -> int | None:
    if isinstance(points, float) and points.is_integer():
        points = int(points)
    sound = isinstance(points, int) and not isinstance(points, bool) and abs(points) <= MOST_POINTS
    return points if sound else None  # type: ignore[return-value]  # a whole number


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST
