"""What internal events cause in turn: they are fed back to the customer of whom they tell, as if they had arrived.

Each is counted, decided on and reacted to. That goes by breadth: all effects of a moment first, then what its internal
events cause, in order, then what those cause. An event that is fed back keeps the cause of what it came from: what a
backfill or a change of definitions set off reaches nothing that does not ask for it. It needs no protection against
repetition, for what it came from has it.

Definitions may set one another off without end. So there are bounds: what lies deeper is published and not fed back,
and an effect says so.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from streams.domain.boundaries import NO_BOUNDARIES, next_change
from streams.domain.decisions import decide
from streams.domain.effects import (
    CascadeCut,
    Cause,
    Effect,
    InternalOccurred,
    PointsGranted,
    PointsMoved,
    RedemptionDecided,
    SegmentChanged,
)
from streams.domain.event_plans import EventPlan
from streams.domain.events import Event
from streams.domain.evolve import counted
from streams.domain.facts import Facts
from streams.domain.instants import Instant, Milliseconds
from streams.domain.internal_events import event_of, name_of
from streams.domain.reactions import Accounts, Moment, Occasion, occasions_of, react, stirs
from streams.domain.ruleset import Ruleset

MOST_DEPTH: Final = 8
"""How many internal events may come of one another."""
MOST_FOLLOWING: Final = 10_000
"""Internal events that other internal ones may cause at one moment; what would be more is cut like what is too deep."""

_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class; for what is made for every effect."""

Told = SegmentChanged | PointsGranted | PointsMoved | RedemptionDecided | InternalOccurred
"""An effect that is told as an internal event."""


class Aftermath(NamedTuple):
    """A customer after all that a moment caused."""

    facts: Facts
    accounts: Accounts
    effects: list[Effect]
    """In order, those that the moment began with included."""
    soonest: Instant | None
    """The next instant at which time may change an answer about an event that was fed back."""


def cascade(
    facts: Facts, accounts: Accounts, effects: list[Effect], age: Milliseconds, ruleset: Ruleset
) -> Aftermath:
    """Feed back the internal events among ``effects``, and those that come of them; ``age`` is the moment's."""
    level = list(_told(effects))
    facts, level = _without_unheeded(facts, level, ruleset)
    if not level:  # nearly always
        return _new(Aftermath, (facts, accounts, effects, None))
    flow = _Flow(facts, accounts, age, ruleset)
    everything, following = effects, 0
    for depth in range(MOST_DEPTH):
        if not level or (depth and following + len(level) > MOST_FOLLOWING):
            break
        following += len(level) if depth else 0
        caused = [effect for one in level for effect in flow.feed_back(one)]
        level = list(_told(caused))
        everything += caused
    if level:
        everything.append(CascadeCut(event_of(facts.customer_id, level[0]), len(level)))
    return Aftermath(flow.facts, flow.accounts, everything, flow.soonest)


def _without_unheeded(facts: Facts, level: list[Told], ruleset: Ruleset) -> tuple[Facts, list[Told]]:
    """The facts with those counted that come before the first that something looks at, and the others."""
    customer, occurrences, profile, segments, now, event = facts
    plans, number = ruleset.plans, 0
    for effect in level:
        name = name_of(effect)
        plan = plans.get(name) if name else None
        if plan is not None and not plan.unheeded:
            break
        occurrences = counted(occurrences, name, effect.occurred_at) if name else occurrences
        number += 1
    return _new(Facts, (customer, occurrences, profile, segments, now, event)), level[number:]


def _told(effects: Sequence[Effect]) -> Iterator[Told]:
    return (effect for effect in effects if isinstance(effect, Told) and name_of(effect) is not None)


class _Flow:
    """A customer while internal events are fed back."""

    def __init__(self, facts: Facts, accounts: Accounts, age: Milliseconds, ruleset: Ruleset) -> None:
        self.facts = facts
        self.accounts = accounts
        self.soonest: Instant | None = None
        self._age = age
        self._ruleset = ruleset

    def feed_back(self, effect: Told) -> Sequence[Effect]:
        """Count an effect as the internal event that it is, and decide on it if anything looks at it."""
        name = name_of(effect)
        if name is None:
            return ()
        customer, occurrences, profile, segments, now, event = self.facts
        occurrences = counted(occurrences, name, effect.occurred_at)
        plan = self._ruleset.plans.get(name)
        if plan is None or plan.unheeded:
            self.facts = Facts(customer, occurrences, profile, segments, now, event)
            return ()
        event = event_of(customer, effect)
        self.facts = Facts(customer, occurrences, profile, segments, now, event)
        return self._decide(plan, event, effect.cause)

    def _decide(self, plan: EventPlan, event: Event, cause: Cause) -> Sequence[Effect]:
        at, ruleset, triggered, effects = event.occurred_at, self._ruleset, plan.triggered, list[Effect]()
        facts, moves = decide(plan.segments, self.facts, at, cause)
        if moves or stirs(triggered, facts):
            moment = Moment(f"internal:{event.id}", at, self._age)
            occasions = [Occasion(triggered, "event", cause, None), *occasions_of(moves, ruleset.triggers)]
            self.accounts, effects = react(facts, moment, moves, occasions, self.accounts)
        self.facts = facts
        if plan.boundaries is not NO_BOUNDARIES:
            soonest = next_change(plan.boundaries, facts)
            if soonest is not None and (self.soonest is None or soonest < self.soonest):
                self.soonest = soonest
        return effects
