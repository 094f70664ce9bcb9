"""Rules change at a boundary, and only there."""

from streams.agents.rules_in_force import RulesInForce
from tests.agents.shop import RECENT, REGULARS, in_force


def test_the_first_rules_decide_until_others_take_over() -> None:
    """An offer changes nothing before somebody asks at a boundary."""
    first, second = in_force(REGULARS), in_force(RECENT)
    rules = RulesInForce(first)
    rules.offer(second)
    assert rules.current is first
    assert rules.take_over()
    assert rules.current is second


def test_without_an_offer_nothing_changes() -> None:
    """Asked again, or without an offer, the rules stay and say so."""
    first, second = in_force(REGULARS), in_force(RECENT)
    rules = RulesInForce(first)
    assert not rules.take_over()
    rules.offer(second)
    rules.take_over()
    assert not rules.take_over()
    assert rules.current is second


def test_of_two_offers_the_later_counts() -> None:
    """Definitions that were replaced before they took over never decide."""
    first, second, third = in_force(), in_force(REGULARS), in_force(RECENT)
    rules = RulesInForce(first)
    rules.offer(second)
    rules.offer(third)
    rules.take_over()
    assert rules.current is third
