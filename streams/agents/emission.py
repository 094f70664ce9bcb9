"""Where effects go: each becomes records on its output topics, in the order in which it happened.

Decides topics and keys; the compacted ones follow the changes that they sum up, in the same transaction. Does not know
how a record is encoded, nor when it is committed.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from streams.agents import records
from streams.agents.internal_events import cut_record, internal_event
from streams.agents.records import Record
from streams.domain.effects import (
    CascadeCut,
    CustomerDeleted,
    DuplicateDropped,
    Effect,
    InternalOccurred,
    MessageSuppressed,
    MessageTriggered,
    PointsGranted,
    PointsMoved,
    PointsRefused,
    RedemptionDecided,
    SegmentChanged,
)
from streams.domain.events import Event
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant
from streams.domain.internal_events import event_of, name_of
from streams.domain.record_ids import balance_key
from streams.domain.state import CustomerState
from streams.engine.metrics import Metrics
from streams.engine.unit_of_work import BY_KEY, Output, UnitOfWork

logger = logging.getLogger(__name__)

_MOST_MESSAGE_BYTES = 8_000_000
"""What a message may come to when its data repeat parts of the event; topics take a little more."""

_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class; for what is made for every effect."""

Encode = Callable[[Record], bytes]


class Channel(NamedTuple):
    """One output topic: its name on the cluster and its encoding."""

    topic: str
    encode: Encode


class Channels(NamedTuple):
    """Every output topic."""

    segment_changes: Channel
    distribution_triggers: Channel
    point_events: Channel
    internal_events: Channel
    rejected_events: Channel
    segment_memberships: Channel
    point_balances: Channel
    redemption_decisions: Channel
    distribution_suppressions: Channel


class Emission:
    """Turns effects into outputs of a unit of work, and counts them."""

    def __init__(self, channels: Channels, metrics: Metrics) -> None:
        self._channels = channels
        self._metrics = metrics

    def emit(
        self, customer: CustomerId, effects: Sequence[Effect], unit: UnitOfWork, emitted_at: Instant
    ) -> None:
        """Write the records of ``effects``, in order."""
        out, channels, key = unit.outputs, self._channels, customer.encode()
        tally, metrics = unit.tally, self._metrics
        for effect in effects:
            match effect:
                case SegmentChanged():
                    record = records.segment_change(customer, effect, emitted_at)
                    out.append(_output(channels.segment_changes, key, record))
                    out.append(self._internal(key, event_of(customer, effect)))
                    tally[metrics.segment_changes, effect.segment_id, effect.change, effect.cause] += 1
                case MessageTriggered() | MessageSuppressed():
                    self._reach_out(customer, effect, unit, emitted_at)
                case PointsGranted() | PointsMoved():
                    self._points(customer, effect, unit, emitted_at)
                case InternalOccurred():
                    out.append(self._internal(key, effect.event))
                case DuplicateDropped():
                    tally[metrics.duplicates,] += 1
                case PointsRefused():
                    pass  # its sender is told by who has the record that it came in
                case _:
                    self._emit_rare(customer, effect, unit, emitted_at)

    def _emit_rare(
        self,
        customer: CustomerId,
        effect: RedemptionDecided | CustomerDeleted | CascadeCut,
        unit: UnitOfWork,
        emitted_at: Instant,
    ) -> None:
        match effect:
            case RedemptionDecided():
                self._answer(customer, effect, unit, emitted_at)
            case CustomerDeleted():
                unit.outputs.append(self._internal(customer.encode(), event_of(customer, effect)))
                self._forget(customer, effect, unit)
                unit.tally[self._metrics.deleted,] += 1
            case CascadeCut():
                self._cut(effect, unit, emitted_at)

    def membership(
        self, customer: CustomerId, state: CustomerState, unit: UnitOfWork, emitted_at: Instant
    ) -> None:
        """Write all memberships of a customer, after one of them changed; once for each unit."""
        topic, encode = self._channels.segment_memberships

        def value() -> bytes:
            return encode(records.segment_membership(customer, state, emitted_at))

        unit.latest[topic, customer.encode()] = value

    def rejected(self, identity: str, record: Mapping[str, object], unit: UnitOfWork) -> None:
        """Write a record of ``rejected-events`` under a key that no other has, for it is compacted."""
        channel = self._channels.rejected_events
        unit.outputs.append(Output(channel.topic, identity.encode(), channel.encode(dict(record))))  # type: ignore[arg-type]

    def _reach_out(
        self,
        customer: CustomerId,
        effect: MessageTriggered | MessageSuppressed,
        unit: UnitOfWork,
        emitted_at: Instant,
    ) -> None:
        """Write a message, or why there is none."""
        if isinstance(effect, MessageTriggered):
            unit.outputs.append(self._message(customer, effect, emitted_at))
            unit.tally[self._metrics.triggers, effect.distribution_id] += 1
            return
        record = records.distribution_suppression(customer, effect, emitted_at)
        unit.outputs.append(_output(self._channels.distribution_suppressions, customer.encode(), record))
        unit.tally[self._metrics.suppressed, effect.distribution_id, effect.reason] += 1

    def _answer(
        self, customer: CustomerId, effect: RedemptionDecided, unit: UnitOfWork, emitted_at: Instant
    ) -> None:
        channels, key = self._channels, customer.encode()
        record = records.redemption_decision(customer, effect, emitted_at)
        unit.outputs.append(_output(channels.redemption_decisions, key, record))
        if not effect.repeated:
            unit.outputs.append(self._internal(key, event_of(customer, effect)))
        unit.tally[self._metrics.redemptions, effect.kind, effect.code or ""] += 1

    def _forget(self, customer: CustomerId, effect: CustomerDeleted, unit: UnitOfWork) -> None:
        """Take a customer out of the compacted topics."""
        memberships, balances = self._channels.segment_memberships.topic, self._channels.point_balances.topic
        unit.latest[memberships, customer.encode()] = _nothing
        for campaign, card in effect.cards:
            unit.latest[balances, balance_key(campaign, customer, card).encode()] = _nothing

    def _internal(self, key: bytes, event: Event) -> Output:
        return _output(self._channels.internal_events, key, internal_event(event))

    def _cut(self, cut: CascadeCut, unit: UnitOfWork, emitted_at: Instant) -> None:
        """Tell loudly that definitions set one another off without end."""
        logger.error(
            "internal events set one another off without end, last %s of customer %s: it is not fed back, see "
            "rejected-events; change the definitions that react to it",
            cut.event.name,
            cut.event.customer_id,
        )
        record = cut_record(cut, self._channels.internal_events.topic, emitted_at)
        self.rejected(cut.event.id, record, unit)
        unit.tally[self._metrics.cascades_cut,] += 1

    def _message(self, customer: CustomerId, effect: MessageTriggered, emitted_at: Instant) -> Output:
        """The record of a message; one that no topic would take goes without what makes it so large."""
        channel, key = self._channels.distribution_triggers, customer.encode()
        written = _output(channel, key, records.distribution_trigger(customer, effect, emitted_at))
        if len(written.value or b"") <= _MOST_MESSAGE_BYTES:
            return written
        logger.warning(
            "message %s of %s is too large: sent without its data", effect.id, effect.distribution_id
        )
        event = None if effect.event is None else effect.event._replace(metadata={})
        bare = effect._replace(message={}, event=event)
        return _output(channel, key, records.distribution_trigger(customer, bare, emitted_at))

    def _points(
        self, customer: CustomerId, effect: PointsGranted | PointsMoved, unit: UnitOfWork, emitted_at: Instant
    ) -> None:
        """Write what moved on a card, and its balance; of what an event moved, that event has told."""
        channels, key, metrics = self._channels, customer.encode(), self._metrics
        record = records.point_event(customer, effect, emitted_at)
        unit.outputs.append(_output(channels.point_events, key, record))
        if name_of(effect) is not None:
            unit.outputs.append(self._internal(key, event_of(customer, effect)))
        if isinstance(effect, PointsGranted):
            unit.tally[metrics.points, effect.earning_rule_id] += effect.points
        else:
            unit.tally[metrics.point_moves, effect.type] += 1
        topic, encode = channels.point_balances

        def value() -> bytes:
            return encode(records.point_balance(customer, effect, emitted_at))

        unit.latest[topic, balance_key(effect.campaign_id, customer, effect.card_id).encode()] = value


def _nothing() -> None:
    """The value that takes a key out of a compacted topic."""


def _output(channel: Channel, key: bytes, record: Record) -> Output:
    topic, encode = channel
    return _new(Output, (topic, key, encode(record), BY_KEY, (), 0))
