from hypothesis import given, settings

from streams.domain.explain import explain
from streams.domain.facts import Facts
from streams.domain.instants import Instant
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


@settings(max_examples=150, deadline=None)
@given(filter_sets(), histories())
def test_what_is_foretold_comes_true(filters: Filters, history: list[Delivery]) -> None:
    """A segment is said to change at the very instant at which time next changes it, if nothing happens."""
    ruleset = ruleset_of(filters)
    state, _ = run([occurred(one) for one in history], ruleset)
    now = history[-1].now
    facts = Facts(CUSTOMER, state.occurrences, state.profile, state.segments, Instant(now), None)
    _, effects = run([tick(now + 100 * DAY)], ruleset, state)
    moved = {name: at for name, _, _, at in reversed(changes(effects))}
    for name, segment in ruleset.segments.items():
        why = explain(segment, facts, ruleset.segments)
        assert why.filter is not None
        assert why.inside is why.filter.holds is (name in state.segments)
        assert (why.changes_at, why.looked_until) == (moved.get(name), None)
