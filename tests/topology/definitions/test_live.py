"""The definitions topic is read to its end and followed from there."""

from collections.abc import Callable, Iterator
from time import monotonic

import pytest
from confluent_kafka import IsolationLevel, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from streams.engine.errors import ConfigurationError
from topology.definitions.live import Follower, read_live
from topology.definitions.published import LiveDefinitions, PublishedDefinition, encode_definition
from topology.settings import Settings
from topology.topics import ensure_topics, topics_of

pytestmark = pytest.mark.broker

Publish = Callable[..., None]


@pytest.fixture
def topic(settings: Settings) -> str:
    """A definitions topic of the test's own."""
    topics = topics_of(settings)
    ensure_topics(AdminClient(settings.client()), topics)
    return topics.definitions.name


@pytest.fixture
def publish(settings: Settings, topic: str) -> Publish:
    """Publishes records in one transaction, key and value each."""
    producer = Producer({**settings.client(), "transactional.id": f"{topic}-test"})
    producer.init_transactions(20)

    def commit(*records: tuple[str, bytes | None]) -> None:
        producer.begin_transaction()
        for key, value in records:
            producer.produce(topic, key=key.encode(), value=value)
        producer.commit_transaction(10)
        await_seen(settings, topic)

    return commit


@pytest.fixture
def follower(settings: Settings, topic: str) -> Iterator[Follower]:
    """A follower that has read nothing yet."""
    with Follower(settings, topic) as opened:
        yield opened


def await_seen(settings: Settings, topic: str) -> None:
    """Wait until readers of what is committed come as far as the topic goes: commits are seen a moment later."""
    admin, partition = AdminClient(settings.client()), TopicPartition(topic, 0)
    levels = (IsolationLevel.READ_COMMITTED, IsolationLevel.READ_UNCOMMITTED)
    while True:
        ends = {
            admin.list_offsets({partition: OffsetSpec.latest()}, isolation_level=level)[partition]
            .result()
            .offset
            for level in levels
        }
        if len(ends) == 1:
            return


def record(name: str, version: int = 1) -> tuple[str, bytes]:
    """A segment's record."""
    held = PublishedDefinition("segment", name, version, {"id": name}, "2026-11-23T10:00:00Z")
    return held.key, encode_definition(held)


def next_change(follower: Follower) -> LiveDefinitions:
    """Poll until something changed."""
    deadline = monotonic() + 10
    while monotonic() < deadline:
        found = follower.poll(0.2)
        if found is not None:
            return found
    raise AssertionError("nothing changed in 10 s")


def versions(live: LiveDefinitions) -> dict[str, int]:
    """Ids with versions."""
    return {each.id: each.version for each in live.published.values()}


def test_an_empty_topic_has_nothing_live(settings: Settings, topic: str) -> None:
    """Reading ends at once where there is nothing to read."""
    assert read_live(settings, topic) == ({}, 0)


def test_the_newest_of_each_key_is_live(settings: Settings, topic: str, publish: Publish) -> None:
    """A later record replaces an earlier one, a null value takes it away."""
    publish(record("a"), record("b"))
    publish(record("a", 2), ("segment/b", None), record("c"))
    assert versions(read_live(settings, topic)) == {"a": 2, "c": 1}


def test_a_follower_tells_of_changes_only(follower: Follower, publish: Publish) -> None:
    """After the first reading nothing is told until something else is applied."""
    publish(record("a"))
    assert versions(follower.read_to_end()) == {"a": 1}
    assert follower.poll(0.2) is None
    publish(record("a", 2))
    assert versions(next_change(follower)) == {"a": 2}
    assert follower.poll(0.2) is None


def test_a_record_that_changes_nothing_is_no_change(follower: Follower, publish: Publish) -> None:
    """The same definition published again wakes nobody."""
    publish(record("a"))
    follower.read_to_end()
    publish(record("a"))
    publish(record("b"))
    assert versions(next_change(follower)) == {"a": 1, "b": 1}


def test_what_is_applied_together_is_seen_together(follower: Follower, publish: Publish) -> None:
    """A follower never sees half of a transaction, however large."""
    follower.read_to_end()
    publish(*(record(f"s{number}") for number in range(3_000)))
    assert len(next_change(follower).published) == 3_000


def test_a_record_that_is_no_definition_is_refused_until_it_is_replaced(
    follower: Follower,
    publish: Publish,
) -> None:
    """The last good state stays; taking the record away brings everything since."""
    publish(record("a"))
    follower.read_to_end()
    publish(("segment/b", b"nonsense"), record("a", 2))
    with pytest.raises(ConfigurationError, match="key 'segment/b'"):
        next_change(follower)
    assert versions(follower.live) == {"a": 1}
    publish(record("c"))
    with pytest.raises(ConfigurationError, match="key 'segment/b'"):
        next_change(follower)
    publish(("segment/b", None))
    assert versions(next_change(follower)) == {"a": 2, "c": 1}


def test_a_topic_that_cannot_be_read_in_time_is_refused(settings: Settings) -> None:
    """A worker does not wait for ever for definitions; it says which topic it is."""
    with Follower(settings, f"{settings.topic_prefix}nowhere") as opened, pytest.raises(ConfigurationError):
        opened.read_to_end(timeout=2)
