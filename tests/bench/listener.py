"""What comes out, with the moment at which a consumer had it: committed outputs, as they arrive.

Decides when a record has arrived: when the client hands it over, by the wall clock. Reads nothing of what it says until
asked, so that listening does not slow down what is listened to.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, NamedTuple, Self

from confluent_kafka import Consumer, KafkaException, TopicPartition

from tests.bench.traffic import milliseconds

_BATCH = 5_000
_WAIT_SECONDS = 0.05


class Heard(NamedTuple):
    """One committed record."""

    at: float
    """Seconds since 1970."""
    topic: str
    """Without the prefix."""
    partition: int
    value: bytes

    def read(self) -> "Output":
        """What the record says, as far as it is measured."""
        record = json.loads(self.value)
        event = record.get("event") or {}
        return Output(
            at=self.at,
            topic=self.topic,
            partition=self.partition,
            customer=record["customer_id"],
            definition=record.get("segment_id") or record.get("earning_rule_id") or record["distribution_id"],
            cause=record.get("cause", "event"),
            event_id=record.get("event_id") or event.get("id"),
            occurred_ms=milliseconds(record["occurred_at"]),
        )


class Output(NamedTuple):
    """One committed record, read."""

    at: float
    topic: str
    partition: int
    customer: str
    definition: str
    """The segment, rule or distribution."""
    cause: str
    event_id: str | None
    occurred_ms: int
    """When the event was sent, or the deadline, in milliseconds since 1970."""

    @property
    def latency_ms(self) -> float:
        """From that instant to the arrival."""
        return self.at * 1000 - self.occurred_ms


class Listener:
    """Reads topics from their present end on, in a thread; a context manager."""

    def __init__(self, bootstrap: str, prefix: str, topics: Iterable[str]) -> None:
        self._prefix = prefix
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "listener",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "fetch.wait.max.ms": 50,
                "fetch.queue.backoff.ms": 10,
            }
        )
        self._consumer.assign(list(self._ends([prefix + topic for topic in topics])))
        self._heard: deque[Heard] = deque()
        self._enough = threading.Event()
        self._failed: KafkaException | None = None
        self._thread = threading.Thread(target=self._listen, name="listener")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._enough.set()
        self._thread.join()
        self._consumer.close()

    @property
    def count(self) -> int:
        """How many records were heard and not yet taken."""
        return len(self._heard)

    def take(self) -> list[Heard]:
        """What was heard since the last time. Raises what the broker complained of."""
        if self._failed is not None:
            raise self._failed
        return [self._heard.popleft() for _ in range(len(self._heard))]

    def _ends(self, topics: list[str]) -> Iterator[TopicPartition]:
        for topic in topics:
            for number in self._consumer.list_topics(topic, 10).topics[topic].partitions:
                place = TopicPartition(topic, number)
                yield TopicPartition(topic, number, self._consumer.get_watermark_offsets(place, 10)[1])

    def _listen(self) -> None:
        start = len(self._prefix)
        while not self._enough.is_set():
            messages: list[Any] = self._consumer.consume(1, _WAIT_SECONDS)
            if messages:
                messages += self._consumer.consume(_BATCH, 0)
            at = time.time()
            for message in messages:
                if message.error() is not None:
                    self._failed = KafkaException(message.error())
                    return
                self._heard.append(Heard(at, message.topic()[start:], message.partition(), message.value()))
