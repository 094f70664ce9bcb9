"""A shop's rules and records, for agents that run without a broker: real messages, a real store."""

import json
import math
from typing import Any

from confluent_kafka import Message

from schemas.catalog import EVENTS_DIRECTORY, INTERNAL_DIRECTORY, load_catalog
from schemas.outputs import output_encoder
from schemas.wire import EventReader
from streams.agents.customers import Clock, CustomerAgent, Guards
from streams.agents.emission import Channel, Channels, Emission
from streams.agents.rules_in_force import InForce, RulesInForce
from streams.agents.storm import StormGuard, StormPolicy
from streams.domain.definitions import Definition
from streams.domain.events import Event
from streams.domain.instants import parse_instant
from streams.domain.ruleset import compile_ruleset
from streams.engine.marks import CLOCK_KEY, SWEEP_KEY, write_clock, write_sweep
from streams.engine.metrics import Metrics, count
from streams.engine.partition import Partition, Touched
from streams.engine.poison import Poison
from streams.engine.record_batches import RecordBatch
from streams.engine.state_codec import encode_state
from streams.engine.state_store import Changes, StateStore
from streams.engine.sweeping import Slice
from streams.engine.unit_of_work import UnitOfWork
from topology.definitions.event_shapes import event_shapes

CATALOG = load_catalog([EVENTS_DIRECTORY, INTERNAL_DIRECTORY])
WRITTEN_AT = parse_instant("1999-06-01T00:00:00Z")
"""The records' own timestamp."""

NO_STORM = StormPolicy(percent=100)

Record = dict[str, Any]


def segment(name: str, metric: str, condition: Record) -> Definition:
    """A segment with one condition."""
    body = {"kind": "segment", "id": name, "filter": {f"events.{metric}": {"conditions": condition}}}
    return Definition("segment", name, 1, body)


REGULARS = segment("regulars", "purchase.count", {"$more_than": [1]})
RECENT = segment("recent", "purchase.last_occurred", {"$less_than": [5]})
POINTS = Definition(
    "earning_rule",
    "points",
    1,
    {
        "kind": "earning_rule",
        "id": "points",
        "campaign": "club",
        "trigger": {"event": "purchase"},
        "points": {"type": "fixed", "value": 10},
        "active": True,
    },
)

REVERSIBLE = POINTS._replace(body={**POINTS.body, "reversible": "P30D"})


READER = EventReader(CATALOG, form=Event)
"""Of all events that come with Tidemark; making one takes a while."""


def in_force(*definitions: Definition, clock: Clock = "stream", applied_at: float = 0.0) -> InForce:
    """These definitions, compiled, with a reader of all events that come with Tidemark."""
    ruleset = compile_ruleset(definitions, event_shapes(CATALOG), clock=clock)
    return InForce(ruleset, READER, applied_at)


def channels() -> Channels:
    """Every output topic under its own name, in JSON."""
    names = (name.replace("_", "-") for name in Channels._fields)
    return Channels(*(Channel(name, output_encoder(name, "json")) for name in names))


def purchase(customer: str, at: str, **changed: Any) -> Record:
    """A purchase as JSON has it."""
    event = {
        "id": f"{customer}-{at}",
        "event": "purchase",
        "customer": {"source_id": customer},
        "occurred_at": at,
        "source": "till",
        "metadata": {"cds": 1, "amount": 9.5},
    }
    return event | changed


class Shop:
    """A customer agent over one partition of four."""

    def __init__(
        self,
        store: StateStore,
        *definitions: Definition,
        clock: Clock = "stream",
        storm: StormPolicy = NO_STORM,
    ) -> None:
        self.metrics = Metrics()
        self.rules = RulesInForce(in_force(*definitions, clock=clock))
        emission = Emission(channels(), self.metrics)

        def partition_of(customer: str) -> int:
            return 3 if customer.startswith("elsewhere") else 2

        guards = Guards(Poison(1, self.metrics), StormGuard(storm))
        self.agent = CustomerAgent(self.rules, emission, partition_of, clock, guards)
        self._clock: Clock = clock
        self._store = store
        self.begin_again()

    def begin_again(self) -> None:
        """Drop what is not settled, and read from the first record again."""
        self.partition = Partition(2, self._store)
        self._offset = 100

    def take(
        self, *values: bytes | Record | None, headers: list[tuple[str, bytes]] | None = None
    ) -> UnitOfWork:
        """Apply a batch of records under the key ``k``; returns what it would commit."""
        unit, first = UnitOfWork(0.0), self._offset
        messages = []
        for value in values:
            body = json.dumps(value).encode() if isinstance(value, dict) else value
            messages.append(
                Message(
                    topic="custom-events",
                    partition=2,
                    offset=self._offset,
                    key=b"k",
                    value=body,
                    headers=headers,
                    timestamp=(1, WRITTEN_AT),
                )
            )
            self._offset += 1
        batch = RecordBatch("custom-events", 2, 1, first, self._offset, messages)
        self.agent.apply(batch, self.partition, unit)
        count(unit.tally)  # as a commit does
        return unit

    def take_messages(self, *messages: Message) -> UnitOfWork:
        """Apply records as the client gives them."""
        unit, first = UnitOfWork(0.0), self._offset
        self._offset += len(messages)
        self.agent.apply(
            RecordBatch("custom-events", 2, 1, first, self._offset, messages), self.partition, unit
        )
        return unit

    def let_time_pass(self) -> UnitOfWork:
        """Take everybody who is due; what was collected before is settled in the store first."""
        self.settle()
        unit, now = UnitOfWork(0.0), self.agent.now(self.partition)
        if now is not None:
            taken = self.partition.take_due(now, 1_000, self.agent.parked)
            self.agent.apply_due(taken.customers, self.partition, unit)
        return unit

    def sweep(self, until: float = math.inf) -> UnitOfWork:
        """Decide customers anew as far as is needed, until a reading of the monotonic clock; at least one of them."""
        self.follow()
        unit, partition, agent = UnitOfWork(0.0), self.partition, self.agent
        if not partition.sweep.done:
            piece = Slice(partition, until, agent.parked)
            moved = agent.decide_anew(piece, partition, unit)
            partition.go_on_sweeping(piece.sweep._replace(moved=piece.sweep.moved + moved))
        return unit

    def edit(self, *definitions: Definition) -> None:
        """Let other definitions take over."""
        self.rules.offer(in_force(*definitions, clock=self._clock))
        self.agent.between_batches()
        self.follow()

    def follow(self) -> None:
        """Begin a sweep if other definitions decide now."""
        if self.partition.sweep.fingerprint != self.agent.fingerprint:
            self.partition.begin_sweep(self.agent.fingerprint, 0.0)

    def settle(self) -> None:
        """What a commit does to the store."""
        self.store(self.partition.freeze())

    def store(self, touched: Touched) -> None:
        """What a commit does to the store when it is through."""
        changes = Changes()
        for instant, key in touched.taken:
            changes.taken(instant, key)
        for customer, state in touched.states.items():
            changes.put(customer.encode(), encode_state(state))
            if state.due is not None:
                changes.due(state.due, customer.encode())
        if touched.clock is not None:
            changes.put(CLOCK_KEY, write_clock(touched.clock))
        if touched.sweep is not None:
            changes.put(SWEEP_KEY, write_sweep(touched.sweep))
        self.partition.store.apply(changes, None)
        self.partition.settle()

    def counted(self, name: str, **labels: str) -> float:
        """The value of a counter."""
        return self.metrics.registry.get_sample_value(f"tidemark_{name}_total", labels) or 0.0


def written(unit: UnitOfWork, topic: str) -> list[Record]:
    """The records that a unit holds for a topic."""
    unit.close([])
    return [json.loads(output.value or b"null") for output in unit.outputs if output.topic == topic]
