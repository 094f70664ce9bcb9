"""``python -m tests.bench.micro``: what one event costs in each step of the hot path, in nanoseconds.

Decides what is timed and on which data (the purchases of the benchmark's job, against its definitions). The steps run
one by one, warm, without a broker. It is CPU time of the one thread, in the best of several rounds, so that neighbours
on the machine hardly show; garbage is collected meanwhile, as it is in a worker. What they cost together, beside a
broker, is the benchmark's to tell. `python -m tests.bench.micro > tests/bench/results/micro.md` keeps them.
"""

import gc
import json
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Message, Producer

from schemas.avro_wire import EventWire
from schemas.catalog import Catalog
from schemas.definitions import read_definition
from schemas.framing import frame
from schemas.outputs import output_encoder
from schemas.wire import Decoded, EventReader
from schemas.writer_schemas import WriterSchemas
from streams.agents.customers import CustomerAgent, Guards
from streams.agents.emission import Channel, Channels, Emission
from streams.agents.records import segment_change
from streams.agents.rules_in_force import InForce, RulesInForce
from streams.agents.storm import StormGuard, StormPolicy
from streams.domain.advance import advance
from streams.domain.effects import SegmentChanged
from streams.domain.events import Event
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Occurred
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine.metrics import Metrics
from streams.engine.partition import Partition
from streams.engine.poison import Poison
from streams.engine.record_batches import RecordBatch
from streams.engine.state_codec import decode_state, encode_state
from streams.engine.state_store import Changes, StateStore
from streams.engine.unit_of_work import UnitOfWork
from tests.bench.contestants import HERE
from tests.bench.idle_rules import orders
from tests.bench.idle_rules import ruleset as idle_ruleset
from tests.bench.job import EVENT, purchases, wire_form
from tests.bench.machine import describe_machine
from topology.definitions.check import CheckedDefinitions
from topology.definitions.directory import check_directory
from topology.settings import Settings

EVENTS = 5_000
CUSTOMERS = 1_000
ROUNDS = 5
_NOW = Instant(1_767_225_600_000)
"""1 January 2026, after all purchases."""


class Step(NamedTuple):
    """One step of the hot path, on all events at once."""

    name: str
    operations: int
    run: Callable[[], object]


def main() -> None:
    """Print the cost of each step, as a page."""
    about = "; ".join(f"{name} {told}" for name, told in describe_machine().items())
    print(f"# What one event costs, step by step\n\n`python -m tests.bench.micro`; {about}.")
    print(f"CPU time of one thread, the best of {ROUNDS} rounds of {EVENTS:,} events.\n")
    print("| step | ns |\n|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        for step in steps(Path(directory)):
            rounds = timeit.repeat(step.run, "gc.enable()", time.thread_time, ROUNDS, 1, globals={"gc": gc})
            best = min(rounds)
            print(f"| {step.name} | {best / step.operations * 1e9:,.0f} |", flush=True)


def steps(directory: Path) -> Iterator[Step]:
    """Every step; each begins where the one before ended."""
    checked = check_directory(HERE / "definitions", Settings())
    values = [wire_form(purchase) for purchase in purchases(EVENTS, CUSTOMERS)]
    yield from _reading(checked, values)
    yield from _reading_six()
    events = [Event._make(decoded) for decoded in _read(EventReader(checked.catalog), values)]
    states, changes = _advanced(checked.ruleset, events)
    yield Step("advance a customer by an event", EVENTS, lambda: _advanced(checked.ruleset, events))
    yield from _idling()
    encode = output_encoder("segment-changes", "json")
    yield Step(
        "record of a segment change, and encode it",
        len(changes),
        lambda: [encode(segment_change(customer, change, _NOW)) for customer, change in changes],
    )
    yield from _storing(directory / "filled", states)
    yield from _applying(directory / "empty", checked, values)
    yield from _producing(values)


def _reading(checked: CheckedDefinitions, values: list[bytes]) -> Iterator[Step]:
    reader = EventReader(checked.catalog)
    yield Step("read and check an event, JSON", EVENTS, lambda: _read(reader, values))
    wire = EventWire(checked.catalog.definitions[EVENT])
    in_avro = [wire.encode(json.loads(value)) for value in values]
    yield Step("read and check an event, Avro", EVENTS, lambda: _read(reader, in_avro))


SIX: dict[str, Any] = {
    "type": "record",
    "name": "order_placed",
    "fields": [
        {"name": "order", "type": "string", "maxLength": 40},
        {"name": "items", "type": "long", "min": 1},
        {"name": "amount", "type": "double", "min": 0},
        {"name": "gift", "type": "boolean", "default": False},
        {"name": "channel", "type": {"type": "enum", "name": "channel", "symbols": ["web", "shop"]}},
        {"name": "voucher", "type": ["null", "string"], "default": None},
    ],
}
"""An event with six attributes, on which the target of 8 µs for reading and checking stands."""


def _reading_six() -> Iterator[Step]:
    """The same events in every encoding, and in an earlier version of their schema."""
    catalog = Catalog.from_documents({"order_placed": SIX})
    earlier = {**SIX, "fields": SIX["fields"][:5]}
    wire, past = (
        EventWire(catalog.definitions["order_placed"]),
        EventWire(read_definition(earlier, "earlier")),
    )
    reader = EventReader(catalog.with_earlier({"order_placed": [earlier]}), registry=_Registered(wire, past))
    events = [_order(number) for number in range(EVENTS)]
    shorter = [
        {**event, "metadata": {k: v for k, v in event["metadata"].items() if k != "voucher"}}
        for event in events
    ]
    single, of_past = [wire.encode(event) for event in events], [past.encode(event) for event in shorter]
    encodings = {
        "JSON": [json.dumps(event, separators=(",", ":")).encode() for event in events],
        "Avro": single,
        "Confluent": [frame(0) + value[10:] for value in single],
        "Avro, a past version": of_past,
        "Confluent, a past version": [frame(1) + value[10:] for value in of_past],
    }
    for name, values in encodings.items():
        yield Step(f"read and check 6 attributes, {name}", EVENTS, partial(_read, reader, values))


def _order(number: int) -> dict[str, Any]:
    metadata = {
        "order": f"o-{number}", "items": 1 + number % 7, "amount": number / 100, "gift": number % 2 == 0,
        "channel": "web", "voucher": "SPRING" if number % 3 else None,
    }  # fmt: skip
    customer = {"source_id": f"c-{number % CUSTOMERS}"}
    return {
        "id": f"e-{number}", "event": "order_placed", "customer": customer, "source": "shop",
        "occurred_at": "2025-12-31T23:00:00Z", "metadata": metadata,
    }  # fmt: skip


class _Registered(WriterSchemas):
    """A registry of which everything is known: after the first event of a schema it is not asked again."""

    def __init__(self, *wires: EventWire) -> None:
        super().__init__(lambda _: "", ThreadPoolExecutor(1), waits=True)
        self._texts.update({number: json.dumps(wire.schema) for number, wire in enumerate(wires)})


def _read(reader: EventReader, values: list[bytes]) -> list[Decoded]:
    """All events; a rejection would make the figures worthless, so it ends the run."""
    read = [reader.read(value, headers=None, timestamp=_NOW, received_at=_NOW) for value in values]
    decoded = [event for event in read if isinstance(event, Decoded)]
    if len(decoded) != len(read):
        raise ValueError(f"{len(read) - len(decoded)} purchases were rejected, such as {read[0]}")
    return decoded


def _idling() -> Iterator[Step]:
    """What rules cost that are asked for an event of a known customer and do not hold."""
    events = orders(EVENTS, CUSTOMERS)
    for about, ruleset in (
        ("no rules", idle_ruleset(0, 0)),
        ("20 distributions and 10 earning rules", idle_ruleset()),
    ):
        known, _ = _advanced(ruleset, events[:CUSTOMERS])
        step = partial(_advanced, ruleset, events[CUSTOMERS:], known)
        yield Step(f"advance by an event with {about} behind it that do not fire", EVENTS - CUSTOMERS, step)


def _advanced(
    ruleset: Ruleset, events: list[Event], known: Mapping[CustomerId, CustomerState] | None = None
) -> tuple[dict[CustomerId, CustomerState], list[tuple[CustomerId, SegmentChanged]]]:
    """All events applied to customers, of whom nothing was known unless given: their states, and who entered."""
    states, changes = dict(known or {}), []
    for event in events:
        customer = event.customer_id
        state, effects = advance(states.get(customer, NEW_CUSTOMER), Occurred(event, _NOW), ruleset)
        states[customer] = state
        changes += [(customer, effect) for effect in effects if isinstance(effect, SegmentChanged)]
    return states, changes


def _storing(directory: Path, states: dict[CustomerId, CustomerState]) -> Iterator[Step]:
    count = len(states)
    yield Step("encode a state", count, lambda: [encode_state(state) for state in states.values()])
    records = {customer.encode(): encode_state(state) for customer, state in states.items()}
    size = sum(map(len, records.values())) / count
    yield Step(
        f"decode a state ({size:.0f} bytes)", count, lambda: [decode_state(r) for r in records.values()]
    )
    store = StateStore.open(directory)
    yield Step("write a state, batched", count, lambda: _write(store, records))
    yield Step("get a state", count, lambda: [store.get(key) for key in records])
    yield Step("get a state that is not there", count, lambda: [store.get(b"not-" + key) for key in records])
    store.close()


def _write(store: StateStore, records: dict[bytes, bytes]) -> None:
    changes = Changes()
    for key, record in records.items():
        changes.put(key, record)
    store.apply(changes, 1)


def _applying(directory: Path, checked: CheckedDefinitions, values: list[bytes]) -> Iterator[Step]:
    """All steps from the record to the unit of work, as the agent takes them; customers are new in every round."""
    rules = RulesInForce(InForce(checked.ruleset, EventReader(checked.catalog, form=Event), 0.0))
    encode = output_encoder("segment-changes", "json")
    metrics = Metrics()
    emission = Emission(Channels(*(Channel(name, encode) for name in Channels._fields)), metrics)
    guards = Guards(Poison(0, metrics), StormGuard(StormPolicy()))
    agent = CustomerAgent(rules, emission, lambda _: 0, "wall", guards)
    records = [
        Message(topic="events", partition=0, offset=at, value=value, timestamp=(1, _NOW))
        for at, value in enumerate(values)
    ]
    store = StateStore.open(directory)

    def apply() -> None:
        unit = UnitOfWork(0.0)
        agent.apply(RecordBatch("events", 0, 0, 0, EVENTS, records), Partition(0, store), unit)

    yield Step("all of it for an event, up to the commit", EVENTS, apply)
    store.close()


def _producing(values: list[bytes]) -> Iterator[Step]:
    """Handing a record to librdkafka, which nobody will ever fetch from this producer."""
    producer = Producer({"bootstrap.servers": "127.0.0.1:9", "log_level": 0})

    def produce() -> None:
        for value in values:
            producer.produce("nowhere", value, b"c-1", 0)
        producer.purge()
        producer.poll(0)

    yield Step("produce a record", EVENTS, produce)


if __name__ == "__main__":
    main()
