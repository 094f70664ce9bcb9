"""Sends records: events and customers from lines, and ticks.

Decides the key (the customer) and the partitioner (Java's murmur2), and that a line is only sent if it names
its customer. Whether it is a good event is the worker's decision, unless a catalog is given to check
against.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from schemas.customers import read_customer
from schemas.instants import parse_instant
from schemas.rejections import Rejected
from schemas.wire import EventReader
from streams.agents.ticks import write_tick
from streams.domain.instants import Instant
from streams.engine.errors import ConfigurationError
from topology.connections import PATIENCE_SECONDS, connect
from topology.lines import Line
from topology.settings import Settings
from topology.topics import MAX_EVENT_BYTES, topics_of

_QUEUE_MESSAGES = 100_000
_LARGEST_LINE = MAX_EVENT_BYTES - 4_096
"""What the topic takes, less room for key and framing."""
_PAUSE_SECONDS = 0.05
_EARLY_SECONDS = 0.005


class _Customer(msgspec.Struct):
    source_id: str | None = None
    id: str | None = None


class _Event(msgspec.Struct):
    """As much of an event as sending it needs."""

    customer: _Customer
    occurred_at: str | None = None


_DECODER = msgspec.json.Decoder(_Event)


class _Outgoing(NamedTuple):
    """A record to send."""

    key: bytes
    value: bytes | None
    timestamp: int
    """Milliseconds; 0 for the present."""


Refuse = Callable[[Line, str], None]
"""Told of a line that is not sent, and why."""


class Sending(NamedTuple):
    """How events are sent."""

    rate: float | None = None
    """Events per second; ``None`` for as fast as it goes."""
    stamped: bool = False
    """Whether a record's timestamp is its event's ``occurred_at``; otherwise the present."""
    reader: EventReader | None = None
    """Checks events before they are sent; ``None`` leaves that to the worker."""


@dataclass
class Tally:
    """What became of the lines; filled while they are sent."""

    sent: int = 0
    """Acknowledged by the broker."""
    failed: list[str] = field(default_factory=list)
    """Not acknowledged: the broker's reasons."""
    refused: int = 0
    """Lines that were never sent."""

    def delivered(self, error: Any, message: Any) -> None:
        """Take the broker's answer to one record."""
        del message
        if error is None:
            self.sent += 1
        else:
            self.failed.append(str(error.str()))


def send_events(lines: Iterable[Line], settings: Settings, sending: Sending, refuse: Refuse) -> Tally:
    """Send every line that names its customer, in order, and wait for the broker's answers.

    ``refuse`` is told of each line that is not sent, and why. Raises ``ConfigurationError`` if the topic is
    not there.
    """
    topic = topics_of(settings).custom_events.name
    outgoing = ((line, _read(line, sending)) for line in lines)
    return _send(outgoing, settings, topic, _Pace(sending.rate), refuse)


def send_customers(lines: Iterable[Line], settings: Settings, rate: float | None, refuse: Refuse) -> Tally:
    """Send every line that is a customer: a profile, or ``"deleted": true``. Otherwise as ``send_events``."""
    topic = topics_of(settings).customers.name
    outgoing = ((line, _read_customer(line)) for line in lines)
    return _send(outgoing, settings, topic, _Pace(rate), refuse)


def _send(
    outgoing: Iterable[tuple[Line, "_Outgoing | str"]],
    settings: Settings,
    topic: str,
    pace: "_Pace",
    refuse: Refuse,
) -> Tally:
    producer, tally = open_producer(settings, topic), Tally()
    try:
        for line, read in outgoing:
            if isinstance(read, str):
                tally.refused += 1
                refuse(line, read)
                continue
            pace.wait(producer)
            hand_over(producer, topic, **read._asdict(), on_delivery=tally.delivered)
    finally:
        unanswered = producer.flush(PATIENCE_SECONDS)
        tally.failed += ["the broker did not answer in time"] * unanswered
    return tally


def send_ticks(settings: Settings, instant: Instant) -> int:
    """Tell every partition that it is ``instant``; returns how many there are."""
    topic, tally = topics_of(settings).custom_events.name, Tally()
    producer = open_producer(settings, topic)
    partitions = producer.list_topics(topic, timeout=PATIENCE_SECONDS).topics[topic].partitions
    for partition in partitions:
        producer.produce(topic, partition=partition, headers=write_tick(instant), on_delivery=tally.delivered)
    unanswered = producer.flush(PATIENCE_SECONDS)
    if unanswered or tally.failed:
        reason = tally.failed[0] if tally.failed else "no answer"
        raise ConfigurationError(f"topic {topic}: not every partition took the tick ({reason}). Run it again")
    return len(partitions)


def _read(line: Line, sending: Sending) -> _Outgoing | str:
    """The record of a line, or why it is not sent."""
    if len(line.text) > _LARGEST_LINE:
        return f"expected at most {_LARGEST_LINE:,} bytes, found {len(line.text):,}"
    try:
        event = _DECODER.decode(line.text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return str(error)
    customer = event.customer.id if event.customer.id is not None else event.customer.source_id
    if not customer:
        return "customer.source_id: expected a text, found nothing"
    stamp = parse_instant(event.occurred_at) if sending.stamped and event.occurred_at else 0
    if stamp is None:
        return f"occurred_at: expected RFC 3339 with an offset, found {event.occurred_at!r}"
    refusal = _checked(line, sending.reader) if sending.reader else None
    return refusal or _Outgoing(customer.encode(), line.text, max(stamp, 0))


def _read_customer(line: Line) -> _Outgoing | str:
    try:
        customer = msgspec.json.decode(line.text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return str(error)
    name, deleted = customer.get("source_id", customer.get("id")), customer.pop("deleted", False)
    if not isinstance(name, str) or not isinstance(deleted, bool):
        return 'expected {"source_id": …} and profile fields, or "deleted": true'
    value = None if deleted else msgspec.json.encode(customer)
    read = read_customer(name.encode(), value)
    return f"{read.reason}: {read}" if isinstance(read, Rejected) else _Outgoing(name.encode(), value, 0)


def _checked(line: Line, reader: EventReader) -> str | None:
    now = time.time_ns() // 1_000_000
    read = reader.read(line.text, None, now, now)
    return f"{read.reason}: {read}" if isinstance(read, Rejected) else None


def open_producer(settings: Settings, topic: str) -> Any:
    """A producer for a cluster that answers and has the topic."""
    from confluent_kafka import Producer

    if topic not in connect(settings).list_topics(timeout=PATIENCE_SECONDS).topics:
        raise ConfigurationError(f"topic {topic} does not exist; create it with `tidemark apply DIR`")
    return Producer(
        {
            **settings.client(),
            "enable.idempotence": True,
            "partitioner": "murmur2_random",  # as Java clients do; librdkafka's own differs
            "linger.ms": 20,
            "message.timeout.ms": 60_000,
            "compression.type": "lz4",
            "message.max.bytes": MAX_EVENT_BYTES,
            "queue.buffering.max.messages": _QUEUE_MESSAGES,
        },
    )


def hand_over(producer: Any, topic: str, **record: Any) -> None:
    """Hand over one record; waits while the queue is full."""
    while True:
        try:
            producer.produce(topic, **record)
        except BufferError:
            producer.poll(_PAUSE_SECONDS)
        else:
            producer.poll(0)
            return


class _Pace:
    """Keeps to a number of events per second."""

    def __init__(self, rate: float | None) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._next = time.monotonic()

    def wait(self, producer: Any) -> None:
        """Wait until the next event may go; the broker's answers are taken meanwhile."""
        if not self._interval:
            return
        # A few milliseconds early costs nothing; a nap for every event would.
        while (ahead := self._next - time.monotonic()) > _EARLY_SECONDS:
            producer.poll(min(ahead, _PAUSE_SECONDS))
        self._next += self._interval
