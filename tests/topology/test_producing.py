"""Events and ticks on a real topic."""

import json
from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.catalog import Catalog
from schemas.wire import EventReader
from streams.domain.instants import parse_instant
from streams.engine.errors import ConfigurationError
from tests.topology.conftest import visit
from topology.lines import Line
from topology.producing import Sending, Tally, send_events, send_ticks
from topology.settings import Settings
from topology.topics import ensure_topics, topics_of

pytestmark = pytest.mark.broker

DAY = "2026-11-01T00:00:00Z"


@pytest.fixture
def ready(settings: Settings) -> Settings:
    """An installation with its topics."""
    ensure_topics(AdminClient(settings.client()), topics_of(settings))
    return settings


def send(
    settings: Settings, *lines: bytes, sending: Sending | None = None
) -> tuple[Tally, list[tuple[int, str]]]:
    """Send lines; the tally, and what was refused."""
    refused: list[tuple[int, str]] = []
    numbered = [Line(number, line) for number, line in enumerate(lines, start=1)]
    tally = send_events(
        numbered,
        settings,
        sending or Sending(),
        lambda line, reason: refused.append((line.number, reason)),
    )
    return tally, refused


def records(settings: Settings) -> Iterator[Message]:
    """Everything on custom-events."""
    topic = topics_of(settings).custom_events.name
    consumer = Consumer({**settings.client(), "group.id": "reader", "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(settings.partitions)])
    ended = 0
    while ended < settings.partitions:
        message = consumer.poll(10)
        assert message is not None
        if message.error():
            ended += 1
        else:
            yield message
    consumer.close()


def test_lines_are_sent_as_they_are_under_the_customers_key(ready: Settings) -> None:
    """The bytes are the file's, the key is the customer, by either name."""
    by_id = {"event": "visit", "customer": {"id": "c-2"}}
    lines = [json.dumps(visit("c-1", DAY)).encode(), json.dumps(by_id).encode()]
    tally, refused = send(ready, *lines)
    assert (tally.sent, tally.failed, refused) == (2, [], [])
    assert {message.key(): message.value() for message in records(ready)} == {
        b"c-1": lines[0],
        b"c-2": lines[1],
    }


def test_a_customer_stands_where_java_clients_put_it(ready: Settings) -> None:
    """Partitions by murmur2 as in Kafka's own test vectors: 21, foobar and a-little-bit-long-string."""
    # From UtilsTest.testMurmur2 of Apache Kafka: the hash of each text; the partition is its positive part modulo 3.
    hashes = {"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536}
    send(ready, *(json.dumps(visit(customer, DAY)).encode() for customer in hashes))
    found = {message.key().decode(): message.partition() for message in records(ready)}
    assert found == {customer: (value & 0x7FFFFFFF) % 3 for customer, value in hashes.items()}


def test_a_line_that_names_no_customer_is_refused_and_the_others_go_on(ready: Settings) -> None:
    """Nothing of such a line is sent; whoever asked is told which line it is and why."""
    lines = (b"nope", b"{}", b'{"customer": {}}', b'{"customer": {"source_id": 5}}', b"x" * 5_000_000)
    tally, refused = send(ready, *lines, json.dumps(visit("c", DAY)).encode())
    assert (tally.sent, tally.refused) == (1, 5)
    assert [number for number, _ in refused] == [1, 2, 3, 4, 5]
    assert refused[2][1] == "customer.source_id: expected a text, found nothing"
    assert "found 5,000,000" in refused[4][1]


def test_records_carry_the_events_time_where_asked(ready: Settings) -> None:
    """History keeps its times on the topic; an event that tells none is stamped now."""
    told = json.dumps(visit("told", DAY)).encode()
    untold = b'{"event": "visit", "customer": {"source_id": "untold"}}'
    send(ready, told, untold, sending=Sending(stamped=True))
    stamps = {message.key(): message.timestamp()[1] for message in records(ready)}
    assert stamps[b"told"] == parse_instant(DAY)
    assert stamps[b"untold"] > parse_instant("2026-01-01T00:00:00Z")


def test_events_that_do_not_conform_can_be_kept_back(ready: Settings) -> None:
    """With a catalog to check against, a bad event is refused with the worker's reason."""
    reader = EventReader(Catalog.from_documents({"visit": {"type": "record", "name": "visit", "fields": []}}))
    good = json.dumps({"event": "visit", "customer": {"source_id": "c"}}).encode()
    bad = json.dumps({"event": "vist", "customer": {"source_id": "c"}}).encode()
    tally, refused = send(ready, good, bad, sending=Sending(reader=reader))
    assert tally.sent == 1
    assert refused[0][1].startswith("undefined_event: event: expected")


def test_a_tick_goes_to_every_partition(ready: Settings) -> None:
    """No key, no value, the instant in a header."""
    assert send_ticks(ready, parse_instant("1999-01-01")) == 3
    ticks = list(records(ready))
    assert sorted(message.partition() for message in ticks) == [0, 1, 2]
    assert {(message.key(), message.value()) for message in ticks} == {(None, None)}
    assert all(message.headers() == [("tidemark-tick", b"1999-01-01T00:00:00Z")] for message in ticks)


def test_without_the_topic_nothing_is_sent_and_nothing_created(settings: Settings) -> None:
    """The operator is told to apply first; a cluster that creates topics by itself is not tempted."""
    with pytest.raises(ConfigurationError, match="does not exist; create it with `tidemark apply DIR`"):
        send(settings, json.dumps(visit("c", DAY)).encode())
    with pytest.raises(ConfigurationError, match="does not exist"):
        send_ticks(settings, parse_instant("1999-01-01"))
    assert (
        topics_of(settings).custom_events.name
        not in AdminClient(settings.client()).list_topics(timeout=10).topics
    )
