"""Definitions that certainly set themselves off without end are refused; all others are not."""

from typing import Any

import pytest

from streams.domain.definitions import Definition
from streams.domain.endless import note_endless

ADDED = "customer.voucher.loyalty_card.points_added"
FIXED = {"type": "fixed", "value": 5}


def proportional(every: float, points: int, attribute: str = "points") -> dict[str, Any]:
    """Points for points."""
    return {"type": "proportional", "every": every, "points": points, "property": attribute}


def faults(**more: Any) -> list[tuple[str, Any, Any]]:
    """What is wrong with an earning rule that is triggered by points, unless said otherwise."""
    body = {"campaign": "club", "trigger": {"event": ADDED}, "points": FIXED, **more}
    noted: list[Any] = []
    note_endless([Definition("earning_rule", "again", 1, body)], noted)
    return [(fault.id, fault.path, fault.hint) for fault in noted]


@pytest.mark.parametrize("points", [FIXED, proportional(1, 1), proportional(0.5, 1), proportional(2, 2)])
def test_points_for_points_without_condition(points: dict[str, Any]) -> None:
    """Every grant is worth another one, so there is no end."""
    hint = "give it a validation_rule or limits"
    assert faults(points=points) == [("again", ("trigger", "event"), hint)]
    assert faults(points=points, limits={}) == [("again", ("trigger", "event"), hint)]


@pytest.mark.parametrize(
    "more",
    [
        {"trigger": {"event": "purchase"}},
        {"trigger": {"segment_entered": "s"}},
        {"points": proportional(5, 1)},
        {"points": proportional(1, 1, "balance")},
        {"limits": {"cooldown": "P1D"}},
        {"validation_rule": "only-sometimes"},
        {"active": False},
    ],
)
def test_what_comes_to_an_end_or_may(more: dict[str, Any]) -> None:
    """Another trigger, fewer points each time, a condition, a limit; and a rule that is off."""
    assert faults(**more) == []
