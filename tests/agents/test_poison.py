"""What the agent does when our own code breaks at a record or a deadline: that one is parked, all others go on."""

import base64
import json

import pytest

from streams.agents import customers
from streams.agents.ticks import write_tick
from streams.domain.advance import Transition, advance
from streams.domain.instants import parse_instant
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Occurred, Signal, Tick
from streams.domain.state import CustomerState
from streams.engine.errors import StoreFailed
from streams.engine.poison import Poisoned, TooMuchPoison
from streams.engine.state_store import StateStore
from tests.agents.shop import POINTS, RECENT, Shop, purchase, written

JANUARY = "1999-01-01T00:00:00Z"


class Breaking:
    """The heart, but for a customer at whose events or deadlines it divides by zero."""

    def __init__(self, customer: str, kind: type[Signal]) -> None:
        self.customer, self.kind = customer, kind

    def __call__(self, state: CustomerState, signal: Signal, ruleset: Ruleset) -> Transition:
        """Advance, or break."""
        moved = signal.event.customer_id if isinstance(signal, Occurred) else signal.customer_id
        if isinstance(signal, self.kind) and moved == self.customer:
            raise ZeroDivisionError("broken here")
        return advance(state, signal, ruleset)


def test_a_record_that_breaks_the_heart_is_parked_when_it_comes_again(
    store: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time it goes to ``rejected-events``, bytes and traceback and all, and those around it count."""
    shop = Shop(store, POINTS)
    monkeypatch.setattr(customers, "advance", Breaking("bad", Occurred))
    batch = [purchase(customer, JANUARY) for customer in ("good", "bad", "better")]
    with pytest.raises(Poisoned):
        shop.take(*batch)
    assert shop.counted("poison", kind="record") == 1
    shop.begin_again()
    unit = shop.take(*batch)
    (parked,) = written(unit, "rejected-events")
    assert (parked["reason"], parked["found"]) == ("internal_error", "ZeroDivisionError: broken here")
    assert "in __call__" in parked["traceback"]
    assert json.loads(base64.b64decode(parked["value"])) == batch[1]
    assert [points["customer_id"] for points in written(unit, "point-events")] == ["good", "better"]
    assert shop.counted("events_rejected", reason="internal_error", event="", source="") == 1


def test_a_deadline_that_breaks_the_heart_holds_up_nobody_else(
    store: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The customer's entry stays in the due index, where it shows as overdue; the others are taken."""
    shop = Shop(store, RECENT)
    shop.take(*(purchase(customer, JANUARY) for customer in ("bad", "good")))
    monkeypatch.setattr(customers, "advance", Breaking("bad", Tick))
    shop.take(None, headers=write_tick(parse_instant("1999-03-01T00:00:00Z")))
    with pytest.raises(Poisoned):
        shop.let_time_pass()
    shop.begin_again()
    shop.take(None, headers=write_tick(parse_instant("1999-03-01T00:00:00Z")))
    unit = shop.let_time_pass()
    assert [change["customer_id"] for change in written(unit, "segment-changes")] == ["good"]
    assert "bad" in shop.agent.parked
    assert shop.partition.earliest_due() == parse_instant("1999-01-06T00:00:00Z")


def test_too_much_poison_stops_the_worker(store: StateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two records that break a worker which may park one, the second one is the worker's end, and it says why."""
    shop = Shop(store, POINTS)
    monkeypatch.setattr(customers, "advance", Breaking("bad", Occurred))
    with pytest.raises(Poisoned):
        shop.take(purchase("bad", JANUARY))
    with pytest.raises(
        TooMuchPoison, match=r"2 records or deadlines broke Tidemark, more than TIDEMARK_POISON_LIMIT"
    ):
        shop.take(purchase("bad", "1999-01-02T00:00:00Z"))


def test_what_is_no_fault_of_a_record_is_no_poison(
    store: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that fails while a record is applied ends the worker; the record is not blamed."""
    shop = Shop(store, POINTS)

    def full(*_: object) -> None:
        raise StoreFailed("the disk is full")

    monkeypatch.setattr(customers, "advance", full)
    with pytest.raises(StoreFailed):
        shop.take(purchase("c", JANUARY))
    assert shop.counted("poison", kind="record") == 0
