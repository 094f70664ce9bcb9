from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings

from streams.domain.conditions import Condition
from streams.domain.definitions import Definition
from streams.domain.explain import Explained, ExplainedCondition, explain
from streams.domain.facts import Facts
from streams.domain.filters import Group
from streams.domain.identities import SegmentId
from streams.domain.instants import Instant
from streams.domain.ruleset import compile_ruleset
from tests.laws.filters import EVENTS, SEGMENTS, bodies, customers
from tests.laws.histories import (
    CUSTOMER,
    Delivery,
    changes,
    filter_sets,
    histories,
    occurred,
    ruleset_of,
    run,
    tick,
)
from tests.laws.oracle import DAY, Filters

AHEAD = 100 * DAY
"""How far time goes on."""


@settings(max_examples=300, deadline=None)
@given(filter_sets(), histories())
def test_what_is_foretold_comes_true(filters: Filters, history: list[Delivery]) -> None:
    """A segment is said to change at the very instant at which time next changes it, if nothing happens."""
    ruleset = ruleset_of(filters)
    state, _ = run([occurred(one) for one in history], ruleset)
    now = history[-1].now
    facts = Facts(CUSTOMER, state.occurrences, state.profile, state.segments, Instant(now), None)
    _, effects = run([tick(now + AHEAD)], ruleset, state)
    moved = {name: at for name, _, _, at in reversed(changes(effects))}
    for name, segment in ruleset.segments.items():
        why = explain(segment, facts, ruleset.segments)
        assert why.filter is not None
        assert why.inside is why.filter.holds is (name in state.segments)
        foretold = None if why.changes_at is None or why.changes_at > now + AHEAD else why.changes_at
        assert foretold == moved.get(name)
        assert why.looked_until is None or why.looked_until > now + AHEAD


@settings(max_examples=80, deadline=None)
@given(bodies(), customers())
def test_every_part_keeps_its_answer_until_it_is_said_to_change(body: dict[str, Any], facts: Facts) -> None:
    """Each part of any filter answers as it does now until the instant that is told, and otherwise at it."""
    definitions = [Definition("segment", name, 1, {"type": "static", "customers": []}) for name in SEGMENTS]
    ruleset = compile_ruleset([*definitions, Definition("segment", "s", 1, {"filter": body})], EVENTS)
    segment = ruleset.segments[SegmentId("s")]
    assert segment.filter is not None
    facts = facts._replace(segments={})
    why = explain(segment, facts, ruleset.segments)
    grid = [facts.now + quarter * DAY // 4 for quarter in range(1, 4 * 100)]
    for part, told in zip(parts(segment.filter.tree), told_of(why.filter), strict=True):
        holds = part.predicate()
        assert holds(facts) is told.holds
        end = why.looked_until if told.changes_at is None else told.changes_at
        seen = [at for at in grid if end is None or at < end] + ([] if end is None else [end - 1])
        assert all(holds(facts._replace(now=Instant(at))) is told.holds for at in seen)
        if told.changes_at is not None:
            assert holds(facts._replace(now=told.changes_at)) is not told.holds


def parts(tree: Group) -> Iterator[Group | Condition]:
    """The group and all in it, each before what it holds."""
    yield tree
    for member in tree.members:
        yield from parts(member) if isinstance(member, Group) else (member,)


def told_of(explained: Explained | None) -> Iterator[Explained]:
    """What is told of each, in the same order."""
    assert explained is not None
    yield explained
    if not isinstance(explained, ExplainedCondition):
        for member in explained.members:
            yield from told_of(member)
