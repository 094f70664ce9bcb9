from typing import Any

from streams.domain.instants import Instant, parse_instant
from streams.domain.rules import Context, Failure, ValidationRule
from tests.domain.test_rules import FRIEND, RATED, VIP, read
from tests.domain.writing import EVENTS, event, facts

FAILS_ALL = facts(of=event("review", metadata={"rating": 1}))


def test_which_rules_failed() -> None:
    """Each that would have to answer otherwise is told in order: number, name, its message or the rule's."""
    rule = read(
        {
            "rules": {"1": {**RATED, "error": {"message": "too low"}}, "2": FRIEND, "3": VIP},
            "logic": "1 and (2 or 3)",
            "error": {"message": "not yet"},
        }
    )
    assert rule.failures(FAILS_ALL) == (
        Failure("1", "custom_event.metadata", "too low"),
        Failure("2", "customer.segment", "not yet"),
    )
    rated = event("review", metadata={"rating": 4})
    assert rule.failures(facts(of=rated)) == (Failure("2", "customer.segment", "not yet"),)
    assert rule.failures(facts(of=rated, segments=("friends",))) == ()


def test_a_rule_that_must_not_hold() -> None:
    """Under ``not`` the rule that holds is the one that failed."""
    rule = read({"1": FRIEND, "2": VIP, "logic": "not 1 and not 2"})
    assert rule.failures(facts(segments=("friends",))) == (Failure("1", "customer.segment", None),)
    assert rule.failures(facts()) == ()


def test_rules_inside_a_rule() -> None:
    """They must hold besides the rule itself, are told by where they stand, and speak with the words around them."""
    inner = {"1": VIP, "2": {**VIP, "property": "old", "error": {"message": "too young"}}, "logic": "1 and 2"}
    rule = read({"1": {**FRIEND, "rules": inner, "error": {"message": "friends only"}}})
    nobody, friend = facts(), facts(segments=("friends",))
    vip = facts(segments=("friends",), profile={"metadata": {"vip": True, "old": True}})
    assert [one.rule for one in rule.failures(nobody)] == ["1", "1.1", "1.2"]
    assert rule.failures(friend) == (
        Failure("1.1", "customer.metadata", "friends only"),
        Failure("1.2", "customer.metadata", "too young"),
    )
    assert [rule.holds(one) for one in (nobody, friend, vip)] == [False, False, True]


def test_a_rule_that_logic_leaves_out() -> None:
    """It decides nothing, and is not told."""
    rule = read({"1": FRIEND, "2": VIP, "logic": "2"})
    assert [one.rule for one in rule.failures(facts())] == ["2"]


def timed(*rules: dict[str, Any]) -> ValidationRule:
    """A rule without an event of all of these."""
    numbered = {str(number): rule for number, rule in enumerate(rules, 1)}
    return read(numbered, Context({"friends"}, None, EVENTS))


def test_when_time_may_change_the_answer() -> None:
    """It is the first instant at which anything that the rule asks of time may answer otherwise."""
    member = {"name": "customer.created_at", "conditions": {"$more_than_ago": [6]}}
    monday = {"name": "now", "conditions": {"$dow": [1]}, "zone": "Europe/Warsaw"}
    profile, now = {"created_at": "2026-03-01"}, parse_instant("2026-03-05T10:00:00Z")
    rule = timed(member, {**FRIEND, "rules": {"1": monday}})
    assert rule.next_change(facts(profile=profile, now=now)) == parse_instant("2026-03-08")
    later = parse_instant("2026-03-08T00:00:00Z")
    assert rule.next_change(facts(profile=profile, now=later)) == parse_instant("2026-03-08T23:00:00Z")
    assert timed(FRIEND, VIP).next_change(facts()) is None


def test_days_since_an_event_change_with_time() -> None:
    """How often and when events occurred may be asked as in segments, and changes as there."""
    rule = timed({"name": "events.visit.last_occurred", "conditions": {"$more_than": [1]}})
    visited = {"visit": (1, 0, 0)}
    assert rule.next_change(facts(visited)) == Instant(2 * 86_400_000)
    assert not rule.holds(facts(visited, now=2 * 86_400_000 - 1))
    assert rule.holds(facts(visited, now=2 * 86_400_000))


def test_without_an_event_its_attributes_match_nothing() -> None:
    """A rule about the event, asked where none is, does not hold."""
    assert not read({"1": RATED}).holds(facts())


def test_what_a_rule_sees() -> None:
    """Each rule tells what stands where it looks, found by the number with which a failure names it."""
    now = {"name": "now", "conditions": {"$dow": [1]}}
    visited = {"name": "events.visit.count", "conditions": {"$more_than": [5]}}
    rule = read(
        {"1": {**RATED, "rules": {"1": VIP, "2": now}}, "2": FRIEND, "3": visited},
        Context({"friends"}, EVENTS[event("review").name], EVENTS),
    )
    seen = facts({"visit": (2, 0, 0)}, {"metadata": {"vip": False}}, ("friends",), of=FAILS_ALL.event)
    values = {
        "1": 1,
        "1.1": False,
        "1.2": "1970-01-01T00:00:00Z",
        "2": ["friends"],
        "3": 2,
    }
    for number, value in values.items():
        found = rule.rule(number)
        assert found is not None
        assert found.value(seen) == value
    assert [rule.rule(number) for number in ("4", "2.1", "1.3")] == [None] * 3
