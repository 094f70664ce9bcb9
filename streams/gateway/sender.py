"""Sends single records to one topic, and lets whoever sent each one wait for the broker's answer.

Decides the properties on which a promise to a sender rests: idempotent, acknowledged by all replicas, keyed as Java
clients key. Knows nothing of what a record says.
"""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from streams.engine.unit_of_work import BY_KEY

_POLL_SECONDS = 0.1
_ANSWER_MILLISECONDS = 8_000
"""After which a record that nobody acknowledged counts as not sent."""


class Place(NamedTuple):
    """Where a record stands."""

    partition: int
    offset: int


class NotSent(Exception):  # noqa: N818 -- says what happened
    """The brokers did not take a record, or did not say so in time; sending it again is right."""


class Sender:
    """For one event loop's thread; the broker's answers come by a thread of its own."""

    def __init__(self, client: Mapping[str, Any], topic: str) -> None:
        ours = {
            "enable.idempotence": True,
            "partitioner": "murmur2_random",  # as Java clients do
            "linger.ms": 5,
            "message.timeout.ms": _ANSWER_MILLISECONDS,
        }
        self._producer = Producer({**ours, **client})
        self.topic = topic
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._poll, name="sender", daemon=True)
        self._thread.start()

    def to(self, topic: str) -> "Sender":
        """The same connection, for another topic; it ends with this one."""
        other = copy(self)
        other.topic = topic
        return other

    async def send(
        self,
        key: bytes,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes | None]],
        partition: int = BY_KEY,
    ) -> Place:
        """Send one record, by its key unless told where; where it stands once it is safe. Raises ``NotSent``."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Place] = loop.create_future()

        def answered(error: KafkaError | None, message: Message) -> None:
            loop.call_soon_threadsafe(_settle, answer, error, message)

        try:
            self._producer.produce(
                self.topic, value, key, partition, headers=list(headers), on_delivery=answered
            )
        except BufferError as full:
            raise NotSent("too many events wait for the brokers") from full
        except KafkaException as refused:
            raise NotSent(refused.args[0].str()) from refused
        return await answer

    def close(self) -> None:
        """Wait for the answers that are due, and end."""
        self._producer.flush(_ANSWER_MILLISECONDS / 1000)
        self._ended.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._ended.is_set():
            self._producer.poll(_POLL_SECONDS)


def _settle(answer: asyncio.Future[Place], error: KafkaError | None, message: Message) -> None:
    if answer.done():  # whoever waited went away
        return
    if error is None:
        answer.set_result(Place(message.partition(), message.offset()))
    else:
        answer.set_exception(NotSent(error.str()))
