"""Who has which partition, as a real group tells."""

import contextlib
from collections.abc import Iterator, Mapping

import pytest
from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient

from streams.engine.errors import ConfigurationError
from tests.broker.installation import wait_until
from topology.asking.addresses import with_address
from topology.asking.workers import Holder, Workers
from topology.settings import Settings
from topology.topics import ensure_topics, topics_of

pytestmark = pytest.mark.broker


@pytest.fixture
def workers(settings: Settings) -> Workers:
    """An installation with three partitions and no worker."""
    ensure_topics(AdminClient(settings.client()), topics_of(settings))
    return Workers(settings)


@contextlib.contextmanager
def member(settings: Settings, client_id: str) -> Iterator[Consumer]:
    """Somebody in the workers' group."""
    consumer = Consumer({**settings.client(), "client.id": client_id, "group.id": settings.group_id})
    consumer.subscribe([topics_of(settings).custom_events.name])
    try:
        yield consumer
    finally:
        consumer.close()


def polled(consumers: list[Consumer], workers: Workers) -> Mapping[int, Holder]:
    """Who has what, a moment later."""
    for consumer in consumers:
        consumer.poll(0.05)
    return workers.holders()


def test_each_partition_is_held_by_one_member(settings: Settings, workers: Workers) -> None:
    """With the address out of the client id, or without one; while nobody is there, nobody has any."""
    assert workers.partitions == 3
    assert workers.holders() == {}
    address = "http://10.0.0.7:9464"
    with member(settings, with_address("tidemark", address)) as one, member(settings, "old") as other:

        def shared() -> bool:
            holders = polled([one, other], workers)
            return len(holders) == 3 and len(set(holders.values())) == 2

        wait_until(shared, "both to have partitions")
        assert {holder.address for holder in workers.holders().values()} == {address, None}
        assert all(holder.host for holder in workers.holders().values())


def test_without_topics_there_is_nobody_to_ask(settings: Settings) -> None:
    """The refusal says what to do first."""
    with pytest.raises(
        ConfigurationError, match="custom-events does not exist; create it with `tidemark apply DIR`"
    ):
        Workers(settings)
