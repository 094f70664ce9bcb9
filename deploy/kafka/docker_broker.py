"""The broker as a container of the official image, for machines with a Docker engine.

Decides how the container is run, recognised and stopped, by means of the ``docker`` command. Its data stands in a
volume of the container's name, since the image's user may not write to directories of this machine.
"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from deploy.kafka import configuration
from deploy.kafka.configuration import Listeners, Relay
from deploy.kafka.jars import kafka_version
from deploy.kafka.ports import LOOPBACK
from streams.engine.errors import ConfigurationError

_DATA = "/var/lib/kafka/data"
_CONTROLLER_PORT = 19093
"""Inside the container, and outside the ports that the broker may get."""


def engine_answers() -> bool:
    """Whether there is a Docker engine to talk to; the client alone is not enough."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    question = [docker, "info", "--format", "{{.ServerVersion}}"]
    try:
        return subprocess.run(question, capture_output=True, timeout=10, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def image() -> str:
    """The image that is run: the same Kafka as without Docker."""
    return f"apache/kafka:{kafka_version()}"


def container_environment(port: int, advertised: str, relay: Relay | None = None) -> dict[str, str]:
    """The variables of a container whose broker listens on ``port`` and is known to clients as ``advertised``."""
    listeners = Listeners("0.0.0.0", port, _CONTROLLER_PORT, advertised, relay)  # noqa: S104 - inside the container
    variables = configuration.container_variables(configuration.node_properties(listeners, _DATA))
    return {**variables, "KAFKA_HEAP_OPTS": configuration.HEAP, "CLUSTER_ID": "tidemark-local-broker1"}


class DockerBroker:
    """One broker container, named after ``directory``, which holds the record of it.

    Clients that are to come through ``relay`` find it there as well.
    """

    kind: Literal["container"] = "container"

    def __init__(self, directory: Path, report: Callable[[str], None], relay: Relay | None = None) -> None:
        self._relay = relay
        digest = hashlib.sha256(str(directory.absolute()).encode()).hexdigest()[:12]
        self._name = f"tidemark-broker-{digest}"
        self._record = directory / "container.json"
        self._report = report

    def prepare(self) -> None:
        """Make sure that the image is here. Raises ``ConfigurationError`` with Docker's own words."""
        if _docker("image", "inspect", image()).returncode != 0:
            self._report(f"pulling {image()}")
            _docker_or_refuse("pull", "--quiet", image())

    def launch(self, port: int) -> str:
        """Run the container on this port and return its address; it does not serve yet."""
        _docker("rm", "--force", self._name)  # one that ended without being stopped
        address = f"{LOOPBACK}:{port}"
        variables = container_environment(port, address, self._relay)
        environment = [part for name, value in variables.items() for part in ("--env", f"{name}={value}")]
        placement = [
            "--name",
            self._name,
            "--publish",
            f"{address}:{port}",
            "--volume",
            f"{self._name}:{_DATA}",
        ]
        if self._relay is not None:
            placement += ["--publish", f"{LOOPBACK}:{self._relay.port}:{self._relay.port}"]
        _docker_or_refuse("run", "--detach", *placement, *environment, image())
        self._record.write_text(json.dumps({"bootstrap": address}), encoding="utf-8")
        return address

    def address(self) -> str | None:
        """Where the running container listens; ``None`` if none runs."""
        if not self._record.exists():
            return None
        state = _docker("inspect", "--format", "{{.State.Running}}", self._name)
        bootstrap = json.loads(self._record.read_text(encoding="utf-8"))["bootstrap"]
        return str(bootstrap) if state.stdout.strip() == "true" else None

    def crashed(self) -> bool:
        """Whether a container was run here, never stopped, and is gone all the same."""
        return self._record.exists() and self.address() is None

    def stop(self) -> None:
        """Stop and remove the container; its data stays. Nothing happens if there is none."""
        if self._record.exists():
            _docker("stop", "--time", "20", self._name)
            _docker("rm", "--force", self._name)
            self._record.unlink()

    def kill(self) -> None:
        """End the container as a crash would, at once."""
        _docker("kill", self._name)

    def last_words(self) -> str:
        """The end of the container's log."""
        printed = _docker("logs", "--tail", "20", self._name)
        return f"the end of `docker logs {self._name}`:\n{printed.stdout}{printed.stderr}"

    def discard(self) -> None:
        """Forget the data, of a broker that does not run."""
        if shutil.which("docker"):
            _docker("volume", "rm", "--force", self._name)


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def _docker_or_refuse(*arguments: str) -> None:
    done = _docker(*arguments)
    if done.returncode != 0:
        raise ConfigurationError(f"`docker {arguments[0]}` failed: {done.stderr.strip()}")
