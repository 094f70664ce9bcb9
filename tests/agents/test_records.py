"""The records that leave, field by field, as the design page and the published schemas have them."""

from collections.abc import Mapping
from typing import Any

import pytest

from schemas.outputs import output_decoder, output_encoder, output_schema
from streams.agents import records
from streams.domain.effects import (
    MessageSuppressed,
    MessageTriggered,
    PointsGranted,
    PointsMoved,
    SegmentChanged,
)
from streams.domain.events import Event
from streams.domain.identities import (
    CampaignId,
    CardId,
    CustomerId,
    DistributionId,
    EarningRuleId,
    EventId,
    EventName,
    RecordId,
    SegmentId,
)
from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, Membership

CUSTOMER = CustomerId("c-42")
AT = Instant(915_148_800_000)  # 1999-01-01T00:00:00Z
SOON = Instant(AT + 1)
EVENT = Event(
    EventId("e-1"), EventName("purchase"), CUSTOMER, AT, {"amount": 9.5}, {"email": "a@b.c"}, "till"
)
CHANGED = SegmentChanged(RecordId("r-1"), 7, SegmentId("regulars"), 3, "entered", "event", AT, EventId("e-1"))
TRIGGERED = MessageTriggered(
    id=RecordId("r-2"),
    sequence=8,
    distribution_id=DistributionId("thanks"),
    distribution_version=2,
    customer={"email": "a@b.c"},
    trigger="event",
    cause="event",
    event=EVENT,
    segment=None,
    message={"channel": "email", "data": {"amount": 9.5}},
    occurred_at=AT,
    expires_at=SOON,
)
GRANTED = PointsGranted(
    id=RecordId("r-3"),
    sequence=9,
    campaign_id=CampaignId("club"),
    card_id=CardId("club-card"),
    earning_rule_id=EarningRuleId("points"),
    rule_version=1,
    points=10,
    balance=30,
    event=EVENT,
    occurred_at=AT,
)
EXPIRED = PointsMoved(
    id=RecordId("r-4"),
    sequence=10,
    type="expired",
    campaign_id=CampaignId("club"),
    card_id=CardId("CARD-7"),
    earning_rule_id=None,
    rule_version=None,
    points=-10,
    balance=20,
    event=None,
    occurred_at=AT,
    cause="time",
)
SUPPRESSED = MessageSuppressed(
    id=RecordId("r-4"),
    sequence=10,
    distribution_id=DistributionId("thanks"),
    distribution_version=2,
    trigger="event",
    cause="event",
    event=EVENT,
    segment=None,
    reason="cooldown",
    until=SOON,
    occurred_at=AT,
)
STATE = NEW_CUSTOMER._replace(
    segments={SegmentId("z"): Membership(1, SOON), SegmentId("a"): Membership(2, AT)}, sequence=9
)

EXPECTED: Mapping[str, tuple[records.Record, dict[str, Any]]] = {
    "segment-changes": (
        records.segment_change(CUSTOMER, CHANGED, SOON),
        {
            "id": "r-1",
            "sequence": 7,
            "customer_id": "c-42",
            "segment_id": "regulars",
            "segment_version": 3,
            "change": "entered",
            "cause": "event",
            "occurred_at": "1999-01-01T00:00:00Z",
            "emitted_at": "1999-01-01T00:00:00.001Z",
            "event_id": "e-1",
        },
    ),
    "distribution-triggers": (
        records.distribution_trigger(CUSTOMER, TRIGGERED, SOON),
        {
            "id": "r-2",
            "sequence": 8,
            "distribution_id": "thanks",
            "distribution_version": 2,
            "customer_id": "c-42",
            "customer": {"email": "a@b.c"},
            "trigger": "event",
            "cause": "event",
            "event": {"id": "e-1", "name": "purchase", "metadata": {"amount": 9.5}},
            "segment": None,
            "message": {"channel": "email", "data": {"amount": 9.5}},
            "occurred_at": "1999-01-01T00:00:00Z",
            "emitted_at": "1999-01-01T00:00:00.001Z",
            "expires_at": "1999-01-01T00:00:00.001Z",
        },
    ),
    "distribution-suppressions": (
        records.distribution_suppression(CUSTOMER, SUPPRESSED, SOON),
        {
            "id": "r-4",
            "sequence": 10,
            "distribution_id": "thanks",
            "distribution_version": 2,
            "customer_id": "c-42",
            "trigger": "event",
            "cause": "event",
            "event": {"id": "e-1", "name": "purchase"},
            "segment": None,
            "reason": "cooldown",
            "until": "1999-01-01T00:00:00.001Z",
            "detail": None,
            "occurred_at": "1999-01-01T00:00:00Z",
            "emitted_at": "1999-01-01T00:00:00.001Z",
        },
    ),
    "point-events": (
        records.point_event(CUSTOMER, GRANTED, SOON),
        {
            "id": "r-3",
            "sequence": 9,
            "customer_id": "c-42",
            "campaign_id": "club",
            "card_id": "club-card",
            "type": "granted",
            "earning_rule_id": "points",
            "rule_version": 1,
            "points": 10,
            "balance": 30,
            "event": {"id": "e-1", "name": "purchase"},
            "occurred_at": "1999-01-01T00:00:00Z",
            "emitted_at": "1999-01-01T00:00:00.001Z",
        },
    ),
    "segment-memberships": (
        records.segment_membership(CUSTOMER, STATE, SOON),
        {
            "customer_id": "c-42",
            "sequence": 9,
            "segments": [
                {"segment_id": "a", "segment_version": 2, "entered_at": "1999-01-01T00:00:00Z"},
                {"segment_id": "z", "segment_version": 1, "entered_at": "1999-01-01T00:00:00.001Z"},
            ],
            "emitted_at": "1999-01-01T00:00:00.001Z",
        },
    ),
    "point-balances": (
        records.point_balance(CUSTOMER, GRANTED, SOON),
        {
            "customer_id": "c-42",
            "campaign_id": "club",
            "card_id": "club-card",
            "balance": 30,
            "sequence": 9,
            "emitted_at": "1999-01-01T00:00:00.001Z",
        },
    ),
}


@pytest.mark.parametrize("topic", EXPECTED)
def test_a_record_has_the_published_form(topic: str) -> None:
    """Every field is there under its published name, instants in RFC 3339."""
    record, expected = EXPECTED[topic]
    assert record == expected


@pytest.mark.parametrize("topic", EXPECTED)
def test_a_record_has_the_fields_of_its_schema(topic: str) -> None:
    """What is written and what the schema promises are the same fields, in the same order."""
    record, _ = EXPECTED[topic]
    assert list(record) == [field["name"] for field in output_schema(topic)["fields"]]


@pytest.mark.parametrize("topic", EXPECTED)
def test_a_record_survives_either_encoding(topic: str) -> None:
    """JSON and Avro decode to the record that was written."""
    record, _ = EXPECTED[topic]
    for encoding in ("json", "avro"):
        assert output_decoder(topic, encoding)(output_encoder(topic, encoding)(record)) == record


def test_what_time_caused_names_no_event() -> None:
    """Without an event the places for one are null."""
    by_time = CHANGED._replace(cause="time", event_id=None)
    assert records.segment_change(CUSTOMER, by_time, SOON)["event_id"] is None
    unending = TRIGGERED._replace(event=None, segment=SegmentId("regulars"), expires_at=None)
    record = records.distribution_trigger(CUSTOMER, unending, SOON)
    assert (record["event"], record["segment"], record["expires_at"]) == (None, "regulars", None)
    assert records.point_event(CUSTOMER, GRANTED._replace(event=None), SOON)["event"] is None


def test_what_expired_names_neither_rule_nor_event() -> None:
    """The form is that of every point event; the points are below 0, for they went."""
    record = records.point_event(CUSTOMER, EXPIRED, SOON)
    assert record.keys() == EXPECTED["point-events"][1].keys()
    assert record == EXPECTED["point-events"][1] | {
        "id": "r-4",
        "sequence": 10,
        "card_id": "CARD-7",
        "type": "expired",
        "earning_rule_id": None,
        "rule_version": None,
        "points": -10,
        "balance": 20,
        "event": None,
    }
