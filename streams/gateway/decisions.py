"""Hears the answers on ``redemption-decisions``, and hands each to whoever waits for it.

Decides that only committed answers are heard, those written from now on, on all partitions. Every gateway hears
all of them, and keeps none that nobody here waits for.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaException, TopicPartition

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.1
_CONNECT_SECONDS = 10.0
_BATCH = 1_000

Decision = Mapping[str, Any]
"""A record of the topic in its JSON form."""
_Answer = asyncio.Future[Decision]


class Source(NamedTuple):
    """Where answers are heard."""

    client: Mapping[str, Any]
    topic: str
    read: Callable[[bytes], Decision]


class Decisions:
    """For one event loop's thread; the topic is read by a thread of its own, from the moment this is made."""

    def __init__(self, source: Source) -> None:
        self._read = source.read
        self._waiting: dict[str, list[tuple[asyncio.AbstractEventLoop, _Answer]]] = {}
        ours = {
            "group.id": "unused",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "fetch.wait.max.ms": 50,  # whoever asked waits
        }
        self._consumer = Consumer({**source.client, **ours})
        partitions = (
            self._consumer.list_topics(source.topic, _CONNECT_SECONDS).topics[source.topic].partitions
        )
        places = [TopicPartition(source.topic, number) for number in partitions]
        for place in places:  # by number: what is written before the first fetch must not be missed
            _, place.offset = self._consumer.get_watermark_offsets(place, _CONNECT_SECONDS)
        self._consumer.assign(places)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="decisions", daemon=True)
        self._thread.start()

    def expect(self, request: str) -> _Answer:
        """The answer to a request that is about to be sent. Call ``forget`` with it when nobody waits any more."""
        loop = asyncio.get_running_loop()
        answer: _Answer = loop.create_future()
        self._waiting.setdefault(request, []).append((loop, answer))
        return answer

    def forget(self, request: str, answer: _Answer) -> None:
        """Nobody waits for this answer any more."""
        left = [one for one in self._waiting.pop(request, []) if one[1] is not answer]
        if left:
            self._waiting[request] = left

    def close(self) -> None:
        """End."""
        self._ended.set()
        self._thread.join()
        self._consumer.close()

    def _listen(self) -> None:
        while not self._ended.is_set():
            for message in self._consumer.consume(_BATCH, _POLL_SECONDS):
                if message.error() is None:
                    self._hear(self._read(message.value()))
                elif message.error().fatal():
                    raise KafkaException(message.error())
                else:
                    logger.warning("the broker says: %s", message.error().str())

    def _hear(self, decision: Decision) -> None:
        for loop, answer in self._waiting.get(decision["id"], ()):
            loop.call_soon_threadsafe(_settle, answer, decision)


def _settle(answer: _Answer, decision: Decision) -> None:
    if not answer.done():
        answer.set_result(decision)
