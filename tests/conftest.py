"""What every test may ask for: a Kafka to work with, and topics of its own on it.

One broker serves a whole run, also when pytest-xdist spreads it over several processes. It is started by the first
test that asks and stopped when the run ends, however it ends.
"""

import fcntl
import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from testcontainers.core.container import DockerContainer

from deploy.kafka.docker_broker import container_environment, engine_answers, image
from deploy.kafka.guardian import guarded_broker, temporary_broker, temporary_directory
from deploy.kafka.local_broker import LocalBroker
from deploy.kafka.ports import free_port
from deploy.kafka.readiness import wait_until_ready

JARS = Path(__file__).parent.parent / ".tidemark" / "kafka"
"""Kafka's jars are fetched once for the broker, the demo and the tests."""

SHARED = pytest.StashKey[Path]()
"""The directory that all processes of a run share; the process that began the run owns it."""


class Kafka(NamedTuple):
    """A Kafka to test against."""

    bootstrap: str


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run use a cluster that is already there, and take its time."""
    parser.addoption("--bootstrap", metavar="HOST:PORT", help="run the broker tests against this Kafka")
    parser.addoption("--long", action="store_true", help="chaos with the whole history and more rounds")


def pytest_configure(config: pytest.Config) -> None:
    """Own the shared directory until the run is over; a process of pytest-xdist is told where it is."""
    told = getattr(config, "workerinput", None)
    if told is not None:
        config.stash[SHARED] = Path(told["shared"])
        return
    until_the_end = ExitStack()
    config.add_cleanup(until_the_end.close)
    config.stash[SHARED] = until_the_end.enter_context(temporary_directory())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of pytest-xdist where the shared directory is."""
    node.workerinput["shared"] = str(node.config.stash[SHARED])


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest) -> Path:
    """A directory that all processes of this run share."""
    return request.config.stash[SHARED]


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[Kafka]:
    """The Kafka of this run: the one that ``--bootstrap`` names, else a container, else a Java process.

    Other tests use it at the same time: keep to topics that begin with ``topic_prefix``, and do not stop it.
    """
    named = request.config.getoption("--bootstrap")
    if named:
        yield Kafka(named)
    elif engine_answers():
        with _container() as bootstrap:
            yield Kafka(bootstrap)
    else:
        yield Kafka(_shared_broker(request.config.stash[SHARED]))


@pytest.fixture
def private_kafka() -> Iterator[LocalBroker]:
    """A started broker of this test's own, which it may stop, kill and start again on the same port and data."""
    with temporary_broker(JARS) as broker:
        yield broker


@pytest.fixture
def topic_prefix(request: pytest.FixtureRequest) -> str:
    """What the names of this test's topics and groups begin with: its name, and a part that is never used again."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")
    return f"{name[:60]}-{uuid.uuid4().hex[:8]}."


def _shared_broker(shared: Path) -> str:
    """The address of the run's one broker, started by the first to come."""
    with (shared / "start").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = not (shared / "broker").exists()
        broker = guarded_broker(shared, JARS) if first else LocalBroker(shared / "broker", jars=JARS)
        return broker.start().bootstrap


@contextmanager
def _container() -> Iterator[str]:
    """A container of this process's own; testcontainers removes it with the process that asked for it."""
    port = free_port()
    container = DockerContainer(image()).with_bind_ports(port, port)
    host = container.get_container_host_ip()
    for name, value in container_environment(port, f"{host}:{port}").items():
        container.with_env(name, value)
    with container:
        outcome = wait_until_ready(f"{host}:{port}", lambda: True, 90)
        assert outcome == "ready", container.get_logs()
        yield f"{host}:{port}"
