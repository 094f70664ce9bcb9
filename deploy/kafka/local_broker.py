"""The local broker as its users know it: start, stop, status, one per directory.

Decides what runs it (a cluster that is already there, Docker, else Java), on which port, and what happens when two
people start it at once. While it serves, the file ``bootstrap`` in its directory holds its address. How a container
or a process is handled is known to ``docker_broker`` and ``java_broker``.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple, Self

from deploy.kafka import ports
from deploy.kafka.configuration import Relay
from deploy.kafka.docker_broker import DockerBroker, engine_answers
from deploy.kafka.java_broker import JavaBroker
from deploy.kafka.readiness import serves, wait_until_ready
from streams.engine.errors import ConfigurationError

_PATIENCE = 90.0
"""Seconds after which a broker that has not begun to serve never will."""


class BrokerAddress(NamedTuple):
    """Where the broker is, and what runs it."""

    bootstrap: str
    """``host:port``."""
    kind: Literal["external", "container", "java"]


class BrokerStatus(NamedTuple):
    """How the broker is now."""

    state: Literal["serving", "silent", "crashed", "stopped"]
    """``silent`` runs and does not answer; ``crashed`` ended without being stopped."""
    address: BrokerAddress | None


class LocalBroker:
    """The broker whose files stand in ``directory``.

    ``jars`` is where Kafka's jars are kept, by default beside it. ``external`` is the address of a cluster that is
    used in its place: then nothing is ever started or stopped. ``report`` is told of each step that takes a while.
    ``relay`` is a second way in, for clients that are to come through something that stands between.
    """

    def __init__(
        self,
        directory: Path,
        *,
        jars: Path | None = None,
        external: str | None = None,
        relay: Relay | None = None,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._directory = directory
        self._external = external
        self._report = report
        self._java = JavaBroker(directory, jars or directory.parent / "kafka", report, relay)
        self._container = DockerBroker(directory, report, relay)
        self._bootstrap = directory / "bootstrap"
        self._last_port = directory / "port"

    def lasting(self) -> Self:
        """The same, to be started for long and heavy use; a container always is."""
        self._java.lasting = True
        return self

    def start(self, port: int | None = None) -> BrokerAddress:
        """Start the broker, or find that it serves already, and return where.

        Without ``port`` it gets the one it had before, or any that is free. Raises ``ConfigurationError`` when
        something is missing, the port is taken, or the broker does not come up; the message has the end of its log.
        """
        if self._external is not None:
            return self._reach(self._external)
        with self._alone():
            running = self._running()
            if running is None:
                return self._launch(port)
            if port is not None and not running.bootstrap.endswith(f":{port}"):
                raise ConfigurationError(
                    f"The broker runs already, at {running.bootstrap}; stop it first with `tidemark broker stop`."
                )
            self._await(running)
            return running

    def stop(self) -> bool:
        """Stop the broker cleanly and keep its data. Returns whether there was one to stop."""
        if self._external is not None or not self._directory.exists():
            return False
        with self._alone():
            found = self._running() is not None
            self._bootstrap.unlink(missing_ok=True)
            self._java.stop()
            self._container.stop()
            return found

    def kill(self) -> None:
        """End the broker as a crash would; for those who test what a crash does."""
        self._java.kill() if self._java.address() else self._container.kill()

    def discard(self) -> None:
        """Stop the broker and forget its data."""
        self.stop()
        self._java.discard()
        self._container.discard()

    def status(self) -> BrokerStatus:
        """How the broker is now; asks it, and waits at most 5 s for its answer."""
        address = self._running()
        if self._external is not None:
            address = BrokerAddress(self._external, "external")
        if address is None:
            crashed = self._java.crashed() or self._container.crashed()
            return BrokerStatus("crashed" if crashed else "stopped", None)
        return BrokerStatus("serving" if serves(address.bootstrap) else "silent", address)

    def _reach(self, bootstrap: str) -> BrokerAddress:
        if not serves(bootstrap, 10):
            raise ConfigurationError(
                f"No Kafka answers at {bootstrap}, which TIDEMARK_BOOTSTRAP names. Start that cluster, or unset the "
                "variable for a broker on this machine."
            )
        return BrokerAddress(bootstrap, "external")

    def _running(self) -> BrokerAddress | None:
        if address := self._java.address():
            return BrokerAddress(address, "java")
        if address := self._container.address():
            return BrokerAddress(address, "container")
        return None

    def _launch(self, requested: int | None) -> BrokerAddress:
        broker = self._container if engine_answers() else self._java
        broker.prepare()
        port = self._choose(requested)
        self._report(f"starting Kafka on port {port}")
        address = BrokerAddress(broker.launch(port), broker.kind)
        self._await(address)
        self._last_port.write_text(str(port), encoding="utf-8")
        return address

    def _choose(self, requested: int | None) -> int:
        if requested is None:
            previous = self._last_port.read_text(encoding="utf-8") if self._last_port.exists() else ""
            return int(previous) if previous and ports.is_free(int(previous)) else ports.free_port()
        if not ports.is_free(requested):
            raise ConfigurationError(
                f"Port {requested} is in use by {ports.occupant(requested)}. End that, choose another port with "
                "--port, or leave --port out to get a free one."
            )
        return requested

    def _await(self, address: BrokerAddress) -> None:
        """Wait until the broker serves, and publish where; one that does not come up is stopped."""
        broker = self._java if address.kind == "java" else self._container
        outcome = wait_until_ready(address.bootstrap, lambda: broker.address() is not None, _PATIENCE)
        if outcome != "ready":
            words = broker.last_words()
            broker.stop()
            what = "ended at once" if outcome == "ended" else f"did not serve within {_PATIENCE:.0f} s"
            raise ConfigurationError(f"The broker {what}; {words}")
        arriving = self._bootstrap.with_suffix(".arriving")
        arriving.write_text(address.bootstrap + "\n", encoding="utf-8")
        arriving.replace(self._bootstrap)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One start or stop at a time; the lock goes with the process that holds it."""
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._report("another start or stop of this broker is under way; waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
