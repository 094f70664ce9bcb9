import re
from pathlib import Path

from deploy.kafka.configuration import (
    Listeners,
    Relay,
    container_variables,
    node_properties,
    write_properties,
)
from deploy.kafka.docker_broker import container_environment

LISTENERS = Listeners("127.0.0.1", 24000, 24001, "127.0.0.1:24000")


def test_the_node_listens_on_the_loopback_address_alone() -> None:
    """A broker without passwords is not offered to the network."""
    properties = node_properties(LISTENERS, "/data")
    assert properties["listeners"] == "PLAINTEXT://127.0.0.1:24000,CONTROLLER://127.0.0.1:24001"
    assert properties["advertised.listeners"] == "PLAINTEXT://127.0.0.1:24000"


def test_clients_behind_a_relay_are_told_its_address() -> None:
    """Who comes in through what stands between is sent there again, everybody else is not."""
    properties = node_properties(LISTENERS._replace(relay=Relay(24002, "127.0.0.1:24003")), "/data")
    assert "RELAYED://127.0.0.1:24002" in properties["listeners"].split(",")
    told = "PLAINTEXT://127.0.0.1:24000,RELAYED://127.0.0.1:24003"
    assert properties["advertised.listeners"] == told


def test_one_node_can_hold_offsets_and_transactions() -> None:
    """Kafka's own topics want three replicas by default, which one node can never give."""
    properties = node_properties(LISTENERS, "/data")
    factors = [
        value for name, value in properties.items() if re.search(r"replication\.factor$|min\.isr$", name)
    ]
    assert factors == ["1"] * 5


def test_a_property_becomes_a_variable_as_the_image_reads_it() -> None:
    """The image ``apache/kafka`` turns ``KAFKA_LOG_DIRS`` into ``log.dirs``."""
    assert container_variables({"log.dirs": "/d", "node.id": "1"}) == {
        "KAFKA_LOG_DIRS": "/d",
        "KAFKA_NODE_ID": "1",
    }


def test_a_container_listens_inside_and_is_known_by_its_outside_address() -> None:
    """Clients on this machine reach the published port; the broker must tell them that one."""
    variables = container_environment(24000, "127.0.0.1:24000")
    assert variables["KAFKA_LISTENERS"].startswith("PLAINTEXT://0.0.0.0:24000,")
    assert variables["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://127.0.0.1:24000"
    assert variables["KAFKA_CONTROLLER_QUORUM_VOTERS"] == "1@127.0.0.1:19093"


def test_a_backslash_in_a_path_survives_the_properties_format(tmp_path: Path) -> None:
    """In a properties file a lone backslash would be taken as an escape."""
    write_properties(tmp_path / "p", {"log.dirs": "a\\b"})
    assert (tmp_path / "p").read_text() == "log.dirs=a\\\\b\n"
