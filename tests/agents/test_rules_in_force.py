"""Rules change at a boundary, and only there."""

from streams.agents.rules_in_force import RulesInForce
from tests.agents.shop import POINTS, RECENT, REGULARS, in_force


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


def test_the_last_change_is_known_by_where_it_set_out() -> None:
    """Who was decided before it is asked only what differs; from any other definitions everything is decided."""
    rules = RulesInForce(in_force(REGULARS))
    before = rules.current.ruleset.fingerprint
    assert rules.change(before).segments == ()
    rules.offer(in_force(REGULARS, RECENT))
    rules.take_over()
    assert [one.id for one in rules.change(before).segments] == ["recent"]
    assert [one.id for one in rules.change("long ago").segments] == ["recent", "regulars"]
    assert rules.change(before).ruleset is rules.current.ruleset


def test_definitions_that_leave_segments_alone_are_no_change() -> None:
    """When only what reacts differs, the last change of segments stays known, and leads to the present ruleset."""
    rules = RulesInForce(in_force())
    before = rules.current.ruleset.fingerprint
    for following in (in_force(REGULARS), in_force(REGULARS, POINTS)):
        rules.offer(following)
        rules.take_over()
    assert [one.id for one in rules.change(before).segments] == ["regulars"]
    assert rules.change(before).ruleset is rules.current.ruleset


def test_of_two_offers_the_later_counts() -> None:
    """Definitions that were replaced before they took over never decide."""
    first, second, third = in_force(), in_force(REGULARS), in_force(RECENT)
    rules = RulesInForce(first)
    rules.offer(second)
    rules.offer(third)
    rules.take_over()
    assert rules.current is third
