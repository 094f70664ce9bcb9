"""The ``customer.*`` events that Tidemark causes."""

import base64
import json

import pytest

from schemas.catalog import INTERNAL_DIRECTORY, load_catalog
from schemas.conformance import compile_members
from schemas.definitions import attributes_of
from schemas.outputs import output_decoder, output_encoder
from schemas.rejections import Fault
from streams.agents.internal_events import cut_record, internal_event
from streams.domain.effects import CascadeCut
from streams.domain.events import Event
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant, Milliseconds
from streams.domain.internal_events import event_of, told_of
from streams.domain.reactions import Moment
from tests.agents.test_records import CHANGED, EXPIRED, GRANTED

CUSTOMER = CustomerId("c-42")
VISIT = Event(EventId("v"), EventName("visit"), CUSTOMER, Instant(5), {}, {}, None)


def test_a_segment_change_is_an_event_of_the_customer() -> None:
    """Entering is told under Voucherify's name, dated by its cause, with an id derived from the change's."""
    assert internal_event(event_of(CUSTOMER, CHANGED)) == {
        "id": "r-1.internal",
        "event": "customer.segment.entered",
        "customer": {"source_id": "c-42"},
        "occurred_at": "1999-01-01T00:00:00Z",
        "source": "tidemark",
        "metadata": {"segment_id": "regulars", "segment_version": 3, "cause": "event"},
    }


def test_leaving_has_a_name_of_its_own() -> None:
    """The name follows the change."""
    assert (
        internal_event(event_of(CUSTOMER, CHANGED._replace(change="left")))["event"]
        == "customer.segment.left"
    )


def test_points_on_a_card_are_an_event_of_the_customer() -> None:
    """Points are told with card, campaign, rule and the balance after them."""
    event = internal_event(event_of(CUSTOMER, GRANTED))
    assert event["event"] == "customer.voucher.loyalty_card.points_added"
    assert event["id"] == "r-3.internal"
    assert event["metadata"] == {
        "campaign_id": "club",
        "card_id": "club-card",
        "earning_rule_id": "points",
        "points": 10,
        "balance": 30,
    }


def test_points_that_expired_are_an_event_of_the_customer() -> None:
    """How many they were, and what is left."""
    event = internal_event(event_of(CUSTOMER, EXPIRED))
    assert event["event"] == "customer.voucher.loyalty_card.points_expired"
    assert event["id"] == "r-4.internal"
    assert event["metadata"] == {"campaign_id": "club", "card_id": "CARD-7", "points": 10, "balance": 20}


@pytest.mark.parametrize("effect", [CHANGED, GRANTED, EXPIRED])
def test_an_internal_event_fits_its_schema(effect: object) -> None:
    """Avro takes every internal event and gives it back."""
    event = internal_event(event_of(CUSTOMER, effect))  # type: ignore[arg-type]
    encoded = output_encoder("internal-events", "avro")(event)
    assert output_decoder("internal-events", "avro")(encoded) == event


def test_a_cut_is_told_with_the_event_that_was_not_fed_back() -> None:
    """It names the customer, the event and how many more; the event itself is the value, and Avro takes it."""
    record = cut_record(CascadeCut(event_of(CUSTOMER, GRANTED), 3), "internal-events", Instant(5))
    assert (record["reason"], record["event"], record["customer_id"]) == (
        "cascade_too_deep",
        "customer.voucher.loyalty_card.points_added",
        "c-42",
    )
    assert record["found"] == "customer.voucher.loyalty_card.points_added and 2 more"
    value = json.loads(base64.b64decode(str(record["value"])))
    assert value == internal_event(event_of(CUSTOMER, GRANTED))
    encoded = output_encoder("rejected-events", "avro")(record)
    assert output_decoder("rejected-events", "avro")(encoded) == record


@pytest.mark.parametrize(
    "event",
    [
        event_of(CUSTOMER, CHANGED),
        event_of(CUSTOMER, CHANGED._replace(change="left")),
        event_of(CUSTOMER, GRANTED),
        *(
            event_of(CUSTOMER, one)  # type: ignore[arg-type]  # all of them are told
            for profile in (None, {"email": "a@x"})
            for one in told_of(VISIT, Moment("m", Instant(5), Milliseconds(0)), (profile, {}), noted=True)
        ),
    ],
    ids=lambda event: event.name,
)
def test_an_internal_event_conforms_to_its_definition(event: Event) -> None:
    """What Tidemark causes is what the catalogue says of it: a rule that was checked against it finds it so."""
    faults: list[Fault] = []
    definition = load_catalog([INTERNAL_DIRECTORY]).definitions[event.name]
    compile_members(attributes_of(definition), "metadata")(dict(event.metadata), faults)
    assert faults == []
