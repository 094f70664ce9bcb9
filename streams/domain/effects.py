"""What a signal causes, as values.

Each published effect has a deterministic id and the customer's next sequence number.

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

    @property
    def type(self) -> Literal["granted"]:
        """What moved the points."""
        return "granted"


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


class DuplicateDropped(NamedTuple):
    """An event with an id seen before was ignored; counted, not published."""

    event_id: EventId


Published = SegmentChanged | MessageTriggered | PointsGranted | PointsMoved
Unnumbered = DuplicateDropped | PointsRefused
"""Effects that have no sequence number of the customer's."""
Effect = Published | Unnumbered
