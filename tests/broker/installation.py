"""One installation of Tidemark under test: its topics on a real Kafka, its workers as real processes.

Everything goes through the commands that an operator uses; what came out is read as a consumer would read it.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from tests.broker.pages import page

Record = dict[str, Any]

TIDEMARK = (sys.executable, "-m", "topology")
WORKER = (*TIDEMARK, "worker")
PATIENCE_SECONDS = 120.0
_REQUEST_SECONDS = 30.0


class Delivered(NamedTuple):
    """One record as a consumer sees it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    timestamp: int
    """Milliseconds."""

    @classmethod
    def of(cls, message: Message) -> Self:
        """The record in a message."""
        place = message.partition(), message.offset()
        return cls(*place, message.key(), message.value(), message.headers() or [], message.timestamp()[1])


_PAUSE = threading.Event()
"""Never set."""


def wait_until(condition: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return when ``condition`` holds; fail with ``what`` was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        _PAUSE.wait(0.02)  # the interval of the question, not a wait for an answer


class WorkerProcess:
    """A running ``tidemark worker``: a static member of its name, unless ``environment`` says otherwise."""

    def __init__(
        self,
        installation: "Installation",
        name: str,
        command: Sequence[str] = WORKER,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = installation.directory / f"{name}.log"
        self.stores = installation.directory / f"state-{name}"
        own = {"TIDEMARK_STATE_DIRECTORY": str(self.stores), "TIDEMARK_GROUP_INSTANCE_ID": name}
        with self.log.open("ab") as log:
            self._begins = log.tell()
            self.process = subprocess.Popen(
                command,
                env={**installation.environment, **own, **(environment or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=installation.directory,
            )

    def said(self) -> str:
        """What it logged; not what an earlier process of the same name did."""
        return self.log.read_bytes()[self._begins :].decode()

    def pages(self) -> str | None:
        """Where the worker serves its pages, once it says so."""
        for line in reversed(self.said().splitlines()):
            if "serving http" in line:
                return line.partition("serving ")[2].partition("/metrics")[0]
        return None

    def ready(self) -> bool:
        """Whether /ready says so."""
        told = self.told()
        return told is not None and bool(told["ready"])

    def told(self) -> Record | None:
        """What /ready tells; ``None`` while nobody answers."""
        assert self.process.poll() is None, f"the worker ended:\n{self.said()[-3000:]}"
        try:
            return dict(json.loads(page(f"{address}/ready"))) if (address := self.pages()) else None
        except OSError:
            return None

    def metrics(self) -> dict[str, float]:
        """The metrics by their full name with labels."""
        lines = page(f"{self.pages()}/metrics").splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    def has_nothing_left(self, partitions: int) -> bool:
        """Whether each partition shows no deadline overdue, and as of a moment when no record waited.

        The worker looks once a second: write what it is to do before it starts, lest an earlier look be taken for one
        at the end.
        """
        metrics = self.metrics()
        names = [f'{{partition="{number}"}}' for number in range(partitions)]
        waiting = [metrics.get("tidemark_lag_records" + name) for name in names]
        overdue = [metrics.get("tidemark_deadlines_overdue_seconds" + name) for name in names]
        return waiting == overdue == [0] * partitions

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """Ask it to stop; returns the seconds that took. Fails if it ended with an error."""
        asked = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        assert code == 0, f"the worker ended with {code}:\n{self.log.read_text()[-3000:]}"
        return time.monotonic() - asked


class Installation:
    """Topics under a prefix, definitions applied to them, and a directory for state and logs."""

    def __init__(self, bootstrap: str, prefix: str, directory: Path, clock: str = "stream") -> None:
        self.bootstrap = bootstrap
        self.prefix = prefix
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIDEMARK_")}
        root = Path(__file__).parents[2]
        self.environment = kept | {
            "PYTHONPATH": str(root),
            "TIDEMARK_BOOTSTRAP": bootstrap,
            "TIDEMARK_TOPIC_PREFIX": prefix,
            "TIDEMARK_CLOCK": clock,
            "TIDEMARK_HTTP_PORT": "0",
        }

    def run(self, *arguments: str) -> str:
        """Run a command of ``tidemark``; returns what it printed. Fails if it failed."""
        done = self.ask(*arguments)
        assert done.returncode == 0, (
            f"tidemark {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def ask(
        self, *arguments: str, command: Sequence[str] = TIDEMARK, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command that may say no; ``text`` is its standard input."""
        return subprocess.run(
            (*command, *arguments),
            env=self.environment,
            cwd=self.directory,
            capture_output=True,
            text=True,
            input=text or "",
            timeout=120,
            check=False,
        )

    def apply(self, definitions: Path) -> None:
        """Create the topics and publish definitions."""
        self.run("apply", str(definitions))

    def produce(self, events: Path) -> None:
        """Send a file of events."""
        self.run("produce", str(events))

    def write(self, topic: str, value: bytes | None, key: bytes | None = None, **options: Any) -> None:
        """Write one record as a foreign producer might."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "message.max.bytes": 8_000_000})
        failures: list[object] = []
        producer.produce(
            self.prefix + topic, value, key, on_delivery=lambda error, _: failures.append(error), **options
        )
        producer.flush(30)
        assert failures == [None]

    @contextmanager
    def worker(
        self, name: str = "one", command: Sequence[str] = WORKER, **environment: str
    ) -> Iterator[WorkerProcess]:
        """A worker that is ready; killed at the end if it still runs."""
        with self.started(name, command, **environment) as worker:
            wait_until(worker.ready, "the worker to be ready")
            yield worker

    @contextmanager
    def started(
        self, name: str = "one", command: Sequence[str] = WORKER, **environment: str
    ) -> Iterator[WorkerProcess]:
        """A worker that may not be ready yet, or never; killed at the end if it still runs."""
        worker = WorkerProcess(self, name, command, environment)
        try:
            yield worker
        finally:
            if worker.process.poll() is None:
                worker.kill()

    def read(self, topic: str) -> list[Delivered]:
        """All committed records of a topic, partition by partition."""
        return self.read_all([topic])[topic]

    def read_all(self, topics: Sequence[str]) -> dict[str, list[Delivered]]:
        """All committed records of several topics, each partition by partition."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.bootstrap,
                "group.id": "reader",
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
            }
        )
        known = consumer.list_topics(timeout=_REQUEST_SECONDS).topics
        names = {self.prefix + topic: topic for topic in topics}
        places = {(name, number) for name in names for number in known[name].partitions}
        consumer.assign([TopicPartition(*place, 0) for place in places])
        records: dict[str, list[Delivered]] = {topic: [] for topic in topics}
        while places:
            for message in consumer.consume(10_000, 0.1):
                if message.error() is None:
                    records[names[message.topic()]].append(Delivered.of(message))
                else:
                    assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                    places.discard((message.topic(), message.partition()))
        consumer.close()
        return {
            topic: sorted(its, key=lambda record: (record.partition, record.offset))
            for topic, its in records.items()
        }

    def records(self, topic: str) -> list[Record]:
        """The committed JSON records of a topic, without ``emitted_at``, which a replay may change; no tombstones."""
        return [without_emission(json.loads(record.value)) for record in self.read(topic) if record.value]

    def latest(self, topic: str) -> Mapping[bytes | None, bytes | None]:
        """What a compacted topic comes to: the last value of each key."""
        return {record.key: record.value for record in self.read(topic)}

    def consumed(self) -> int:
        """How many offsets of ``custom-events`` are committed."""
        with self._asking() as (consumer, places):
            return sum(max(0, place.offset) for place in consumer.committed(places, _REQUEST_SECONDS))

    def written(self) -> int:
        """How many offsets ``custom-events`` has."""
        with self._asking() as (consumer, places):
            return sum(consumer.get_watermark_offsets(place, _REQUEST_SECONDS)[1] for place in places)

    @contextmanager
    def _asking(self) -> Iterator[tuple[Consumer, list[TopicPartition]]]:
        """A consumer of the workers' group that never joins it, and the partitions of ``custom-events``.

        New each time: one that was there before its broker came back holds on to what was true then.
        """
        config = {"bootstrap.servers": self.bootstrap, "group.id": f"{self.prefix}tidemark"}
        consumer = Consumer(config)
        try:
            name = self.prefix + "custom-events"
            numbers = consumer.list_topics(name, _REQUEST_SECONDS).topics[name].partitions
            yield consumer, [TopicPartition(name, number) for number in numbers]
        finally:
            consumer.close()

    def wait_until_consumed(self) -> None:
        """Return when every record of ``custom-events`` is committed; a broker that is not yet back is waited for."""
        wait_until(self._has_consumed_all, "all events to be consumed")

    def _has_consumed_all(self) -> bool:
        try:
            return self.consumed() >= self.written()
        except KafkaException:
            return False


def without_emission(record: Record) -> Record:
    """A record without the one field that says when it was written."""
    return {name: value for name, value in record.items() if name != "emitted_at"}
