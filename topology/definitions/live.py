"""Reads the definitions topic: to its end, and on from there.

Decides when a reading is complete: at the end of what is committed, so that one ``apply`` is seen whole or
not at all. Knows nothing of what a definition means; compiling is left to ``compiled``.
"""

from time import monotonic
from types import TracebackType
from typing import Any, Self

from streams.engine.errors import ConfigurationError
from topology.connections import PATIENCE_SECONDS, unreachable
from topology.definitions.published import NOTHING_LIVE, LiveDefinitions, Record, decode_definitions
from topology.settings import Settings

_BATCH = 1_000
_STEP_SECONDS = 0.1


class Follower:
    """Follows the definitions topic, for one thread. Close it, or use it as a context."""

    def __init__(self, settings: Settings, topic: str) -> None:
        from confluent_kafka import Consumer, TopicPartition

        self._settings = settings
        self._topic = topic
        self.live = NOTHING_LIVE
        """What the last complete reading found."""
        self._held: dict[bytes | None, Record] = {}
        """The newest record of each key, read or not yet understood."""
        self._consumer = Consumer(
            {
                **settings.client(),
                "group.id": f"{settings.group_id}-definitions",  # never joined, the partition is assigned
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
                "auto.offset.reset": "error",
                "fetch.wait.max.ms": 100,
                "log_level": 0,
            },
        )
        self._partition = TopicPartition(topic, 0, 0)
        self._has_read = False
        self._refused = False
        self._consumer.assign([self._partition])

    def read_to_end(self, timeout: float = PATIENCE_SECONDS) -> LiveDefinitions:
        """What is published now; ``ConfigurationError`` if it cannot be read within ``timeout`` seconds."""
        deadline = monotonic() + timeout
        end = None
        # The client may have noted an end of the topic before this call, so not any end will do.
        while end is None or self.live.end_offset < end or not self._has_read:
            if monotonic() >= deadline:
                reason = f"topic {self._topic} could not be read in {timeout:g} s"
                raise unreachable(self._settings, reason)
            end = self._end(timeout) if end is None else end
            self._advance(min(_STEP_SECONDS, timeout))
        return self.live

    def poll(self, timeout: float = 0.0) -> LiveDefinitions | None:
        """What is published, if it changed since the last reading or can be read again; ``None`` if not.

        Raises ``ConfigurationError`` for a record that is no definition; then ``live`` stays as it was, and
        every later change is refused likewise until the record is replaced.
        """
        before = self.live.published
        try:
            found = self._advance(timeout)
        except ConfigurationError:
            self._refused = True
            raise
        if found is None:
            return None
        mended, self._refused = self._refused, False
        return found if mended or found.published != before else None

    def close(self) -> None:
        """Let go of the connection."""
        self._consumer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _advance(self, timeout: float) -> LiveDefinitions | None:
        """Take what arrives within ``timeout``; at the end of the topic the reading is complete."""
        found = None
        # `consume` alone would wait for a full batch: wait for one message, then take what is there.
        arrived = self._consumer.consume(1, timeout)
        for message in arrived + (self._consumer.consume(_BATCH, 0) if arrived else []):
            if message.error() is None:
                self._hold(message.key(), message.value(), message.offset())
            elif self._ended(message.error()):
                found = LiveDefinitions(decode_definitions(self._held.values()), message.offset())
        if found is not None:
            self.live, self._has_read = found, True
        return found

    def _end(self, timeout: float) -> int | None:
        """The offset after the last record that is committed now; ``None`` if no broker can say."""
        from confluent_kafka import KafkaException

        try:
            end: int = self._consumer.get_watermark_offsets(self._partition, timeout)[1]
        except KafkaException:  # such as a partition whose leader is just being chosen
            return None
        return end

    def _hold(self, key: bytes | None, value: bytes | None, offset: int) -> None:
        if value is None:
            self._held.pop(key, None)
        else:
            self._held[key] = Record(key, value, offset)

    def _ended(self, error: Any) -> bool:
        """Whether what came in place of a record is the topic's end; raises for what does not mend by itself."""
        from confluent_kafka import KafkaError

        if error.code() in {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError._AUTO_OFFSET_RESET}:  # noqa: SLF001
            raise ConfigurationError(f"topic {self._topic} cannot be read: {error.str()}")
        # Anything else, such as a broker that is away, the client gets over by itself.
        return bool(error.code() == KafkaError._PARTITION_EOF)  # noqa: SLF001 - the constant's public name


def read_live(settings: Settings, topic: str) -> LiveDefinitions:
    """What is published on ``topic`` now. The topic must exist."""
    with Follower(settings, topic) as follower:
        return follower.read_to_end()
