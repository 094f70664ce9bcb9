"""What a signal causes, as values.

Each published effect has a deterministic id and the customer's next sequence number; internal events have ids alone.

Knows nothing of topics and encodings; the customer is the one whose state was advanced.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from streams.domain.events import Event, JsonValue
from streams.domain.identities import (
    CampaignId,
    CardId,
    DistributionId,
    EarningRuleId,
    EventId,
    RecordId,
    SegmentId,
)
from streams.domain.instants import Instant
from streams.domain.validation import Failure

Change = Literal["entered", "left"]
Cause = Literal["event", "time", "profile", "definition", "backfill", "deletion"]


class SegmentChanged(NamedTuple):
    """The customer entered or left a segment."""

    id: RecordId
    sequence: int
    segment_id: SegmentId
    segment_version: int
    change: Change
    cause: Cause
    occurred_at: Instant
    """The event's for cause ``event``, the deadline for ``time``, else the moment of evaluation."""
    event_id: EventId | None


class MessageTriggered(NamedTuple):
    """A distribution sends one message."""

    id: RecordId
    sequence: int
    distribution_id: DistributionId
    distribution_version: int
    customer: Mapping[str, JsonValue]
    """The profile as it is after the signal."""
    trigger: Literal["event", "segment_entered", "segment_left"]
    cause: Cause
    event: Event | None
    segment: SegmentId | None
    message: Mapping[str, JsonValue]
    """Channel, template and data, placeholders filled."""
    occurred_at: Instant
    expires_at: Instant | None


SuppressionReason = Literal[
    "max_age", "not_started", "ended", "paused", "once", "cooldown", "max", "template"
]


class MessageSuppressed(NamedTuple):
    """A distribution would have sent a message, had something not held it back."""

    id: RecordId
    sequence: int
    distribution_id: DistributionId
    distribution_version: int
    trigger: Literal["event", "segment_entered", "segment_left"]
    cause: Cause
    event: Event | None
    segment: SegmentId | None
    reason: SuppressionReason
    until: Instant | None
    """The instant from which it would be sent, if nothing else is until then; none if that is not known, or never."""
    occurred_at: Instant
    detail: str | None = None
    """Of a template that failed: which text of the message, and what was wrong."""


class PointsGranted(NamedTuple):
    """An earning rule granted points."""

    id: RecordId
    sequence: int
    campaign_id: CampaignId
    card_id: CardId
    earning_rule_id: EarningRuleId
    rule_version: int
    points: int
    balance: int
    event: Event | None
    occurred_at: Instant
    cause: Cause = "event"

    @property
    def type(self) -> Literal["granted"]:
        """What moved the points."""
        return "granted"


class InternalOccurred(NamedTuple):
    """An internal event that no other effect tells of, such as that the customer was created."""

    event: Event
    cause: Cause

    @property
    def occurred_at(self) -> Instant:
        """The event's."""
        return self.event.occurred_at


class CascadeCut(NamedTuple):
    """Internal events set one another off so long that they were not fed back any further."""

    event: Event
    """The first that was not."""
    events: int
    """How many were not; what they would have caused is not known."""


class PointsMoved(NamedTuple):
    """Points came to a card, or went from it, otherwise than by a grant."""

    id: RecordId
    sequence: int
    type: Literal["adjusted", "reversed", "expired"]
    campaign_id: CampaignId
    card_id: CardId
    earning_rule_id: EarningRuleId | None
    """The rule whose points are taken back; none otherwise."""
    rule_version: int | None
    points: int
    """Below 0 if they went."""
    balance: int
    event: Event | None
    """The one that moved them; none for what expired."""
    occurred_at: Instant
    cause: Cause


class PointsRefused(NamedTuple):
    """An event asked to move points in a way that cannot be; its sender is told, and nothing is published."""

    event: Event
    reason: Literal["nothing_to_reverse", "out_of_limits"]
    path: str
    expected: str
    found: str


class CustomerDeleted(NamedTuple):
    """Everything that was known of the customer is gone; the receipt of that."""

    id: RecordId
    cards: tuple[tuple[CampaignId, CardId], ...]
    """The loyalty cards that went with it, each with its campaign."""
    segments: int
    """How many memberships ended, published ones and others."""
    occurred_at: Instant


RequestKind = Literal["validation", "redemption", "rollback"]
RefusalCode = Literal[
    "customer_rules_violated",
    "campaign_not_found",
    "campaign_not_active",
    "quantity_exceeded",
    "not_redeemed",
    "already_rolled_back",
]


class RedemptionDecided(NamedTuple):
    """The answer to a request to redeem, or to ask whether one may, or to roll back."""

    id: str
    """The request's."""
    sequence: int
    """0 where nothing is known of the customer, and nothing was kept."""
    kind: RequestKind
    campaign_id: CampaignId
    campaign_version: int | None
    """None if there is no such campaign."""
    valid: bool
    code: RefusalCode | None
    message: str | None
    failed: tuple[Failure, ...]
    qualifies_at: Instant | None
    """When it would be granted if nothing but time passed; none if never, or if it is."""
    decided_at: Instant
    repeated: bool
    """Whether it was answered before: then nothing happens once more."""
    cause: Cause = "event"

    @property
    def occurred_at(self) -> Instant:
        """When it was decided."""
        return self.decided_at


class DuplicateDropped(NamedTuple):
    """An event with an id seen before was ignored; counted, not published."""

    event_id: EventId


Published = SegmentChanged | MessageTriggered | MessageSuppressed | PointsGranted | PointsMoved
Unnumbered = InternalOccurred | CascadeCut | CustomerDeleted | PointsRefused | DuplicateDropped
"""Effects that have no sequence number of the customer's."""
Effect = Published | RedemptionDecided | Unnumbered
