"""What follows from an event and from changes of membership: published changes, messages, points.

Decides the order of effects, gives each its sequence number and its deterministic id: first the changes, then
distributions (those of the event, then those of each change), then earning rules by id, then what the event itself
moves on cards. What has fired and what is on the cards afterwards is returned, nothing is changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from streams.domain.cards import (
    OWN,
    Cards,
    Grant,
    added,
    card_of,
    code_of,
    digest_of,
    granted,
    id_of,
    may_open,
    with_card,
)
from streams.domain.decisions import Move
from streams.domain.distributions import Distribution
from streams.domain.earning import EarningRule
from streams.domain.effects import Cause, Effect, MessageTriggered, PointsGranted, SegmentChanged
from streams.domain.event_plans import NOTHING_TRIGGERED, Triggered
from streams.domain.events import Event
from streams.domain.facts import Facts
from streams.domain.identities import CardCode, RecordId
from streams.domain.instants import Instant, Milliseconds
from streams.domain.ledger import Entry, Ledger
from streams.domain.limits import Limits
from streams.domain.record_ids import record_id
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
    cards: Cards


class Occasion(NamedTuple):
    """An event, or one change of membership, and what it sets off."""

    triggered: Triggered
    kind: TriggerKind
    cause: Cause
    segment: Segment | None


def stirs(triggered: Triggered, facts: Facts) -> bool:
    """Whether anything that an event sets off passes its validation rule; asked for every event, so in haste."""
    if triggered.admits is not None:
        return triggered.moves_points or triggered.admits(facts)
    for distribution in triggered.distributions:
        if distribution.admits(facts):
            return True
    for rule in triggered.earning_rules:
        if rule.admits(facts):
            return True
    return triggered.moves_points


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
    if facts.event is not None and occasions and occasions[0].triggered.moves_points:
        outbox.follow(facts.event)  # its own occasion is the first
    return Accounts(outbox.sequence, outbox.firings, outbox.cards), outbox.effects


def expire(facts: Facts, moment: Moment, accounts: Accounts) -> tuple[Accounts, list[Effect]]:
    """The accounts without the points that are gone at a moment, and what is told of them."""
    ledger = Ledger(accounts.cards, accounts.sequence, _entry(facts, moment))
    ledger.expire()
    return accounts._replace(sequence=ledger.sequence, cards=ledger.cards), [*ledger.effects]


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
        self.sequence, self.firings, self.cards = accounts
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
        """Grant points, unless there are none, or cause, time, limits or the validation rule forbid it."""
        facts, at = self._facts, self._moment.occurred_at
        if cause not in rule.on or rule.validity.refusal(at) is not None or not rule.admits(facts):
            return
        points = rule.worth(facts)
        expires_at = rule.expiry.of(at) if rule.expiry else None
        if points <= 0 or (expires_at is not None and expires_at <= facts.now):
            return
        if not self._fire(rule.key, rule.limits):
            return
        code, balance = self._put(rule, points, expires_at)
        self.effects.append(
            PointsGranted(
                self._record_id("earning_rule", rule.id, rule.version),
                self._next(),
                rule.campaign,
                id_of(rule.campaign, facts.customer_id, code),
                rule.id,
                rule.version,
                points,
                balance,
                facts.event,
                at,
                cause,
            )
        )

    def follow(self, event: Event) -> None:
        """Move the points that an event speaks of."""
        ledger = Ledger(self.cards, self.sequence, _entry(self._facts, self._moment))
        ledger.follow(event)
        self.cards, self.sequence = ledger.cards, ledger.sequence
        self.effects += ledger.effects

    def _put(self, rule: EarningRule, points: int, expires_at: Instant | None) -> tuple[CardCode, int]:
        """Put points on the card that the event names, or on the customer's own; which it is, and its balance."""
        event, at, campaign = self._facts.event, self._moment.occurred_at, rule.campaign
        code = OWN if event is None else code_of(campaign, event.customer_id, event.card)
        if not may_open(self.cards, campaign, code):
            code = OWN
        card = card_of(self.cards, campaign, code)
        if rule.reversible and event is not None:
            until = Instant(at + rule.reversible)
            grant = Grant(digest_of(event.id), rule.id, rule.version, points, until, expires_at)
            card = granted(card, grant, self._facts.now)
        else:
            card = added(card, points, expires_at)
        self.cards = with_card(self.cards, campaign, code, card)
        return code, card.balance

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


def _entry(facts: Facts, moment: Moment) -> Entry:
    return Entry(facts.customer_id, moment.cause_id, moment.occurred_at, facts.now)
