"""The step: one customer's state, one signal, one ruleset; out come the next state and what it caused.

Theory of operation
-------------------
A customer is moved by events and by time, and every change has its own instant. ``advance`` keeps these in order:

1. *Definitions.* A state remembers under which definitions its memberships were decided. Under others, every segment is
   decided anew and the differences are published. That happens as of the instant before the first deadline still
   pending, so that what time then changes keeps its own instant and cause.
2. *Deadlines.* A state carries ``due``: the next instant at which time alone can change anything. All up to the
   signal's ``now`` take effect one after the other, each decided as of its own instant, before an event of the same
   instant. What comes out therefore does not depend on when anybody got round to looking at the customer.
3. *Duplicates.* An event whose id was seen changes nothing.
4. *History.* The event is counted and its profile fields are merged (``evolve``); that is all that it does by itself.
5. *Decisions.* Only segments that look at this event, or at a changed profile, or at such segments, are decided anew
   (``decisions``). At the first event of a customer, so are those that somebody may be in who did nothing.
6. *Reactions.* Published changes, then messages, then points (``reactions``). At a deadline, points that expire come
   last; they, too, are kept in sight by ``due``.
7. *Internal events.* What was caused is itself told as events, which are counted, decided on and reacted to at the same
   instant (``cascade``).

A change of the profile without an event goes the same way, but for the counting. A deletion ends all memberships, and
what is left is the state of a customer of whom nothing is known.

``due`` may be early, never late. An event can only bring it forward: the boundaries of other events, and of the profile
if it stays, are where they were, and those that no longer hold are noticed when they come. At a deadline it is computed
exactly. That every boundary not yet passed is at or after ``due`` is the invariant that everything here rests on.

Conditions of an event are decided at ``now``, its changes are dated by the event. ``now`` must not go back for one
customer. Nothing here is kept between two calls, and nothing that was handed in is changed.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streams.domain.boundaries import NO_BOUNDARIES, next_change
from streams.domain.cards import held, soonest_expiry
from streams.domain.cascade import Aftermath, cascade
from streams.domain.decisions import NO_MOVES, Move, decide, redecide
from streams.domain.duplicates import remember
from streams.domain.effects import CustomerDeleted, DuplicateDropped, Effect
from streams.domain.events import Event, JsonValue
from streams.domain.evolve import counted, merged_profile
from streams.domain.facts import Facts
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant, Milliseconds
from streams.domain.internal_events import told_of, told_of_profile
from streams.domain.lists import memberships_of
from streams.domain.reactions import Accounts, Moment, Occasion, expire, occasions_of, react, stirs
from streams.domain.record_ids import record_id
from streams.domain.redefinition import Redefinition
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Deleted, Occurred, ProfileChanged, Signal, Tick
from streams.domain.state import NEW_CUSTOMER, CustomerState

_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class; for what is made for every event."""


class Transition(NamedTuple):
    """What one signal made of a customer."""

    state: CustomerState
    effects: tuple[Effect, ...]
    """In order; each published one carries the next sequence number."""

    @property
    def due(self) -> Instant | None:
        """The next instant at which time alone can change something."""
        return self.state.due


def advance(state: CustomerState, signal: Signal, ruleset: Ruleset) -> Transition:
    """Move one customer by one signal."""
    if not isinstance(signal, Occurred):
        return _untold(state, signal, ruleset)
    event, now = signal
    due = state.due
    if (due is None or due > now) and state.ruleset == ruleset.fingerprint:
        return _occurred(state, event, now, ruleset)
    state, effects = _caught_up(state, event.customer_id, now, ruleset)
    state, caused = _occurred(state, event, now, ruleset)
    return Transition(state, effects + caused)


def redefine(state: CustomerState, customer: CustomerId, now: Instant, change: Redefinition) -> Transition:
    """Move one customer, who was decided under the definitions before a change, to those after it.

    The very same state comes back if none need be kept; ``redefinition`` says when that is.
    """
    due, ruleset = state.due, change.ruleset
    if (due is not None and due <= now) or not state.ruleset:
        return _caught_up(state, customer, now, ruleset)
    facts = _facts(state, customer, now)
    facts, moves = redecide(change.segments, facts, ruleset.segments, ruleset.backfilled)
    soonest = next_change(change.boundaries, facts)
    sooner = soonest is not None and (due is None or soonest < due)
    if facts.segments is state.segments and not sooner:
        return Transition(state, ())
    after, effects = settled(state, (facts, moves), _of_definitions(state, facts, now, ruleset), ruleset)
    return Transition(after, tuple(effects))


def _untold(state: CustomerState, signal: ProfileChanged | Tick | Deleted, ruleset: Ruleset) -> Transition:
    """What moves a customer without an event."""
    if isinstance(signal, Tick):
        return _caught_up(state, signal.customer_id, signal.now, ruleset)
    if isinstance(signal, ProfileChanged):
        return _profiled(state, signal, ruleset)
    return _deleted(state, signal, ruleset)


def _profiled(state: CustomerState, signal: ProfileChanged, ruleset: Ruleset) -> Transition:
    change_id, customer, given, now = signal
    if now is None:
        return Transition(_with_profile(state, given), ())
    state, effects = _caught_up(state, customer, now, ruleset)
    changed = _with_profile(state, given)
    if changed is state and state.ruleset:
        return Transition(state, effects)
    plan = ruleset.otherwise
    touched = plan.segments_with_profile if state.ruleset else plan.segments_of_newcomer
    facts, moves = decide(touched, _facts(changed, customer, now), now, "profile")
    moment = Moment(f"profile:{change_id}", now, Milliseconds(0))
    profiles = state.profile if state.ruleset else None, changed.profile
    told = told_of_profile(customer, profiles, "profile", moment, "profile")
    after, caused = settled(changed, (facts, moves), moment, ruleset, told)
    return Transition(after, effects + tuple(caused))


def _with_profile(state: CustomerState, given: Mapping[str, JsonValue]) -> CustomerState:
    merged = merged_profile(state.profile, given)
    return state if merged is state.profile else state._replace(profile=merged)


def _deleted(state: CustomerState, signal: Deleted, ruleset: Ruleset) -> Transition:
    change_id, customer, now = signal
    if state == NEW_CUSTOMER:
        return Transition(NEW_CUSTOMER, ())
    state, effects = _caught_up(state, customer, now, ruleset)
    facts = _facts(state, customer, now)._replace(segments={})
    moment = Moment(f"deletion:{change_id}", now, Milliseconds(0))
    moves = [
        Move(segment, held.version, "left", "deletion", held.announced, ruleset.segments.get(segment))
        for segment, held in sorted(memberships_of(state.segments).items())
    ]
    accounts = Accounts(state.sequence, state.firings, state.cards)
    accounts, caused = react(facts, moment, moves, occasions_of(moves, ruleset.triggers), accounts)
    receipt = CustomerDeleted(
        record_id("customer", "deleted", 0, customer, moment.cause_id),
        tuple((card.campaign, card.id) for card in held(accounts.cards, customer)),
        len(moves),
        now,
    )
    return Transition(NEW_CUSTOMER, (*effects, *caused, receipt))


def _caught_up(state: CustomerState, customer: CustomerId, now: Instant, ruleset: Ruleset) -> Transition:
    """The customer under the present definitions, all deadlines up to ``now`` behind it."""
    if not state.ruleset and not state.occurrences:
        return Transition(state, ())  # of whom nothing is known, nothing is decided
    effects: list[Effect] = []
    if state.ruleset != ruleset.fingerprint:
        overdue = state.due is not None and state.due <= now
        at = Instant(state.due - 1) if state.due is not None and overdue else now
        state, caused = _redefined(state, _facts(state, customer, at), now, ruleset)
        effects += caused
    while state.due is not None and state.due <= now:
        state, caused = _deadline(state, _facts(state, customer, state.due), now, ruleset)
        effects += caused
    return Transition(state, tuple(effects))


def _redefined(
    state: CustomerState, facts: Facts, now: Instant, ruleset: Ruleset
) -> tuple[CustomerState, list[Effect]]:
    facts, moves = redecide(ruleset.segments.values(), facts, ruleset.segments, ruleset.backfilled)
    return settled(state, (facts, moves), _of_definitions(state, facts, now, ruleset), ruleset)


def _of_definitions(state: CustomerState, facts: Facts, now: Instant, ruleset: Ruleset) -> Moment:
    """The moment at which definitions took over. They may come again, so what was published before tells them apart."""
    cause = f"definitions:{ruleset.fingerprint}:{state.sequence}"
    return Moment(cause, facts.now, _age(facts.now, now, ruleset))


def _deadline(
    state: CustomerState, facts: Facts, now: Instant, ruleset: Ruleset
) -> tuple[CustomerState, list[Effect]]:
    facts, moves = decide(ruleset.timed, facts, facts.now, "time")
    moment = Moment(f"time:{facts.now}", facts.now, _age(facts.now, now, ruleset))
    return settled(state, (facts, moves), moment, ruleset)


def settled(
    state: CustomerState,
    decided: tuple[Facts, Sequence[Move]],
    moment: Moment,
    ruleset: Ruleset,
    told: Sequence[Effect] = (),
) -> tuple[CustomerState, list[Effect]]:
    """The state after a moment without an event, its ``due`` exact; ``told`` comes before all else."""
    facts, moves = decided
    accounts = Accounts(state.sequence, state.firings, state.cards)
    effects: list[Effect] = []
    if moves or told:
        accounts, effects = react(facts, moment, moves, occasions_of(moves, ruleset.triggers), accounts)
    if accounts.cards:
        accounts, gone = expire(facts, moment, accounts)
        effects += gone
    if told or effects:
        facts, accounts, effects, _ = cascade(facts, accounts, [*told, *effects], moment.age, ruleset)
    after = state._replace(
        occurrences=facts.occurrences,
        segments=facts.segments,
        cards=accounts.cards,
        firings=accounts.firings,
        due=_sooner(next_change(ruleset.boundaries, facts), soonest_expiry(accounts.cards)),
        sequence=accounts.sequence,
        ruleset=ruleset.fingerprint,
    )
    return after, effects


def _occurred(state: CustomerState, event: Event, now: Instant, ruleset: Ruleset) -> Transition:
    """The state and effects of an event, everything before it settled."""
    occurrences, profile, segments, cards, firings, recent, due, sequence, decided = state
    event_id, name, customer, at, _, given, _, _ = event
    seen = remember(recent, event_id, now, ruleset.duplicate_window)
    if seen is None:
        return Transition(state, (DuplicateDropped(event_id),))
    plan = ruleset.plans.get(name) or ruleset.otherwise
    touched, boundaries = plan.segments, plan.boundaries
    if not decided:  # the profile may have been there before
        touched, boundaries = plan.segments_of_newcomer, plan.boundaries_with_profile
    occurrences = counted(occurrences, name, at)
    known = profile if decided else None
    if given:
        merged = merged_profile(profile, given)
        if merged is not profile:
            profile = merged
            touched = plan.segments_with_profile if decided else touched
            boundaries = plan.boundaries_with_profile
    facts = _new(Facts, (customer, occurrences, profile, segments, now, event))
    facts, moves = decide(touched, facts, at, "event") if touched else (facts, NO_MOVES)
    effects: tuple[Effect, ...] = ()
    if moves or known is not profile or (plan.stirring and (plan.noted or stirs(plan.triggered, facts))):
        accounts = Accounts(sequence, firings, cards)
        facts, (sequence, firings, cards), caused, soonest = _caused(
            event, (facts, moves), known, accounts, ruleset
        )
        occurrences, segments, effects = facts.occurrences, facts.segments, tuple(caused)
        due = _sooner(_sooner(due, soonest), soonest_expiry(cards))
    if boundaries is not NO_BOUNDARIES:
        soonest = next_change(boundaries, facts)
        if soonest is not None and (due is None or soonest < due):
            due = soonest
    kept = (occurrences, profile, segments, cards, firings, seen, due, sequence, ruleset.fingerprint)
    return _new(Transition, (_new(CustomerState, kept), effects))


def _sooner(one: Instant | None, other: Instant | None) -> Instant | None:
    if one is None or (other is not None and other < one):
        return other
    return one


def _caused(
    event: Event,
    decided: tuple[Facts, Sequence[Move]],
    known: Mapping[str, JsonValue] | None,
    accounts: Accounts,
    ruleset: Ruleset,
) -> Aftermath:
    """What an event that was decided on sets off; ``known`` is the profile before it, none of a new customer."""
    (facts, moves), at = decided, event.occurred_at
    plan = ruleset.plans.get(event.name) or ruleset.otherwise
    moment = Moment(f"event:{at}:{event.id}", at, Milliseconds(facts.now - at))
    told = told_of(event, moment, (known, facts.profile), noted=plan.noted)
    effects: list[Effect] = [*told]
    if moves or plan.stirring:
        occasions = [Occasion(plan.triggered, "event", "event", None), *occasions_of(moves, ruleset.triggers)]
        accounts, caused = react(facts, moment, moves, occasions, accounts)
        effects += caused
    return cascade(facts, accounts, effects, moment.age, ruleset)


def _facts(state: CustomerState, customer: CustomerId, at: Instant) -> Facts:
    return Facts(customer, state.occurrences, state.profile, state.segments, at, None)


def _age(at: Instant, now: Instant, ruleset: Ruleset) -> Milliseconds:
    """How long ago something became true by time or definition: under the stream clock it is always just now."""
    return Milliseconds(now - at if ruleset.clock == "wall" else 0)
