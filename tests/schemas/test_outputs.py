"""The schema of every output topic fits the record that is written to it, in both directions."""

import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import fastavro
import pytest

from schemas.outputs import output_decoder, output_encoder, output_schema, output_topics
from schemas.rejections import Fault, rejected, rejected_record
from streams.agents import records
from streams.domain.effects import (
    Cause,
    Change,
    MessageSuppressed,
    MessageTriggered,
    PointsGranted,
    PointsMoved,
    RedemptionDecided,
    SegmentChanged,
    SuppressionReason,
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
from streams.domain.validation import Failure

T = Instant(1_795_428_000_123)
CUSTOMER = CustomerId("c-42")
REVIEWERS = SegmentId("reviewers")
EVENT = Event(
    EventId("e-1"),
    EventName("new_review"),
    CUSTOMER,
    T,
    metadata={"rating": 5, "tags": ["a"]},
    profile={},
    source="s",
)
ENTERED = SegmentChanged(RecordId("r-1"), 7, REVIEWERS, 2, "entered", "event", T, event_id=EventId("e-1"))
TRIGGERED = MessageTriggered(
    RecordId("r-2"),
    8,
    DistributionId("thanks"),
    1,
    customer={"name": "Zoë", "metadata": {"level": None}},
    trigger="event",
    cause="event",
    event=EVENT,
    segment=None,
    message={"channel": "email", "data": {"score": "5"}},
    occurred_at=T,
    expires_at=Instant(T + 1),
)
GRANTED = PointsGranted(
    RecordId("r-3"),
    9,
    CampaignId("club"),
    CardId("club:c-42"),
    EarningRuleId("bonus"),
    1,
    points=10,
    balance=30,
    event=EVENT,
    occurred_at=T,
)
EXPIRED = PointsMoved(
    RecordId("r-4"),
    10,
    "expired",
    CampaignId("club"),
    CardId("CARD-7"),
    None,
    None,
    points=-10,
    balance=-20,
    event=None,
    occurred_at=T,
    cause="time",
)
MOVES: tuple[Literal["adjusted", "reversed", "expired"], ...] = ("adjusted", "reversed", "expired")
REFUSED = RedemptionDecided(
    "q-1",
    10,
    "redemption",
    CampaignId("club"),
    3,
    valid=False,
    code="customer_rules_violated",
    message="no",
    failed=(Failure("1", "customer.segment", None),),
    qualifies_at=T,
    decided_at=T,
    repeated=False,
)
SUPPRESSED = MessageSuppressed(
    *TRIGGERED[:4], "event", "event", EVENT, None, reason="max", until=T, occurred_at=T
)
STATE = NEW_CUSTOMER._replace(
    segments={SegmentId("b"): Membership(1, T), SegmentId("a"): Membership(2, Instant(0))}, sequence=9
)
REJECTED = rejected(
    [Fault("too_large", "value", "less", "more"), Fault("future", "x", "y", "z")], "e", None, "c"
)
RECEIVED: dict[str, Any] = {"topic": "custom-events", "partition": 3, "offset": 2**40, "key": None}

RECORDS: dict[str, list[Mapping[str, Any]]] = {
    "segment-changes": [
        records.segment_change(CUSTOMER, ENTERED, T),
        records.segment_change(CUSTOMER, ENTERED._replace(cause="time", change="left", event_id=None), T),
    ],
    "distribution-triggers": [
        records.distribution_trigger(CUSTOMER, TRIGGERED, T),
        records.distribution_trigger(
            CUSTOMER,
            TRIGGERED._replace(event=None, segment=REVIEWERS, expires_at=None, trigger="segment_left"),
            T,
        ),
    ],
    "distribution-suppressions": [
        records.distribution_suppression(CUSTOMER, SUPPRESSED, T),
        records.distribution_suppression(
            CUSTOMER, SUPPRESSED._replace(event=None, segment=REVIEWERS, reason="once", until=None), T
        ),
        records.distribution_suppression(
            CUSTOMER, SUPPRESSED._replace(detail="data.share: no", until=None), T
        ),
    ],
    "point-events": [
        records.point_event(CUSTOMER, GRANTED, T),
        records.point_event(CUSTOMER, GRANTED._replace(event=None), T),
        *(records.point_event(CUSTOMER, EXPIRED._replace(type=each), T) for each in MOVES),
    ],
    "segment-memberships": [
        records.segment_membership(CUSTOMER, STATE, T),
        records.segment_membership(CUSTOMER, NEW_CUSTOMER, T),
    ],
    "point-balances": [records.point_balance(CUSTOMER, GRANTED, T)],
    "rejected-events": [
        rejected_record(
            REJECTED,
            rejected_at=T,
            timestamp=-1,
            value=b"\xff\x00",
            headers=[("h", None), ("h", b"1")],
            **RECEIVED,
        ),
        rejected_record(REJECTED, rejected_at=T, timestamp=T, value=None, headers=None, **RECEIVED),
    ],
    "internal-events": [
        {
            "id": "r-9",
            "event": "customer.segment.entered",
            "customer": {"source_id": "c-42"},
            "occurred_at": "2026-11-23T10:00:00.123Z",
            "source": "tidemark",
            "metadata": {"segment": {"id": "reviewers"}},
        }
    ],
    "redemption-decisions": [
        records.redemption_decision(CUSTOMER, REFUSED, T),
        records.redemption_decision(
            CUSTOMER, REFUSED._replace(valid=True, code=None, failed=(), qualifies_at=None), T
        ),
    ],
}
CASES = [(topic, record) for topic, records_ in RECORDS.items() for record in records_]


def test_every_output_topic_has_a_schema() -> None:
    """The topics of the design that Tidemark writes for others, each with its schema."""
    assert set(output_topics()) == set(RECORDS)


@pytest.mark.parametrize(("topic", "record"), CASES)
def test_the_schema_has_every_field_and_no_other(topic: str, record: Mapping[str, Any]) -> None:
    """Record and schema name the same fields in the same order, nested ones included."""
    assert_same_fields(output_schema(topic), record)


def assert_same_fields(schema: Any, value: Any) -> None:
    """Compare the names below a schema with those below a value."""
    if isinstance(schema, list):
        schema = None if value is None else next(branch for branch in schema if branch != "null")
    if not isinstance(schema, dict):
        return
    if schema["type"] == "record":
        assert list(value) == [field["name"] for field in schema["fields"]]
        for field in schema["fields"]:
            assert_same_fields(field["type"], value[field["name"]])
    elif schema["type"] == "array":
        for item in value:
            assert_same_fields(schema["items"], item)


@pytest.mark.parametrize("encoding", ["json", "avro"])
@pytest.mark.parametrize(("topic", "record"), CASES)
def test_a_record_is_read_back_as_it_was_written(
    topic: str, record: Mapping[str, Any], encoding: Any
) -> None:
    """What a consumer reads is the JSON form of what was written, in either encoding."""
    assert output_decoder(topic, encoding)(output_encoder(topic, encoding)(record)) == record


@pytest.mark.parametrize("topic", output_topics())
def test_the_schema_is_legal_and_explains_every_field(topic: str) -> None:
    """Avro accepts the schema, and each field at every depth has a doc."""
    schema = output_schema(topic)
    fastavro.parse_schema(json.loads(json.dumps(schema)))
    assert schema["doc"]
    for field in fields_of(schema):
        assert field["doc"].endswith(".")


def fields_of(schema: Any) -> list[dict[str, Any]]:
    """All fields at every depth."""
    if isinstance(schema, list):
        return [field for branch in schema for field in fields_of(branch)]
    if not isinstance(schema, dict):
        return []
    inner = [field for key in ("type", "items") if key in schema for field in fields_of(schema[key])]
    own = schema.get("fields", [])
    return [*own, *inner, *(deeper for field in own for deeper in fields_of(field))]


@pytest.mark.parametrize(
    ("topic", "field", "words"),
    [
        ("segment-changes", "change", get_args(Change)),
        ("segment-changes", "cause", get_args(Cause)),
        ("distribution-triggers", "cause", get_args(Cause)),
        ("distribution-triggers", "trigger", ("event", "segment_entered", "segment_left")),
        ("distribution-suppressions", "cause", get_args(Cause)),
        ("distribution-suppressions", "trigger", ("event", "segment_entered", "segment_left")),
        ("distribution-suppressions", "reason", get_args(SuppressionReason)),
    ],
)
def test_closed_lists_are_those_of_the_heart(topic: str, field: str, words: tuple[str, ...]) -> None:
    """An enum has exactly the words that the heart may use."""
    schema = next(one for one in output_schema(topic)["fields"] if one["name"] == field)
    assert schema["type"]["symbols"] == list(words)


@pytest.mark.parametrize("maker", [output_schema, lambda topic: output_encoder(topic, "json")])
def test_a_topic_that_is_no_output(maker: Callable[[str], object]) -> None:
    """Asking for one is our own mistake, and names the topics that there are."""
    with pytest.raises(
        KeyError,
        match="custom-events is no output topic; there are distribution-suppressions, distribution-triggers",
    ):
        maker("custom-events")


def test_another_library_reads_the_avro() -> None:
    """A consumer with fastavro and the published schema gets instants as datetimes."""
    value = output_encoder("segment-changes", "avro")(RECORDS["segment-changes"][0])
    schema = fastavro.parse_schema(output_schema("segment-changes"))
    record = fastavro.schemaless_reader(io.BytesIO(value[10:]), schema, None)
    assert record["occurred_at"] == datetime(2026, 11, 23, 10, 0, 0, 123_000, tzinfo=UTC)
    assert (record["segment_id"], record["change"], record["event_id"]) == ("reviewers", "entered", "e-1")
