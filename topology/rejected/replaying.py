"""Sends rejected events again, each once however often it is asked for, run twice at a time, or killed on the way.

Theory of operation. An event and the mark that says that it was replayed are written in one transaction. The
transactional id is one for the whole installation: whoever begins fences everybody who is half-way, and only then
reads the marks, so nobody else can add any after that. A transaction holds a handful of events and is open only while
they are written: what waits behind it on ``custom-events`` waits for a moment.

It does not decide what may be sent.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain
from typing import Any, Literal

from streams.domain.instants import Instant
from streams.engine.errors import ConfigurationError
from topology.connections import PATIENCE_SECONDS
from topology.rejected.committed import committed_values
from topology.rejected.marks import Marks, mark_of
from topology.rejected.rejected_event import RejectedEvent
from topology.rejected.replay import Replay
from topology.settings import Settings
from topology.topics import MAX_EVENT_BYTES, topics_of

_MOST_EVENTS = 200
_MOST_BYTES = 8 * MAX_EVENT_BYTES
_TRANSACTION_MILLISECONDS = 10_000
"""How long workers wait behind a replay that was killed."""

Step = Literal["begun", "written", "committed"]


class Replaying:
    """The one replay that is under way in an installation; whoever began before is fenced."""

    def __init__(self, settings: Settings, reached: Callable[[Step], None] = lambda _: None) -> None:
        """``reached`` is told of each step, for those who test what ends a replay there."""
        from confluent_kafka import KafkaException, Producer

        self._topics = topics_of(settings)
        self._reached = reached
        self.sent = 0
        """How many were sent, each for good."""
        self._taken: set[str] = set()
        self._producer: Any = Producer(
            {
                **settings.client(),
                "transactional.id": f"{settings.transactional_id}-replay",
                "transaction.timeout.ms": _TRANSACTION_MILLISECONDS,
                "message.max.bytes": MAX_EVENT_BYTES,
                "partitioner": "murmur2_random",  # as Java clients do
                "log_level": 0,
            }
        )
        try:
            self._producer.init_transactions(PATIENCE_SECONDS)
        except KafkaException as error:
            raise _given_up(error) from error
        self.marks = Marks(committed_values(settings, self._topics.rejected_replays.name))

    def send(self, replays: Iterable[Replay], at: Instant) -> None:
        """Send those that are not marked, and mark them as replayed at ``at``.

        Raises ``ConfigurationError`` if another replay began meanwhile, or the broker does not answer; those that
        ``sent`` counts are done then, and the others are not.
        """
        batch: list[Replay] = []
        size = 0
        for replay in chain(replays, [None]):
            if replay is not None and self._is_new(replay.rejected):
                batch.append(replay)
                size += len(replay.value or b"")
            if batch and (replay is None or len(batch) >= _MOST_EVENTS or size >= _MOST_BYTES):
                self._commit(batch, at)
                batch, size = [], 0

    def _is_new(self, rejected: RejectedEvent) -> bool:
        """Whether it was not sent before; input that a worker read twice was rejected twice as well."""
        if rejected.identity in self._taken or self.marks.of(rejected) is not None:
            return False
        self._taken.add(rejected.identity)
        return True

    def _commit(self, batch: list[Replay], at: Instant) -> None:
        from confluent_kafka import KafkaException

        produce = self._producer.produce
        try:
            self._producer.begin_transaction()
            self._reached("begun")
            for rejected, key, partition, value, headers, edited, *_ in batch:
                produce(self._topics.custom_events.name, value, key, partition, headers=headers)
                marked, told = mark_of(rejected, at, edited=edited)
                produce(self._topics.rejected_replays.name, told, marked)
            self._producer.flush(PATIENCE_SECONDS)
            self._reached("written")
            # Committing fails if any record could not be delivered.
            self._producer.commit_transaction(PATIENCE_SECONDS)
        except KafkaException as error:
            with suppress(KafkaException):  # who was fenced has nothing left to end
                self._producer.abort_transaction(PATIENCE_SECONDS)
            raise _given_up(error) from error
        self.sent += len(batch)
        self._reached("committed")


def _given_up(error: Any) -> ConfigurationError:
    from confluent_kafka import KafkaError

    reason = error.args[0]
    fenced = {KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError._FENCED}  # noqa: SLF001 -- public
    if reason.code() in fenced:
        return ConfigurationError(
            "another replay began, so this one ended; `tidemark rejected list` says what was replayed"
        )
    return ConfigurationError(
        f"the replay ended early: {reason.str()}. Run it again: what was replayed is not sent twice"
    )
