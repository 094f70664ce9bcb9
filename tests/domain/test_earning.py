from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.advance import advance
from streams.domain.definitions import Definition
from streams.domain.earning import proportional_points
from streams.domain.effects import PointsGranted, PointsMoved
from streams.domain.events import Event
from streams.domain.instants import DAY, Instant
from streams.domain.ledger import MOST_POINTS
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Occurred
from streams.domain.state import NEW_CUSTOMER
from tests.domain.writing import after, compiled, definition, event, faults_of, metric, segment


@pytest.mark.parametrize(
    ("value", "every", "points", "expected"),
    [
        (7, "2", 1, 3),
        (7, "5", 1, 1),
        (4.99, "5", 1, 0),
        (0.3, "0.1", 1, 3),
        (1.1, "0.1", 1, 11),
        (29.99, "0.01", 2, 5998),
        (0, "1", 1, 0),
        (-7, "2", 1, 0),
        (-0.5, "1", 1, 0),
        (True, "1", 1, 0),
        ("7", "1", 1, 0),
        (None, "1", 1, 0),
        ([7], "1", 1, 0),
        (float("nan"), "1", 1, 0),
        (float("inf"), "1", 1, 0),
        (10**400, "1", 1, 0),
        (1e300, "1", 1, MOST_POINTS),
    ],
)
def test_points_in_proportion(value: object, every: str, points: int, expected: int) -> None:
    """Whole steps count, by the number as it is written; what is no number, or below 0, is worth nothing."""
    assert proportional_points(value, Decimal(every), points) == expected


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**9), st.integers(1, 10**5), st.integers(0, 4), st.integers(1, 100))
def test_exact_arithmetic(amount: int, every: int, places: int, points: int) -> None:
    """With any number of decimal places, the result is that of fractions, not of binary floating point."""
    value = float(f"{amount}e-{places}")
    step = Decimal(every).scaleb(-2)
    exact = Fraction(repr(value)) // (Fraction(every) / 100) * points
    assert proportional_points(value, step, points) == min(exact, MOST_POINTS)


POINTS = {"type": "proportional", "every": 2, "points": 3, "property": "customer.metadata.visits"}


def rule(trigger: dict[str, str], **more: Any) -> Definition:
    """An earning rule whose points follow the customer's visits."""
    return definition("earning_rule", "e", {"campaign": "club", "trigger": trigger, "points": POINTS, **more})


def earned(ruleset: Ruleset, *steps: Event | int) -> list[int]:
    """The points of each grant."""
    effects = after(NEW_CUSTOMER, ruleset, *steps)[1]
    return [effect.points for effect in effects if isinstance(effect, PointsGranted)]


def test_points_in_proportion_to_the_customer() -> None:
    """The metadata count as they are after the event; what is no number there is worth nothing."""
    ruleset = compiled(rule({"event": "visit"}))
    visits = [{"visits": 7}, {"visits": "8"}, {"visits": None}, {"visits": 1.5}, {"visits": 4}]
    steps = [event(at=at, profile={"metadata": each}) for at, each in enumerate(visits)]
    assert earned(ruleset, *steps) == [9, 6]


def test_points_in_proportion_to_a_customer_who_enters_a_segment() -> None:
    """An entered segment has no attributes, the customer has; also when time alone makes the customer enter."""
    entered = segment("s", metric("visit.last_occurred", more_than_or_equal=1))
    ruleset = compiled(entered, rule({"segment_entered": "s"}))
    assert earned(ruleset, event(at=0, profile={"metadata": {"visits": 5}}), 2 * DAY) == [6]


def test_a_segment_has_no_attributes() -> None:
    """The fault says what may stand there."""
    attribute = {**POINTS, "property": "amount"}
    entered = segment("s", metric("visit.count", more_than=0))
    (fault,) = faults_of(entered, rule({"segment_entered": "s"}, points=attribute))
    assert (fault.path, fault.expected) == (
        ("points", "property"),
        "customer.metadata.<key>, or an event as trigger",
    )


def test_an_event_may_be_too_late_to_earn_anything() -> None:
    """Points that would be past already when it comes are not granted, and use up no limit."""
    ruleset = compiled(rule({"event": "visit"}, expires="P2D", limits={"max": {"times": 1, "per": "P300D"}}))
    late = event(at=0, profile={"metadata": {"visits": 5}})
    state, _ = advance(NEW_CUSTOMER, Occurred(late, Instant(2 * DAY)), ruleset)
    assert (state.cards, state.firings, state.sequence) == ({}, {}, 0)
    assert advance(NEW_CUSTOMER, Occurred(late, Instant(2 * DAY - 1)), ruleset).state.sequence == 1


def test_points_expire_at_their_instant_once_for_each_card() -> None:
    """By time alone, with what is left then; the customer is due at the soonest date."""
    ruleset = compiled(rule({"event": "visit"}, expires="P2D"))
    first, second = (event(at=at, profile={"metadata": {"visits": 5}}) for at in (0, DAY))
    state, _ = after(NEW_CUSTOMER, ruleset, first, second)
    assert state.due == 2 * DAY
    state, effects = after(state, ruleset, 5 * DAY)
    told = [
        (e.type, e.points, e.balance, e.occurred_at, e.cause) for e in effects if isinstance(e, PointsMoved)
    ]
    assert told == [("expired", -6, 6, 2 * DAY, "time"), ("expired", -6, 0, 3 * DAY, "time")]
    assert state.due is None


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"expires": "P1M"}, ("expires",)),
        ({"expires": {"end_of": "decade"}}, ("expires", "end_of")),
        ({"reversible": "soon"}, ("reversible",)),
        ({"reverse": "P1D"}, ("reverse",)),
    ],
)
def test_faults_have_their_place(more: dict[str, Any], path: tuple[str, ...]) -> None:
    """What is no duration, no period, or no key at all."""
    assert [fault.path for fault in faults_of(rule({"event": "visit"}, **more))] == [path]
