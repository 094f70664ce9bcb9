from dataclasses import replace
from typing import Any

import pytest

from streams.domain.definitions import EventShape
from streams.domain.facts import Facts, Predicate
from streams.domain.faults import Place
from streams.domain.gates import Admitting, gate_of
from streams.domain.rules import Context, compile_rule
from tests.domain.writing import event, facts

SHAPE = EventShape({"amount": "number", "channel": "text", "tags": "list", "due": "date"}, additional=False)


def rule(text: str) -> Admitting:
    """The predicate of a rule."""
    place = Place("validation_rule", "r", (), [])
    found = compile_rule(place, text, Context({"friends"}, SHAPE))
    assert found is not None, place.noted
    assert isinstance(found.holds, Admitting)
    return found.holds


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("event.metadata.amount > 5", [("event", "amount")]),
        ("event.metadata.amount between 1 and 5 and metadata.x = 1", [("metadata", "x")]),
        ('event.metadata.channel = "web" and metadata.x = 1', [("event", "channel")]),
        ('event.metadata.channel = "web" or metadata.x = 1', [("event", "channel"), ("metadata", "x")]),
        ('segment = "friends" and event.metadata.amount > 5', [("segments", "")]),
        ('event.metadata.tags contains "a"', [("event", "tags")]),
        ('event.metadata.channel = "web" or metadata.x has_value', None),
        ('not (event.metadata.channel = "web")', None),
        ('event.metadata.due = "2026-03-01"', None),
        ('not segment in ("friends")', None),
        ('event.metadata.channel != "web"', None),
        ("now dow 1", None),
    ],
)
def test_what_a_rule_needs(text: str, needs: list[tuple[str, str]] | None) -> None:
    """Of parts that must all hold one is taken, of alternatives each; what is said in the negative needs nothing."""
    cover = rule(text).cover
    assert needs == (None if cover is None else [(need.where, need.key) for need in cover])


def test_rules_that_cannot_hold_are_not_asked() -> None:
    """A rule is asked only where what it needs may be there."""
    asked = []

    def noting(of: Admitting) -> Predicate:
        def holds(seen: Facts) -> bool:
            asked.append(of.cover)
            return of.holds(seen)

        return replace(of, holds=holds)

    big, web = rule("event.metadata.amount > 500"), rule('event.metadata.channel = "web" and metadata.x = 2')
    gate = gate_of([noting(big), noting(web)])
    assert not gate(facts(of=event(metadata={"amount": 20, "channel": "shop"})))
    assert asked == []
    assert not gate(facts(of=event(metadata={"amount": 20, "channel": "web"})))
    assert asked == [web.cover]
    assert gate(facts(of=event(metadata={"amount": 501})))


@pytest.mark.parametrize(
    ("text", "metadata"),
    [
        ("event.metadata.x = true", {"x": True}),
        ('event.metadata.x = "true"', {"x": True}),
        ('event.metadata.x = "5"', {"x": 5.0}),
        ("event.metadata.x >= 5", {"x": 5}),
        ("event.metadata.x <= 5", {"x": -1e300}),
        ("event.metadata.x from 5", {"x": 10**30}),
        ('event.metadata.x from "2026-03-01"', {"x": "2026-03-02"}),
        ('event.metadata.x contains "ell"', {"x": "hello"}),
        ("event.metadata.x contains (1, true)", {"x": [{"a": 1}, True]}),
        ('event.metadata.x starts_with ("a", "b")', {"x": "bc"}),
        ('event.metadata.x in ("a", "b") or event.metadata.x > 3', {"x": 4}),
    ],
)
def test_whoever_passes_the_rule_passes_the_gate(text: str, metadata: dict[str, Any]) -> None:
    """Numbers that stand as text, truth values, elements of lists: the gate takes for one what the rule does."""
    place = Place("validation_rule", "r", (), [])
    found = compile_rule(place, text, Context((), EventShape({}, additional=True)))
    assert found is not None
    seen = facts(of=event(metadata=metadata))
    assert found.holds(seen)
    assert gate_of([found.holds])(seen)


def test_without_rules_and_without_validation() -> None:
    """What has no rule is always let through; where there is nothing, nothing is."""
    assert not gate_of([])(facts())
    assert gate_of([rule("event.metadata.amount > 500"), lambda _: True])(facts())
