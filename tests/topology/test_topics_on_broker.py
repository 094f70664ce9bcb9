"""Topics on a real cluster: created, found again, refused."""

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from streams.engine.errors import ConfigurationError
from topology.settings import Settings
from topology.topics import check_topics, ensure_topics, read_topics, topics_of

pytestmark = pytest.mark.broker


@pytest.fixture
def admin(settings: Settings) -> AdminClient:
    """A client of the run's cluster."""
    return AdminClient(settings.client())


def create(admin: AdminClient, name: str, partitions: int, cleanup: str) -> None:
    """A topic that somebody else made."""
    topic = NewTopic(
        name, num_partitions=partitions, replication_factor=1, config={"cleanup.policy": cleanup}
    )
    admin.create_topics([topic])[name].result()
    while name not in admin.list_topics(timeout=10).topics:
        continue  # the brokers learn of it a moment after the controller has said yes


def test_topics_are_created_once_and_found_as_specified(admin: AdminClient, settings: Settings) -> None:
    """A second time there is nothing to do, and a worker may start."""
    topics = topics_of(settings)
    assert ensure_topics(admin, topics) == tuple(topics)
    assert ensure_topics(admin, topics) == ()
    found = read_topics(admin, topics)
    assert {name: (topic.partitions, topic.cleanup) for name, topic in found.items()} == {
        spec.name: (spec.partitions, spec.cleanup) for spec in topics
    }
    assert check_topics(admin, topics) == 3


def test_a_worker_is_told_which_topics_are_missing(admin: AdminClient, settings: Settings) -> None:
    """Starting before applying is the operator's mistake; nothing is created by asking."""
    topics = topics_of(settings)
    with pytest.raises(ConfigurationError) as refusal:
        check_topics(admin, topics)
    lines = str(refusal.value).splitlines()
    assert len(lines) == len(topics)
    assert (
        lines[0] == f"topic {topics.custom_events.name} does not exist; create it with `tidemark apply DIR`"
    )
    assert read_topics(admin, topics) == {}


def test_topics_that_do_not_fit_are_refused_and_nothing_is_created(
    admin: AdminClient, settings: Settings
) -> None:
    """Two counts for one customer, and a changelog that would be deleted in time."""
    topics = topics_of(settings)
    create(admin, topics.custom_events.name, 3, "delete")
    create(admin, topics.customers.name, 5, "compact")
    create(admin, topics.changelog.name, 3, "delete")
    for refused in (ensure_topics, check_topics):
        with pytest.raises(ConfigurationError) as refusal:
            refused(admin, topics)
        assert "custom-events has 3" in str(refusal.value)
        assert "customers has 5" in str(refusal.value)
        assert "expected cleanup.policy=compact, found delete" in str(refusal.value)
    assert len(read_topics(admin, topics)) == 3
