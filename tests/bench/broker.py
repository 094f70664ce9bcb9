"""The Kafka of a run: one that is named, or a local one that ends with us."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deploy.kafka.guardian import guarded_broker, temporary_directory
from deploy.kafka.jars import kafka_version
from tests.bench.environments import ROOM


@contextmanager
def broker(bootstrap: str | None, tell: Callable[[str], None]) -> Iterator[tuple[str, str]]:
    """The address of a cluster, and in words what it is. Raises ``ConfigurationError`` if none can be started."""
    if bootstrap:
        yield bootstrap, "a cluster that was there"
        return
    with temporary_directory() as directory:
        address = guarded_broker(directory, ROOM.parent / "kafka", tell).lasting().start()
        where = "in a container on" if address.kind == "container" else "on"
        yield address.bootstrap, f"Apache Kafka {kafka_version()}, one node {where} the same machine"
