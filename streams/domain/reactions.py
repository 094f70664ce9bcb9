"""What follows from an event and from changes of membership: published changes, messages, points.

Decides the order of effects, gives each its sequence number and its deterministic id: first the changes, then
distributions (those of the event, then those of each change), then earning rules by id. What has fired and what is on
the cards afterwards is returned, nothing is changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from streams.domain.decisions import Move
from streams.domain.distributions import Distribution
from streams.domain.earning import EarningRule
from streams.domain.effects import Cause, Effect, MessageTriggered, PointsGranted, SegmentChanged
from streams.domain.facts import Facts
from streams.domain.identities import CampaignId, RecordId
from streams.domain.instants import Instant, Milliseconds
from streams.domain.limits import Limits
from streams.domain.record_ids import card_id, record_id
from streams.domain.ruleset import NOTHING_TRIGGERED, Triggered
from streams.domain.segments import Segment
from streams.domain.sending import Sending
from streams.domain.triggers import Trigger, TriggerKind


class Moment(NamedTuple):
    """When and why something is decided."""

    cause_id: str
    """Of the event, the deadline or the definitions: tells records of one definition and customer apart.

    An event's holds its time, for an id may come again when it has been forgotten.
    """
    occurred_at: Instant
    age: Milliseconds
    """How long ago that was when the signal came."""


class Accounts(NamedTuple):
    """What effects add to: the customer's sequence number, instants of firings, points on cards."""

    sequence: int
    firings: Mapping[str, tuple[Instant, ...]]
    balances: Mapping[CampaignId, int]


class Occasion(NamedTuple):
    """An event, or one change of membership, and what it sets off."""

    triggered: Triggered
    kind: TriggerKind
    cause: Cause
    segment: Segment | None


def stirs(triggered: Triggered, facts: Facts) -> bool:
    """Whether anything that an event sets off passes its validation rule; asked for every event, so in haste."""
    if triggered.admits is not None:
        return triggered.admits(facts)
    for distribution in triggered.distributions:
        if distribution.admits(facts):
            return True
    for rule in triggered.earning_rules:  # noqa: SIM110  a generator costs more than the rules
        if rule.admits(facts):
            return True
    return False


def occasions_of(moves: Iterable[Move], triggers: Mapping[Trigger, Triggered]) -> list[Occasion]:
    """The published moves as occasions, in order."""
    return [_occasion(move, triggers) for move in moves if move.announced]


def react(
    facts: Facts, moment: Moment, moves: Iterable[Move], occasions: Sequence[Occasion], accounts: Accounts
) -> tuple[Accounts, list[Effect]]:
    """The effects of one moment, in order, and the accounts after them."""
    outbox = _Outbox(facts, moment, accounts)
    for move in moves:
        if move.announced:
            outbox.change(move)
    for occasion in occasions:
        for distribution in occasion.triggered.distributions:
            outbox.send(distribution, occasion)
    earning = [(rule, one.cause) for one in occasions for rule in one.triggered.earning_rules]
    if len(occasions) > 1:  # those of one occasion are in order
        earning.sort(key=_id)
    for rule, cause in earning:
        outbox.grant(rule, cause)
    return Accounts(outbox.sequence, outbox.firings, outbox.balances), outbox.effects


def _id(earning: tuple[EarningRule, Cause]) -> str:
    return earning[0].id


def _occasion(move: Move, triggers: Mapping[Trigger, Triggered]) -> Occasion:
    kind: TriggerKind = "segment_entered" if move.change == "entered" else "segment_left"
    triggered = triggers.get(Trigger(kind, move.segment_id), NOTHING_TRIGGERED)
    return Occasion(triggered, kind, move.cause, move.segment)


class _Outbox:
    """The effects of one moment as they are collected."""

    def __init__(self, facts: Facts, moment: Moment, accounts: Accounts) -> None:
        self.effects: list[Effect] = []
        self.sequence, self.firings, self.balances = accounts
        self._facts = facts
        self._moment = moment

    def change(self, move: Move) -> None:
        """Publish a change of membership."""
        event = self._facts.event
        self.effects.append(
            SegmentChanged(
                self._record_id("segment", move.segment_id, move.version),
                self._next(),
                move.segment_id,
                move.version,
                move.change,
                move.cause,
                self._moment.occurred_at,
                None if event is None else event.id,
            )
        )

    def send(self, distribution: Distribution, occasion: Occasion) -> None:
        """Trigger a message or tell what holds it back, unless cause or validation rule make it no occasion."""
        kind, cause, segment = occasion.kind, occasion.cause, occasion.segment
        if cause not in distribution.on or not distribution.admits(self._facts):
            return
        cause_id, at, age = self._moment
        sending = Sending(distribution, self._facts, kind, cause, segment, at, age, cause_id)
        effect = sending.outcome(self.firings.get(distribution.key, ()), self._next())
        self.effects.append(effect)
        if isinstance(effect, MessageTriggered):
            self._note(distribution.key, distribution.limits)

    def grant(self, rule: EarningRule, cause: Cause) -> None:
        """Grant points, unless there are none, or time, limits or the validation rule forbid it."""
        facts, at = self._facts, self._moment.occurred_at
        if not rule.in_force(at) or not rule.admits(facts):
            return
        points = rule.worth(facts)
        if points <= 0 or not self._fire(rule.key, rule.limits):
            return
        balance = self.balances.get(rule.campaign, 0) + points
        self.balances = {**self.balances, rule.campaign: balance}
        self.effects.append(
            PointsGranted(
                self._record_id("earning_rule", rule.id, rule.version),
                self._next(),
                rule.campaign,
                card_id(rule.campaign, facts.customer_id),
                rule.id,
                rule.version,
                points,
                balance,
                facts.event,
                at,
                cause,
            )
        )

    def _fire(self, key: str, limits: Limits) -> bool:
        """Whether the limits admit a firing now; if they do, it is noted."""
        if not limits.remembered:
            return True
        fired, at = self.firings.get(key, ()), self._moment.occurred_at
        if not limits.admit(fired, at):
            return False
        self._note(key, limits)
        return True

    def _note(self, key: str, limits: Limits) -> None:
        if limits.remembered:
            fired = self.firings.get(key, ())
            self.firings = {**self.firings, key: limits.noted(fired, self._moment.occurred_at)}

    def _next(self) -> int:
        self.sequence += 1
        return self.sequence

    def _record_id(self, kind: str, definition: str, version: int) -> RecordId:
        return record_id(kind, definition, version, self._facts.customer_id, self._moment.cause_id)
