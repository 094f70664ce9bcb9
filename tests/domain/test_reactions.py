from typing import Any

from streams.domain.definitions import Definition
from streams.domain.effects import MessageTriggered, PointsGranted, Published
from streams.domain.events import Event
from streams.domain.instants import DAY
from streams.domain.record_ids import card_id, record_id
from streams.domain.state import NEW_CUSTOMER
from tests.domain.writing import CUSTOMER, after, compiled, definition, event, metric, segment

ENTER = segment("s", metric("visit.count", more_than=0))
MESSAGE = {"message": {"text": "{{customer.name}}"}}


def distribution(name: str, trigger: dict[str, str], **more: Any) -> Definition:
    """A distribution."""
    return definition("distribution", name, {"trigger": trigger, **MESSAGE, **more}, version=4)


def caused(definitions: list[Definition], *steps: Event | int) -> list[Published]:
    """What is published after these steps."""
    _, effects = after(NEW_CUSTOMER, compiled(*definitions), *steps)
    return [effect for effect in effects if isinstance(effect, Published)]


def test_order_and_sequence() -> None:
    """Changes, the event's messages, the changes' messages, points by id; numbered in that order."""
    points = {"campaign": "club", "points": {"type": "fixed", "value": 1}}
    effects = caused(
        [
            ENTER,
            distribution("a", {"segment_entered": "s"}),
            distribution("z", {"event": "visit"}),
            definition("earning_rule", "y", {"trigger": {"event": "visit"}, **points}),
            definition("earning_rule", "x", {"trigger": {"segment_entered": "s"}, **points}),
        ],
        event(at=1),
    )
    named = [getattr(e, "distribution_id", None) or getattr(e, "earning_rule_id", None) for e in effects]
    assert named == [None, "z", "a", "x", "y"]
    assert [effect.sequence for effect in effects] == [1, 2, 3, 4, 5]


def test_ids_are_derived_from_definition_customer_and_cause() -> None:
    """Definition, version, customer and what caused it make the id; the deadline is the cause when time is."""
    fresh = segment("fresh", metric("visit.last_occurred", less_than=1))
    left = distribution("gone", {"segment_left": "fresh"})
    first, second, third = caused([fresh, left], event(at=5), 2 * DAY)
    assert first.id == record_id("segment", "fresh", 1, CUSTOMER, "event:5:visit-5")
    assert second.id == record_id("segment", "fresh", 1, CUSTOMER, f"time:{DAY + 5}")
    assert third.id == record_id("distribution", "gone", 4, CUSTOMER, f"time:{DAY + 5}")


def test_an_id_that_comes_again_after_the_window_is_another_cause() -> None:
    """Events of one id that both count have records of different ids, so that nobody takes one for the other."""
    greeting = distribution("hello", {"event": "visit"})
    first, second = event(at=0, event_id="again"), event(at=2 * DAY, event_id="again")
    effects = caused([greeting, ENTER], first, second)
    assert len({effect.id for effect in effects}) == len(effects) == 3


def test_a_message_carries_the_customer_as_it_is_then() -> None:
    """The profile is that after the event, and stays so when the customer changes later."""
    effects = caused(
        [distribution("d", {"event": "visit"})],
        event(at=1, profile={"name": "Ann"}),
        event(at=2, profile={"name": "Bea"}),
    )
    messages = [effect for effect in effects if isinstance(effect, MessageTriggered)]
    assert [(m.customer, m.message) for m in messages] == [({"name": n}, {"text": n}) for n in ("Ann", "Bea")]


def test_limits_hold_for_each_definition_alone() -> None:
    """One distribution's cooldown does not hold back another; only limited ones are remembered."""
    definitions = [
        distribution("a", {"event": "visit"}, limits={"cooldown": "P1D"}),
        distribution("b", {"event": "visit"}),
    ]
    state, effects = after(NEW_CUSTOMER, compiled(*definitions), event(at=1), event(at=2))
    assert [effect.distribution_id for effect in effects if isinstance(effect, MessageTriggered)] == [
        "a",
        "b",
        "b",
    ]
    assert state.firings == {"distribution/a": (1,)}


def test_no_points_do_not_use_up_a_limit() -> None:
    """An event worth nothing neither grants nor counts as a firing."""
    body = {
        "campaign": "club",
        "trigger": {"event": "review"},
        "points": {"type": "proportional", "every": 5, "points": 1, "property": "rating"},
        "limits": {"cooldown": "P1D"},
    }
    effects = caused(
        [definition("earning_rule", "e", body)],
        event("review", at=1, metadata={"rating": 4}),
        event("review", at=2, metadata={"rating": 11}),
    )
    (granted,) = effects
    assert isinstance(granted, PointsGranted)
    assert (granted.points, granted.balance, granted.card_id) == (
        2,
        2,
        card_id(granted.campaign_id, CUSTOMER),
    )
