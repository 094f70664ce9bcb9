from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.advance import advance
from streams.domain.state import NEW_CUSTOMER
from tests.laws.histories import (
    Delivery,
    changes,
    filter_sets,
    histories,
    memberships,
    occurred,
    ruleset_of,
    run,
    tick,
)
from tests.laws.oracle import DAY, Filters, Happened, Moved, members, moved, moved_by_time

LATER = 12 * DAY


def expected_changes(filters: Filters, history: list[Delivery], until: int) -> list[Moved]:
    """Every change that the history must cause, worked out from the events alone."""
    found: list[Moved] = []
    seen: list[Happened] = []
    clock = 0
    for _, happened, now in history:
        if seen:
            for at_one_instant in moved_by_time(filters, seen, clock, now):
                found += at_one_instant
        before = members(filters, seen, now) if seen else frozenset[str]()
        seen = [*seen, happened]
        found += moved(filters, seen, before, (now, "event", happened.at))
        clock = now
    for at_one_instant in moved_by_time(filters, seen, clock, until):
        found += at_one_instant
    return found


@settings(max_examples=150, deadline=None)
@given(filter_sets(), histories())
def test_incremental_equals_recomputed(filters: Filters, history: list[Delivery]) -> None:
    """Every change, its cause and its instant are those that the full list of events gives, and no others."""
    until = history[-1].now + LATER
    state, effects = run([*map(occurred, history), tick(until)], ruleset_of(filters))
    assert changes(effects) == expected_changes(filters, history, until)
    assert memberships(state).keys() == members(filters, [one.happened for one in history], until)


@settings(max_examples=80, deadline=None)
@given(filter_sets(), histories())
def test_entered_and_left_alternate(filters: Filters, history: list[Delivery]) -> None:
    """For each segment, entered and left take turns, entered first, and add up to the membership."""
    state, effects = run([*map(occurred, history), tick(history[-1].now + LATER)], ruleset_of(filters))
    for segment in filters:
        turns = [change for changed, change, _, _ in changes(effects) if changed == segment]
        assert turns == (["entered", "left"] * len(turns))[: len(turns)]
        assert (len(turns) % 2 == 1) == (segment in state.segments)


@settings(max_examples=80, deadline=None)
@given(filter_sets(), histories())
def test_a_deadline_is_never_late(filters: Filters, history: list[Delivery]) -> None:
    """After each event, ``due`` is no later than the first instant at which time alone changes the membership."""
    state, ruleset = NEW_CUSTOMER, ruleset_of(filters)
    for index, one in enumerate(history):
        state = advance(state, occurred(one), ruleset).state
        seen = [earlier.happened for earlier in history[: index + 1]]
        ahead = (at_one for at_one in moved_by_time(filters, seen, one.now, one.now + LATER) if at_one)
        first = next(ahead, None)
        if first is not None:
            assert state.due is not None
            assert one.now < state.due <= first[0][3]


@settings(max_examples=60, deadline=None)
@given(st.lists(filter_sets(), min_size=2, max_size=4), histories(), st.data())
def test_membership_follows_edited_definitions(
    editions: list[Filters], history: list[Delivery], data: st.DataObject
) -> None:
    """However definitions are added, edited and removed between events, membership is what a recomputation gives."""
    state, told = NEW_CUSTOMER, set[str]()
    for index, one in enumerate(history):
        version = data.draw(st.integers(0, len(editions) - 1))
        ruleset = ruleset_of(editions[version], version + 1)
        state, effects = run([occurred(one)], ruleset, state)
        for segment, change, _, _ in changes(effects):
            assert (segment in told) == (change == "left")
            told ^= {segment}
        seen = [earlier.happened for earlier in history[: index + 1]]
        assert told == state.segments.keys() == members(editions[version], seen, one.now)
        assert set(memberships(state).values()) <= {version + 1}
