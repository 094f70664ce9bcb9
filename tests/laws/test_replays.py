from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.advance import advance
from streams.domain.cards import held
from streams.domain.effects import DuplicateDropped, Effect, PointsGranted, Published
from streams.domain.instants import Instant
from streams.domain.signals import Signal
from streams.domain.state import NEW_CUSTOMER
from tests.laws.histories import CUSTOMER, Delivery, filter_sets, histories, occurred, ruleset_of, run, tick
from tests.laws.oracle import DAY, Filters

LATER = 12 * DAY


@settings(max_examples=60, deadline=None)
@given(filter_sets(), histories(), st.data())
def test_ticks_in_between_change_nothing(
    filters: Filters, history: list[Delivery], data: st.DataObject
) -> None:
    """Looking at a customer in between, however often, changes no effect, id, sequence or membership."""
    ruleset = ruleset_of(filters)
    until = tick(history[-1].now + LATER)
    signals: list[Signal] = []
    clock = 0
    for one in history:
        between = data.draw(st.lists(st.integers(clock, one.now), max_size=2).map(sorted))
        signals += [*map(tick, between), occurred(one)]
        clock = one.now
    plain, expected = run([*map(occurred, history), until], ruleset)
    looked_at, effects = run([*signals, until], ruleset)
    assert effects == expected
    assert looked_at == plain


@settings(max_examples=60, deadline=None)
@given(filter_sets(), histories(), st.data())
def test_a_duplicate_changes_nothing(filters: Filters, history: list[Delivery], data: st.DataObject) -> None:
    """An event that comes a second time is dropped and noted, and the state is the very same."""
    ruleset = ruleset_of(filters)
    state = NEW_CUSTOMER
    for index, one in enumerate(history):
        state = advance(state, occurred(one), ruleset).state
        recent = [earlier for earlier in history[: index + 1] if one.now - earlier.now < DAY]
        again = data.draw(st.sampled_from(recent))._replace(now=one.now)
        after = advance(state, occurred(again), ruleset)
        assert after.effects == (DuplicateDropped(again.event.id),)
        assert after.state is state


@settings(max_examples=60, deadline=None)
@given(filter_sets(), histories(), st.integers(1, 5 * DAY))
def test_an_early_deadline_changes_nothing(filters: Filters, history: list[Delivery], early: int) -> None:
    """A deadline that comes before anything changes is looked at and put back, without effect."""
    ruleset = ruleset_of(filters)
    _, expected = run([*map(occurred, history), tick(history[-1].now + LATER)], ruleset)
    state, effects, clock = NEW_CUSTOMER, list[Effect](), 0
    for one in history:
        if state.due is not None:
            state = state._replace(due=Instant(max(clock + 1, state.due - early)))
        state, caused = advance(state, occurred(one), ruleset)
        effects += caused
        clock = one.now
    _, caused_later = run([tick(clock + LATER)], ruleset, state)
    assert effects + caused_later == expected


@settings(max_examples=80, deadline=None)
@given(filter_sets(), histories())
def test_ids_are_unique_and_sequences_whole(filters: Filters, history: list[Delivery]) -> None:
    """No two records share an id, and the sequence counts them from 1 without a gap."""
    state, effects = run([*map(occurred, history), tick(history[-1].now + LATER)], ruleset_of(filters))
    records = [effect for effect in effects if isinstance(effect, Published)]
    assert len({record.id for record in records}) == len(records)
    assert [record.sequence for record in records] == list(range(1, state.sequence + 1))


@settings(max_examples=80, deadline=None)
@given(filter_sets(), histories())
def test_points_add_up_to_the_balance(filters: Filters, history: list[Delivery]) -> None:
    """On each card, the points granted add up to the balance, in every record and in the state."""
    twice = [delivery for one in history for delivery in (one, one)]
    state, effects = run([*map(occurred, twice), tick(history[-1].now + LATER)], ruleset_of(filters))
    totals: dict[str, int] = {}
    for effect in effects:
        if isinstance(effect, PointsGranted):
            totals[effect.campaign_id] = totals.get(effect.campaign_id, 0) + effect.points
            assert effect.balance == totals[effect.campaign_id]
    assert totals == {campaign: card.balance for campaign, _, _, card in held(state.cards, CUSTOMER)}


@settings(max_examples=40, deadline=None)
@given(filter_sets(), histories())
def test_the_same_input_gives_the_same_effects(filters: Filters, history: list[Delivery]) -> None:
    """A second run of the same history, by a ruleset compiled anew, gives the same effects and state."""
    signals: list[Signal] = [*map(occurred, history), tick(history[-1].now + LATER)]
    other_order = dict(sorted(filters.items(), reverse=True))
    assert run(signals, ruleset_of(other_order)) == run(signals, ruleset_of(dict(sorted(filters.items()))))
