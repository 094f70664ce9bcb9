"""A producer that sends events at a steady pace, in a process of its own.

Decides how the plan of ``pacing`` is kept: it wakes every millisecond and sends what is due. Each event occurs when it
is handed to the client, by the wall clock, so that latency can be read off whatever the event causes.
"""

import json
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from confluent_kafka import Producer

from tests.bench.pacing import Pace, Sent
from tests.bench.traffic import Happening, Traffic, happenings, instant, orders, wire_form

_WAKE_SECONDS = 0.001
_MOST = 1 << 40
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Assignment:
    """What a producer is to do."""

    bootstrap: str
    topic: str
    start: float
    rate: float
    seconds: float | None = None
    """``None``: until told to stop."""
    traffic: Traffic | None = None
    """Events as customers cause them, or else …"""
    orders_of: tuple[str, ...] = ()
    """… big orders by these customers in turn."""
    orders_name: str = "order"

    def events(self) -> Iterator[Happening]:
        """What to send, in order."""
        if self.traffic is not None:
            return happenings(self.traffic, _MOST)
        return orders(self.orders_of, self.orders_name)


class PacedProducer:
    """The process; a context manager that leaves none behind."""

    def __init__(self, assignment: Assignment) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.bench.paced_producer", json.dumps(asdict(assignment))),
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    @property
    def running(self) -> bool:
        """Whether it is not done yet."""
        return self._process.poll() is None

    def result(self) -> Sent:
        """Wait until everything is sent and acknowledged; what was sent. Fails if the producer failed."""
        assert self._process.stdout is not None
        return self._told(self._process.stdout.read())  # its standard input stays open, lest it stop

    def stop(self) -> Sent:
        """Tell it to send no more; what was sent."""
        return self._told(self._process.communicate(b"stop\n")[0])

    def _told(self, output: bytes) -> Sent:
        self._process.wait()
        assert self._process.returncode == 0, f"the producer ended with {self._process.returncode}"
        return Sent(**json.loads(output))


def send(assignment: Assignment, told_to_stop: "StandardInput") -> Sent:
    """Send at the pace until the end of the plan, or until told to stop."""
    pace = Pace(assignment.start, assignment.rate, assignment.seconds)
    producer = Producer(
        {"bootstrap.servers": assignment.bootstrap, "partitioner": "murmur2_random", "linger.ms": 1}
    )
    source, sent, big, latest = assignment.events(), 0, 0, 0.0
    while sent != pace.total and not told_to_stop:
        due = pace.due(time.time())
        if due > sent:
            latest = max(latest, time.time() - pace.planned(sent))
        for happening in islice(source, due - sent):
            value = wire_form(happening, instant(time.time() * 1000))
            producer.produce(assignment.topic, value, happening.customer)
            big += happening.big
        sent = max(sent, due)
        producer.poll(0)
        time.sleep(_WAKE_SECONDS)
    assert producer.flush(60) == 0, "not all events were acknowledged within a minute"
    return Sent(sent, big, latest)


class StandardInput:
    """Whether standard input has ended or told something: then whoever started us wants an end, or is gone."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin, selectors.EVENT_READ)

    def __bool__(self) -> bool:
        return bool(self._selector.select(0))


def _assignment(told: dict[str, Any]) -> Assignment:
    traffic = told.pop("traffic")
    return Assignment(**told, traffic=None if traffic is None else Traffic(*traffic))


if __name__ == "__main__":
    print(json.dumps(send(_assignment(json.loads(sys.argv[1])), StandardInput())._asdict()))
