"""Where partitions end, by the word of the broker.

The consumer knows only what its last fetch told, which is as old as that. Asking never waits: answers are there when
they have come, and a broker that is away gives none.
"""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any, NamedTuple

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, ListOffsetsResultInfo, OffsetSpec

from streams.engine.deliveries import Place

_PATIENCE_SECONDS = 5.0


class End(NamedTuple):
    """What the broker said."""

    offset: int
    """Behind the last record that is committed."""
    asked_at: float
    """Seconds of the monotonic clock."""


class TopicEnds:
    """Questions and answers. For one thread only."""

    def __init__(self, client: Mapping[str, Any]) -> None:
        self._broker = AdminClient(dict(client))
        self._asked_at = float("-inf")
        self._open: dict[Place, Future[ListOffsetsResultInfo]] = {}
        self._known: dict[Place, End] = {}

    def ask(self, places: Iterable[Place]) -> None:
        """Ask for the ends of partitions; what was asked before and not answered is given up."""
        latest = OffsetSpec.latest()
        self._asked_at = time.monotonic()
        self._open = {
            (place.topic, place.partition): answer
            for place, answer in self._broker.list_offsets(
                {TopicPartition(*place): latest for place in places},
                isolation_level=IsolationLevel.READ_COMMITTED,
                request_timeout=_PATIENCE_SECONDS,
            ).items()
        }

    def known(self) -> Mapping[Place, End]:
        """The newest answers."""
        for place, answer in list(self._open.items()):
            if not answer.done():
                continue
            del self._open[place]
            try:
                self._known[place] = End(answer.result().offset, self._asked_at)
            except KafkaException:  # away; it is asked again
                self._known.pop(place, None)
        return self._known
