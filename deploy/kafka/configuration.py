"""How the single node is configured: KRaft, loopback only, sized for small transactions on a small machine.

Decides the properties, which are the same for the Java process and for the container. Knows nothing of processes,
and of ports only the two that it is given.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

HEAP = "-Xmx512m"
"""The most memory that the broker's heap may take."""

_SINGLE_NODE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,RELAYED:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}
"""One node is everything: there is nobody to replicate to."""

_SMALL_MACHINE = {
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "num.partitions": "4",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),  # the default, 128 MB, is a quarter of the heap
}

_QUICK_AND_STRICT = {
    "group.initial.rebalance.delay.ms": "0",  # a lone worker need not wait for company
    "group.min.session.timeout.ms": "1000",  # tests of failing workers need not wait long
    # What a crash left open ends once its time has run out, not at the next of rare looks.
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    "broker.session.timeout.ms": "3000",  # after a crash the node takes its own place again
    "broker.heartbeat.interval.ms": "500",
    "auto.create.topics.enable": "false",  # a misspelt topic is a mistake, not a new topic
}


class Relay(NamedTuple):
    """A second way in, for clients that are to reach the node through something that stands between."""

    port: int
    """Where the node listens for it."""
    advertised: str
    """``host:port`` of what stands between, as its clients are told."""


class Listeners(NamedTuple):
    """Where the node listens, and under which address clients find it."""

    host: str
    """The address it binds."""
    port: int
    controller_port: int
    advertised: str
    """``host:port`` as clients are told."""
    relay: Relay | None = None


def node_properties(listeners: Listeners, data: str) -> dict[str, str]:
    """The whole configuration of the node, as Kafka's property names and values; ``data`` is its directory."""
    host, port, controller_port, advertised, relay = listeners
    bound, told = [f"PLAINTEXT://{host}:{port}"], [f"PLAINTEXT://{advertised}"]
    if relay is not None:
        bound.append(f"RELAYED://{host}:{relay.port}")
        told.append(f"RELAYED://{relay.advertised}")
    return {
        **_SINGLE_NODE,
        **_SMALL_MACHINE,
        **_QUICK_AND_STRICT,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": ",".join([*bound, f"CONTROLLER://127.0.0.1:{controller_port}"]),
        "advertised.listeners": ",".join(told),
        "log.dirs": data,
    }


def write_properties(path: Path, properties: Mapping[str, str]) -> None:
    """Write a ``server.properties``; a backslash in a path is doubled, as the format wants it."""
    lines = [f"{name}={value.replace(chr(92), chr(92) * 2)}\n" for name, value in properties.items()]
    path.write_text("".join(lines), encoding="utf-8")


def container_variables(properties: Mapping[str, str]) -> dict[str, str]:
    """The same properties as the variables that the image ``apache/kafka`` turns into a configuration."""
    return {"KAFKA_" + name.upper().replace(".", "_"): value for name, value in properties.items()}
