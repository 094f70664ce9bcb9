"""Events that count, and ask to move points: what can be is done, what cannot be is told to their sender."""

import base64
import json

from streams.domain.identities import EventName
from streams.domain.internal_names import POINTS_ADDED
from streams.engine.state_store import StateStore
from tests.agents.shop import REVERSIBLE, Record, Shop, purchase, written

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
