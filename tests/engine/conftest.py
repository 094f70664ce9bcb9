"""A cluster with topics of a test's own."""

import pytest

from tests.conftest import Kafka
from tests.engine.cluster import Cluster


@pytest.fixture
def cluster(kafka: Kafka, topic_prefix: str) -> Cluster:
    """The run's Kafka, under names that no other test uses."""
    return Cluster(kafka.bootstrap, topic_prefix)
