"""Connections that are made, and refused with advice."""

import pytest

from deploy.kafka.ports import free_port
from streams.engine.errors import ConfigurationError
from topology import connections
from topology.settings import Settings


@pytest.mark.broker
def test_a_cluster_that_answers_is_connected_to(settings: Settings) -> None:
    """The client has seen the cluster's brokers."""
    assert connections.connect(settings).list_topics(timeout=5).brokers


def test_a_cluster_that_is_away_is_refused_with_address_and_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator reads where nobody answered and what to do."""
    monkeypatch.setattr(connections, "PATIENCE_SECONDS", 0.5)
    address = f"127.0.0.1:{free_port()}"
    with pytest.raises(ConfigurationError) as refusal:
        connections.connect(Settings(bootstrap=address))
    assert f"no Kafka broker answers at {address}" in str(refusal.value)
    assert "`tidemark broker start`" in str(refusal.value)
