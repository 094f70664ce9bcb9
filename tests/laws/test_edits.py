"""Definitions that change while a customer lives: decided late, or looked at and not kept, all comes out right."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.advance import advance, redefine
from streams.domain.definitions import Definition
from streams.domain.effects import Effect, SegmentChanged
from streams.domain.identities import SegmentId
from streams.domain.instants import Instant
from streams.domain.redefinition import redefinition
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.laws.histories import CUSTOMER, EVENTS, Delivery, editions, histories, occurred, rules_on, tick
from tests.laws.oracle import DAY, Filters, Happened, members

ACTIONS = st.lists(st.sampled_from(["edit", "edit", "sweep", "sweep", "tick"]), max_size=5)


class Swept:
    """A customer of a partition that is swept after a change of definitions, sooner or later or not at all.

    The state is kept only where a sweep keeps it.
    """

    def __init__(self, first: Ruleset) -> None:
        self.state = NEW_CUSTOMER
        self.effects = list[Effect]()
        self.ruleset = first
        self._swept: Mapping[SegmentId, str] | None = first.digests
        self._since: Mapping[SegmentId, str] | None = first.digests

    def edit(self, ruleset: Ruleset) -> None:
        """Other definitions take over."""
        if ruleset.fingerprint != self.ruleset.fingerprint:
            self._since, self._swept = self._swept, None
        self.ruleset = ruleset

    def move(self, signal: Any) -> None:
        """An event comes, or time passes."""
        self.state, effects = advance(self.state, signal, self.ruleset)
        self.effects += effects

    def sweep(self, now: int) -> bool:
        """The sweep comes by; whether it looked."""
        if self._swept is not None:
            return False
        change, self._swept = redefinition(self._since, self.ruleset), self.ruleset.digests
        if self.state.ruleset == self.ruleset.fingerprint:
            return False
        self.state, effects = redefine(self.state, CUSTOMER, Instant(now), change)
        self.effects += effects
        return True

    def catch_up(self, now: int) -> None:
        """Who is due is taken."""
        if self.state.due is not None and self.state.due <= now:
            self.move(tick(now))


class Kept(Swept):
    """The same customer, whose state is kept each time."""

    def sweep(self, now: int) -> bool:
        """Whoever is looked at is decided as at any other time."""
        self.move(tick(now))
        return True


def ruleset_of(edition: Sequence[Definition]) -> Ruleset:
    """An edition with everything that reacts to its segments."""
    published = [one.id for one in edition if one.body["type"] == "auto-update"]
    return compile_ruleset([*edition, *rules_on(published)], EVENTS, clock="stream")


def known(edition: Sequence[Definition], seen: Sequence[Happened], now: int) -> frozenset[str]:
    """The memberships by the list of all events; a customer of whom nothing was seen has none."""
    filters: Filters = {one.id: one.body["filter"] for one in edition}  # type: ignore[misc]  # as generated
    return members(filters, seen, now) if seen else frozenset()


def assert_alternate(customer: Swept) -> None:
    """Entered and left take turns for each segment, and add up to the memberships that were announced."""
    told: set[str] = set()
    for effect in customer.effects:
        if isinstance(effect, SegmentChanged):
            assert (effect.segment_id in told) == (effect.change == "left")
            told ^= {effect.segment_id}
    assert told == {segment for segment, held in customer.state.segments.items() if held.announced}


@settings(max_examples=300, deadline=None)
@given(editions(), histories(), st.data())
def test_sweeps_follow_edits_whenever_they_come_by(
    made: list[list[Definition]], history: list[Delivery], data: st.DataObject
) -> None:
    """After any edits, events, ticks and sweeps membership is what a recomputation gives, each change told once."""
    edition, customer, now = made[0], Swept(ruleset_of(made[0])), 0
    for index, one in enumerate([*history, None]):
        until = now + 12 * DAY if one is None else one.now
        seen = [earlier.happened for earlier in history[:index]]
        for action in data.draw(ACTIONS):
            now = data.draw(st.integers(now, until))
            if action == "edit":
                edition = data.draw(st.sampled_from(made))
                customer.edit(ruleset_of(edition))
            elif action == "tick":
                customer.move(tick(now))
            if action == "tick" or (action == "sweep" and customer.sweep(now)):
                assert customer.state.segments.keys() == known(edition, seen, now)
        if one is not None:
            now = one.now
            customer.move(occurred(one))
        assert_alternate(customer)
    ids = [effect.id for effect in customer.effects if isinstance(effect, SegmentChanged)]
    assert len(ids) == len(set(ids))


@settings(max_examples=300, deadline=None)
@given(editions(), histories(), st.data())
def test_what_a_sweep_does_not_keep_is_not_missed(
    made: list[list[Definition]], history: list[Delivery], data: st.DataObject
) -> None:
    """A state left as it was, for nobody moved, has the very effects from then on that a kept one would have."""
    customers = Swept(ruleset_of(made[0])), Kept(ruleset_of(made[0]))
    later = history[-1].now + 12 * DAY
    for one, until in zip(history, [*(following.now for following in history[1:]), later], strict=True):
        ruleset, now = ruleset_of(data.draw(st.sampled_from(made))), data.draw(st.integers(one.now, until))
        for customer in customers:
            customer.move(occurred(one))
            customer.catch_up(now)
            customer.edit(ruleset)
            customer.sweep(now)
    for customer in customers:
        customer.move(tick(later))
    swept, kept = customers
    assert swept.effects == kept.effects
    assert told_of(swept.state) == told_of(kept.state)


def told_of(state: CustomerState) -> CustomerState:
    """All of a state that anybody will ever hear of."""
    return state._replace(due=None, ruleset="")
