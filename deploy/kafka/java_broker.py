"""The broker as a Java process of this machine.

Decides how the storage is formatted, how the process is started, recognised and stopped. Its directory holds
``server.properties``, ``data/``, ``broker.log`` and, while it runs, ``broker.pid``. Knows nothing of who else might
start or stop it at the same time.
"""

import json
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from deploy.kafka import configuration, ports
from deploy.kafka.configuration import Listeners, Relay
from deploy.kafka.jars import resolve_jars
from deploy.kafka.java_runtime import find_java
from deploy.kafka.processes import BackgroundProcess, is_running, launch, send, terminate, wait_until_ended
from streams.engine.errors import ConfigurationError

_FRUGAL = ("-XX:+UseSerialGC",)
"""Two cores are shared with workers and tests: cheap collection serves better than the best."""
_QUICK_START = ("-XX:TieredStopAtLevel=1",)
"""So does cheap compilation, for as long as nearly all brokers here live."""

_PATIENCE = 20.0
"""Seconds that a clean stop may take."""


class JavaBroker:
    """One broker process, whose files stand in ``directory``; the jars come from ``jars``.

    Clients that are to come through ``relay`` find it there as well.
    """

    kind: Literal["java"] = "java"

    def __init__(
        self, directory: Path, jars: Path, report: Callable[[str], None], relay: Relay | None = None
    ) -> None:
        self.lasting = False
        """Whether it is compiled as brokers in earnest are: that costs a minute, and saves a third from then on."""
        self._relay = relay
        self._directory = directory.absolute()
        self._jars = jars
        self._report = report
        self._record = self._directory / "broker.pid"
        self._log = self._directory / "broker.log"

    def prepare(self) -> None:
        """Make sure that Java and the jars are here. Raises ``ConfigurationError`` that names what is missing."""
        find_java()
        resolve_jars(self._jars, self._report)

    def launch(self, port: int) -> str:
        """Start the process on this port and return its address; it does not serve yet."""
        controller_port = ports.free_port(besides=port)
        address = f"{ports.LOOPBACK}:{port}"
        listeners = Listeners(ports.LOOPBACK, port, controller_port, address, self._relay)
        properties = configuration.node_properties(listeners, "data")
        configuration.write_properties(self._directory / "server.properties", properties)
        self._format_storage()
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.previous"))
        process = launch(self._java(configuration.HEAP, "kafka.Kafka", "server.properties"), self._log)
        self._record.write_text(json.dumps({**process._asdict(), "bootstrap": address}), encoding="utf-8")
        return address

    def address(self) -> str | None:
        """Where the running process listens; ``None`` if none runs, whatever a left-over record says."""
        record = self._recorded()
        return record[1] if record and is_running(record[0]) else None

    def crashed(self) -> bool:
        """Whether a process was started here, never stopped, and is gone all the same."""
        record = self._recorded()
        return record is not None and not is_running(record[0])

    def stop(self) -> None:
        """End the process cleanly, by force after 20 s; nothing happens if none runs."""
        record = self._recorded()
        if record and not terminate(record[0], _PATIENCE):
            self._report(f"the broker did not stop within {_PATIENCE:.0f} s and was killed; its data is kept")
        self._record.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the process as a crash would, at once."""
        record = self._recorded()
        if record:
            send(record[0], signal.SIGKILL)
            wait_until_ended(record[0], _PATIENCE)

    def last_words(self) -> str:
        """The end of the log."""
        lines = (
            self._log.read_text(encoding="utf-8", errors="replace").splitlines() if self._log.exists() else []
        )
        return "\n".join([f"the end of {self._log}:", *lines[-20:]])

    def discard(self) -> None:
        """Forget the data, of a broker that does not run."""
        shutil.rmtree(self._directory / "data", ignore_errors=True)

    def _recorded(self) -> tuple[BackgroundProcess, str] | None:
        try:
            record = json.loads(self._record.read_text(encoding="utf-8"))
            return BackgroundProcess(record["pid"], record["began"]), record["bootstrap"]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None  # a record that was cut short, as by a full disk, tells nothing

    def _format_storage(self) -> None:
        """Give the data directory its identity, once."""
        if (self._directory / "data" / "meta.properties").exists():
            return
        identity = uuid.uuid4().hex[:22]  # as long as Kafka wants it, and never with a dash in front
        arguments = ("format", "--ignore-formatted", "-t", identity, "-c", "server.properties")
        command = self._java("kafka.tools.StorageTool", *arguments)
        done = subprocess.run(command, cwd=self._directory, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip()
            raise ConfigurationError(f"{self._directory / 'data'} cannot be formatted for Kafka: {said}")

    def _java(self, *arguments: str) -> Sequence[str]:
        """The command line of Java, to be run in this broker's directory.

        The directory of this module is on the class path for its ``log4j2.properties``. All other paths are relative:
        Kafka would take a comma in one for the start of the next.
        """
        libs = resolve_jars(self._jars, self._report).absolute()
        class_path = f"{Path(__file__).parent}{os.pathsep}{libs}/*"
        flags = _FRUGAL if self.lasting else (*_FRUGAL, *_QUICK_START)
        return [find_java(), *flags, "-Djava.awt.headless=true", "-cp", class_path, *arguments]
