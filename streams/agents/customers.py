"""The customer agent: everything that concerns one customer, in six steps: decode, load, advance, store, emit, count.

Decides what to do with a record that is no event (rejected, with its original bytes), that stands on the wrong
partition (forwarded), or that only moves the clock. What an event means is the heart's decision; when it is committed,
the engine's.
"""

import time
from collections import Counter
from collections.abc import AsyncIterable, Callable, Container, Iterable, Iterator, Mapping, Sequence
from operator import length_hint
from typing import Literal, NamedTuple, Protocol, TypeVar

from confluent_kafka import Message

from schemas.envelope import Headers
from schemas.wire import Rejected, SchemaAwaited
from streams.agents.emission import Emission
from streams.agents.profile_limit import outgrown
from streams.agents.record_places import forwarded, origin_of, place_of
from streams.agents.rejecting import UNREADABLE, Rejecting
from streams.agents.rules_in_force import RulesInForce
from streams.agents.source_labels import SourceLabels
from streams.agents.storm import StormGuard
from streams.agents.ticks import TICK_HEADER, parse_tick
from streams.agents.turn import Turn
from streams.domain.advance import Transition, advance, redefine
from streams.domain.effects import DuplicateDropped, SegmentChanged
from streams.domain.events import Event
from streams.domain.identities import CustomerId, EventId
from streams.domain.instants import Instant
from streams.domain.signals import Occurred, Tick
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine.partition import Partition
from streams.engine.poison import Poison
from streams.engine.processor import Processor
from streams.engine.record_batches import Halt, RecordBatch
from streams.engine.unit_of_work import UnitOfWork

Clock = Literal["wall", "stream"]
_T = TypeVar("_T")

_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class; for what is made for every event."""


PartitionOf = Callable[[str], int]
"""On which partition a customer belongs."""
Record = tuple[Message, Headers | None]
"""A record with its headers, which are read once."""


class ByTheWay(Protocol):
    """What is done with records that are no events, see ``CustomerAgent.also``."""

    def __call__(self, message: Message, headers: Headers | None, turn: Turn) -> None:
        """Apply one record."""


class Guards(NamedTuple):
    """What keeps bad input, and our own mistakes, from doing harm."""

    poison: Poison
    storms: StormGuard


def wall_clock() -> Instant:
    """The time now."""
    return Instant(time.time_ns() // 1_000_000)


class CustomerAgent:
    """Applies records and deadlines to customers; the ``Decisions`` of the processor."""

    def __init__(
        self, rules: RulesInForce, emission: Emission, partition_of: PartitionOf, clock: Clock, guards: Guards
    ) -> None:
        self._rules = rules
        self._emission = emission
        self._partition_of = partition_of
        self._stream_clock = clock == "stream"
        self._poison, self._storms = guards
        self._metrics = self._poison.metrics
        self._others: dict[str, ByTheWay] = {}
        self._sources = SourceLabels()
        self.rejecting = Rejecting(emission, self._poison, self._sources)
        self._read_last = Instant(0)

    def also(self, topic: str, apply: ByTheWay) -> None:
        """Give the records of another topic, which follows that of events, to ``apply``."""
        self._others[topic] = apply

    @property
    def following(self) -> tuple[str, ...]:
        """The topics that follow that of events."""
        return tuple(self._others)

    def now(self, partition: Partition) -> Instant | None:
        """The wall clock, or the largest event time seen in the partition."""
        return partition.clock if self._stream_clock else self._wall_clock()

    def between_batches(self) -> None:
        """Take over new definitions."""
        if self._rules.take_over():
            self.show_rules()
        if self._storms.stormy:
            self._storms.look(self._wall_clock())

    def show_rules(self) -> None:
        """Put the ruleset in force on the metrics."""
        current = self._rules.current
        self._metrics.ruleset.clear()
        self._metrics.ruleset.labels(current.ruleset.fingerprint).set(1)
        self._metrics.ruleset_applied.set(current.applied_at)

    @property
    def parked(self) -> Container[str]:
        """Customers whose deadlines broke."""
        return self._poison.customers

    def apply(self, batch: RecordBatch, partition: Partition, unit: UnitOfWork) -> Halt | None:
        """Apply a batch, but for records that are parked, and up to an event whose schema is awaited."""
        turn = Turn(partition, unit, self._wall_clock(), self._rules.current.ruleset)
        records, untouched, accepted = batch.records, iter(batch.records), list[str]()
        rejected_before, applied = self.rejecting.count, len(records)
        halt: Halt | None = None
        with self._poison.noted(lambda: place_of(_given_last(records, untouched))):
            try:
                other = self._others.get(batch.topic)
                if other is None:
                    self._apply(untouched, turn, accepted)
                else:
                    self._apply_other(untouched, turn, other)
            except SchemaAwaited as awaited:
                halt = Halt(_given_last(records, untouched).offset(), awaited.ready)
                applied -= length_hint(untouched) + 1
        self._storms.took(partition, applied, self.rejecting.count - rejected_before, turn.at)
        for name, times in Counter(accepted).items():
            unit.tally[self._metrics.events, name] += times
        return halt

    def _apply(self, records: Iterator[Message], turn: Turn, accepted: list[str]) -> None:
        """Apply records; the names of events that count are added to ``accepted``."""
        read, received_at, partition, parked = (
            self._rules.current.reader.read, turn.at, turn.partition, self._poison.records
        )  # fmt: skip
        for message in records:
            if parked and place_of(message) in parked:
                self.rejecting.park(message, turn)
                continue
            try:
                headers = message.headers()
            except SystemError:
                self.rejecting.reject(UNREADABLE, message, None, turn)
                continue
            if headers and self._tick(dict(headers), partition):
                continue
            decoded = read(message.value(), headers, message.timestamp()[1], received_at)
            if isinstance(decoded, Rejected):
                self.rejecting.reject(decoded, message, headers, turn)
            else:
                event: Event = decoded  # type: ignore[assignment]  # the reader fills the heart's own form
                if decoded[0] is None:
                    event = event._replace(id=EventId(origin_of(message, headers)))
                if self._occur(event, message, headers, turn):
                    accepted.append(event.name)

    def _apply_other(self, records: Iterator[Message], turn: Turn, apply: ByTheWay) -> None:
        """Apply records of another topic."""
        for message in records:
            if place_of(message) in self._poison.records:
                self.rejecting.park(message, turn)
                continue
            try:
                headers = message.headers()
            except SystemError:
                self.rejecting.reject(UNREADABLE, message, None, turn)
                continue
            apply(message, headers, turn)

    def apply_due(self, customers: Sequence[str], partition: Partition, unit: UnitOfWork) -> None:
        """Let time pass for customers that are due, each deadline at its own instant."""
        turn = Turn(partition, unit, self._wall_clock(), self._rules.current.ruleset)
        now, untouched = self.now(partition), iter(customers)
        if now is None:
            return
        with self._poison.noted(lambda: _given_last(customers, untouched)):
            for name in untouched:
                customer = CustomerId(name)
                before = partition.load(customer)
                self.move(customer, before, advance(before, Tick(customer, now), turn.ruleset), turn)

    @property
    def fingerprint(self) -> str:
        """Of the definitions that memberships depend on."""
        return self._rules.current.ruleset.fingerprint

    def decide_anew(
        self, customers: Iterable[tuple[str, CustomerState]], partition: Partition, unit: UnitOfWork
    ) -> int:
        """Decide customers under the present definitions; how many that moved."""
        turn = Turn(partition, unit, self._wall_clock(), self._rules.current.ruleset)
        change, now = self._rules.change(partition.sweep.since), self.now(partition)
        name, moved = "", 0
        if now is None:
            return 0
        with self._poison.noted(lambda: name):
            for name, before in customers:
                customer = CustomerId(name)
                transition = redefine(before, customer, now, change)
                if transition.state is not before:
                    self.move(customer, before, transition, turn)
                    moved += transition.state.segments is not before.segments
        return moved

    def _wall_clock(self) -> Instant:
        """The time now; a clock that is set back stands still until it has caught up, as the heart is promised."""
        self._read_last = max(self._read_last, wall_clock())
        return self._read_last

    def _occur(self, event: Event, message: Message, headers: Headers | None, turn: Turn) -> bool:
        """Apply an event; whether it was accepted, and is no duplicate."""
        customer, partition = event.customer_id, turn.partition
        state = partition.load(customer)
        if state is NEW_CUSTOMER and self.sent_on(event.source, customer, (message, headers), turn):
            return False
        refusal = outgrown(state.profile, event.profile) if event.profile else None
        if refusal is not None:
            why = refusal._replace(event=event.name, source=event.source, customer_id=customer)
            self.rejecting.reject(why, message, headers, turn)
            return False
        now = partition.advance_clock(event.occurred_at) if self._stream_clock else turn.at
        transition = advance(state, _new(Occurred, (event, now)), turn.ruleset)
        after, effects = transition
        if not effects and after.segments is state.segments:  # nearly all events
            partition.save(customer, state, after)
            return True
        self.move(customer, state, transition, turn)
        self.rejecting.refuse_points(effects, message, headers, turn)
        return not effects or not isinstance(effects[-1], DuplicateDropped)

    def move(self, customer: CustomerId, before: CustomerState, moved: Transition, turn: Turn) -> None:
        """Keep a new state, and write what it brings about."""
        after, effects = moved
        if after is not before:
            turn.partition.save(customer, before, after)
        if effects:
            self._emission.emit(customer, effects, turn.unit, turn.at)
        if after is NEW_CUSTOMER:
            return  # nothing is left that could be summed up
        if after.segments is not before.segments:
            # As of the last change, so that the record is the same whether other records came along with it or not.
            changes = [effect.sequence for effect in effects if isinstance(effect, SegmentChanged)]
            as_of = changes[-1] if changes else before.sequence
            self._emission.membership(customer, after._replace(sequence=as_of), turn.unit, turn.at)

    def _tick(self, headers: Mapping[str, bytes | None], partition: Partition) -> bool:
        """Whether a record is a tick; if it is, the stream clock moves on."""
        if TICK_HEADER not in headers:
            return False
        instant = parse_tick(headers[TICK_HEADER])
        if instant is not None and self._stream_clock:
            partition.advance_clock(instant)
        return True

    def sent_on(
        self, source: str | None, customer: str, record: Record, turn: Turn, key: bytes | None = None
    ) -> bool:
        """Send a record on that does not stand on the partition of its customer; whether that was so.

        Its key is the customer's id, or ``key``.
        """
        home = self._partition_of(customer)
        if home == turn.partition.number:
            return False
        turn.unit.outputs.append(forwarded(*record, key or customer.encode(), home))
        turn.unit.tally[self._metrics.forwarded, self._sources.of(source)] += 1
        return True


def _given_last(values: Sequence[_T], rest: Iterator[_T]) -> _T:
    """The value that an iterator over them gave last: what is being applied costs nothing to remember."""
    return values[len(values) - length_hint(rest) - 1]


async def customers(batches: AsyncIterable[RecordBatch], processor: Processor) -> None:
    """The agent's loop: one batch after another, for as long as the stream goes on."""
    async for batch in batches:
        await processor.apply(batch)
