"""Events that count, and ask to move points: what can be is done, what cannot be is told to their sender."""

import base64
import json

from confluent_kafka import Message

from streams.agents.turn import Turn
from streams.domain.effects import PointsRefused
from streams.domain.events import Event
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant
from streams.domain.internal_names import POINTS_ADDED
from streams.engine.state_store import StateStore
from streams.engine.unit_of_work import UnitOfWork
from tests.agents.shop import REVERSIBLE, WRITTEN_AT, Record, Shop, in_force, purchase, written

JANUARY = "1999-01-01T00:00:00Z"


def reversal(of: str) -> Record:
    """An event that takes back what another earned."""
    return purchase(
        "c", "1999-01-02T00:00:00Z", event=POINTS_ADDED, metadata={"campaign_id": "club", "reverses": of}
    )


def test_a_reversal_of_nothing_is_rejected_and_counts(store: StateStore) -> None:
    """The record goes to the rejected events with its own bytes; the event has been counted like any other."""
    asked = reversal("c-1998")
    shop = Shop(store, REVERSIBLE)
    unit = shop.take(purchase("c", JANUARY), asked)
    (rejection,) = written(unit, "rejected-events")
    assert (rejection["reason"], rejection["path"]) == ("nothing_to_reverse", "metadata.reverses")
    assert json.loads(base64.b64decode(rejection["value"])) == asked
    assert len(written(unit, "point-events")) == 1
    # The points of the purchase are one, of which Tidemark told; what came from outside is the other.
    assert shop.partition.load("c").occurrences[EventName(POINTS_ADDED)].count == 2
    assert shop.counted("events", event=POINTS_ADDED) == 1


def test_a_return_moves_points_and_their_balance(store: StateStore) -> None:
    """What a purchase earned is taken back; the newest balance of the card says so."""
    asked = reversal(f"c-{JANUARY}")
    shop = Shop(store, REVERSIBLE)
    unit = shop.take(purchase("c", JANUARY), asked)
    assert [each["balance"] for each in written(unit, "point-balances")] == [0]
    found = [(each["type"], each["points"], each["balance"]) for each in written(unit, "point-events")]
    assert found == [("granted", 10, 10), ("reversed", -10, 0)]
    assert written(unit, "rejected-events") == []


def test_each_rejection_has_a_key_of_its_own(store: StateStore) -> None:
    """It is the place and time of the record, the same when it is read again; the key received is in the record."""
    shop = Shop(store)
    first = shop.take(b"{", b"[")
    shop.begin_again()
    again = shop.take(b"{", b"[")
    keys = [output.key for output in first.outputs]
    assert keys == [b"custom-events-2-100@1999-06-01T00:00:00Z", b"custom-events-2-101@1999-06-01T00:00:00Z"]
    assert [output.key for output in again.outputs] == keys
    assert {record["key"] for record in written(first, "rejected-events")} == {
        base64.b64encode(b"k").decode()
    }


def test_several_rejections_of_one_record_share_no_key(store: StateStore) -> None:
    """An event that asks for points in several ways that cannot be leaves a record for each."""
    shop, unit = Shop(store), UnitOfWork(0.0)
    event = Event(EventId("e"), EventName("x"), CustomerId("c"), Instant(0), {}, {}, None)
    refused = PointsRefused(event, "nothing_to_reverse", "a", "b", "c")
    message = Message(
        topic="custom-events", partition=2, offset=7, key=b"k", value=b"{}", timestamp=(1, WRITTEN_AT)
    )
    turn = Turn(shop.partition, unit, Instant(WRITTEN_AT), in_force().ruleset)
    shop.agent.rejecting.refuse_points([refused, refused, refused], message, None, turn)
    place = b"custom-events-2-7@1999-06-01T00:00:00Z"
    assert [output.key for output in unit.outputs] == [place, place + b"#2", place + b"#3"]
