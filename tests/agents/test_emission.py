"""Effects become records: which topic, which key, in which order, and what is counted."""

import json

import pytest

from streams.agents.emission import Emission
from streams.domain.effects import CascadeCut, CustomerDeleted, DuplicateDropped, PointsRefused
from streams.domain.events import Event
from streams.domain.identities import CampaignId, CardId, CustomerId, EventId, EventName, RecordId
from streams.domain.instants import Instant, Milliseconds
from streams.domain.internal_events import event_of, internally
from streams.domain.internal_names import CREATED
from streams.domain.reactions import Moment
from streams.domain.record_ids import balance_key, card_id
from streams.engine.metrics import Metrics, count
from streams.engine.unit_of_work import UnitOfWork
from tests.agents.shop import channels
from tests.agents.test_records import CHANGED, EXPIRED, GRANTED, STATE, TRIGGERED

CUSTOMER = CustomerId("c-42")
NOW = Instant(915_148_800_001)
CLUB_CARD = (GRANTED.campaign_id, CUSTOMER, GRANTED.card_id)


def emitted(*effects: object, metrics: Metrics | None = None) -> UnitOfWork:
    """A unit with the records of these effects."""
    unit, emission = UnitOfWork(0.0), Emission(channels(), metrics or Metrics())
    emission.emit(CUSTOMER, effects, unit, NOW)  # type: ignore[arg-type]
    count(unit.tally)
    return unit


def test_effects_are_written_in_their_order() -> None:
    """Each effect goes to its topic, its internal event right behind it, all under the customer's id."""
    unit = emitted(CHANGED, TRIGGERED, GRANTED)
    assert [output.topic for output in unit.outputs] == [
        "segment-changes",
        "internal-events",
        "distribution-triggers",
        "point-events",
        "internal-events",
    ]
    assert {output.key for output in unit.outputs} == {b"c-42"}


def test_a_message_that_no_topic_takes_goes_without_its_data() -> None:
    """Data that repeat a large attribute can outgrow a record: the message is still triggered, and small."""
    fits = TRIGGERED._replace(message={"channel": "email", "data": {"text": "x" * 7_000_000}})
    too_large = TRIGGERED._replace(message={"channel": "email", "data": {"text": "x" * 8_000_000}})
    unit = emitted(fits, too_large)
    whole, bare = (json.loads(output.value or b"") for output in unit.outputs)
    assert len(whole["message"]["data"]["text"]) == 7_000_000
    assert (bare["id"], bare["message"], bare["event"]["metadata"]) == (TRIGGERED.id, {}, {})
    assert bare["customer"] == whole["customer"]


def test_a_balance_is_written_once_for_each_card() -> None:
    """Several grants in one transaction leave one record of the balance, the last, under customer and card."""
    unit = emitted(GRANTED, GRANTED._replace(balance=40), GRANTED._replace(balance=50))
    unit.close([])
    balances = [output for output in unit.outputs if output.topic == "point-balances"]
    assert [output.key for output in balances] == [balance_key(*CLUB_CARD).encode()]
    assert json.loads(balances[0].value or b"")["balance"] == 50


def test_what_moves_on_a_card_is_written_with_its_balance() -> None:
    """Of what expired an internal event tells; what an event moved, that event has told."""
    unit = emitted(EXPIRED, EXPIRED._replace(type="adjusted", points=5, balance=25, cause="event"))
    unit.close([])
    assert [output.topic for output in unit.outputs] == [
        "point-events",
        "internal-events",
        "point-events",
        "point-balances",
    ]
    assert json.loads(unit.outputs[-1].value or b"")["balance"] == 25


def test_who_is_deleted_is_taken_out_of_the_balances() -> None:
    """A tombstone under the very key of each card, whether it has a code or not."""
    club = CampaignId("club")
    cards = ((club, card_id(club, CUSTOMER)), (club, CardId("CARD-7")))
    unit = emitted(
        *(GRANTED._replace(campaign_id=campaign, card_id=card) for campaign, card in cards),
        CustomerDeleted(RecordId("r-9"), cards, 0, NOW),
    )
    unit.close([])
    tombstones = {output.key for output in unit.outputs if output.topic == "point-balances"}
    assert len(tombstones) == 2
    assert all(output.value is None for output in unit.outputs if output.topic == "point-balances")


def test_who_asked_too_much_is_not_told_here() -> None:
    """A refusal goes to the rejected events with the record that it came from, which is not known here."""
    event = Event(EventId("e"), EventName("x"), CUSTOMER, NOW, {}, {}, None)
    assert emitted(PointsRefused(event, "nothing_to_reverse", "a", "b", "c")).outputs == []


def test_memberships_are_written_once_for_each_customer() -> None:
    """Only the memberships that a transaction ends with are written, behind the changes that made them."""
    unit, emission = emitted(CHANGED), Emission(channels(), Metrics())
    emission.membership(CUSTOMER, STATE._replace(segments={}), unit, NOW)
    emission.membership(CUSTOMER, STATE, unit, NOW)
    unit.close([])
    last = unit.outputs[-1]
    assert [output.topic for output in unit.outputs].count("segment-memberships") == 1
    assert (last.topic, last.key) == ("segment-memberships", b"c-42")
    assert [held["segment_id"] for held in json.loads(last.value or b"")["segments"]] == ["a", "z"]


def test_a_duplicate_is_counted_and_not_written() -> None:
    """Nothing is published for an event that was seen before."""
    metrics = Metrics()
    assert emitted(DuplicateDropped(EventId("e-1")), metrics=metrics).outputs == []
    assert metrics.registry.get_sample_value("tidemark_events_duplicate_total") == 1


def test_what_is_written_is_counted_by_what_it_is() -> None:
    """Changes by segment and cause, messages by distribution, points by rule and by their number."""
    metrics = Metrics()
    emitted(CHANGED, CHANGED, TRIGGERED, GRANTED, EXPIRED, metrics=metrics)
    value = metrics.registry.get_sample_value
    change = {"segment": "regulars", "change": "entered", "cause": "event"}
    assert value("tidemark_segment_changes_total", change) == 2
    assert value("tidemark_distribution_triggers_total", {"distribution": "thanks"}) == 1
    assert value("tidemark_points_granted_total", {"earning_rule": "points"}) == 10
    assert value("tidemark_point_moves_total", {"type": "expired"}) == 1


def test_nothing_is_counted_before_it_is_committed() -> None:
    """A unit that is dropped leaves the metrics as they were."""
    metrics, unit = Metrics(), UnitOfWork(0.0)
    Emission(channels(), metrics).emit(CUSTOMER, [TRIGGERED], unit, NOW)
    name, labels = "tidemark_distribution_triggers_total", {"distribution": "thanks"}
    assert metrics.registry.get_sample_value(name, labels) is None
    count(unit.tally)
    assert metrics.registry.get_sample_value(name, labels) == 1


def test_a_rejection_stands_under_its_identity() -> None:
    """The key is the one that it is handed over with."""
    unit = UnitOfWork(0.0)
    Emission(channels(), Metrics()).rejected("custom-events-2-100", {"reason": "empty_value"}, unit)
    (output,) = unit.outputs
    assert (output.topic, output.key) == ("rejected-events", b"custom-events-2-100")
    assert output.value == b'{"reason":"empty_value"}'


def test_an_internal_event_goes_to_its_topic_as_it_is() -> None:
    """One that no other effect tells of stands alone, under the customer's id."""
    moment = Moment("m", NOW, Milliseconds(0))
    created = internally(CREATED, CUSTOMER, {"by": "visit"}, moment, "event")
    (output,) = emitted(created).outputs
    assert (output.topic, output.key) == ("internal-events", b"c-42")
    assert json.loads(output.value or b"") == {
        "id": created.event.id,
        "event": "customer.created",
        "customer": {"source_id": "c-42"},
        "occurred_at": "1999-01-01T00:00:00.001Z",
        "source": "tidemark",
        "metadata": {"by": "visit"},
    }


def test_a_cut_is_loud(caplog: pytest.LogCaptureFixture) -> None:
    """A record among the rejected events, an error in the log with event and customer, a metric."""
    metrics = Metrics()
    cut = event_of(CUSTOMER, GRANTED)
    (output,) = emitted(CascadeCut(cut, 2), metrics=metrics).outputs
    assert (output.topic, output.key) == ("rejected-events", cut.id.encode())
    assert json.loads(output.value or b"")["reason"] == "cascade_too_deep"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "customer.voucher.loyalty_card.points_added of customer c-42" in caplog.text
    assert metrics.registry.get_sample_value("tidemark_cascades_cut_total") == 1
