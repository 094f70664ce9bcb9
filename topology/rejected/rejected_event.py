"""One record of ``rejected-events`` as the commands see it: its id, why it was rejected, the original as it came.

Decides the id, which is where the original was received, and how the record's encoding is told: by the first bytes,
so that what was written under other settings is read as well. Judges nothing anew.
"""

import base64
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, Self

from schemas.framing import ID_MAGIC
from schemas.outputs import Decode, Encoding, output_decoder
from schemas.single_object import MAGIC, MALFORMED
from streams.domain.instants import Instant, parse_instant
from streams.engine.errors import ConfigurationError

TOPIC = "rejected-events"

Headers = list[tuple[str, bytes | None]]


class RejectedEvent(NamedTuple):
    """A record of ``rejected-events`` in its JSON form, and what follows from it."""

    id: str
    """``topic-partition-offset`` of where the original was received."""
    body: Mapping[str, Any]
    """The record, as ``schemas/outputs/rejected-events.avsc`` has it."""

    @classmethod
    def of(cls, value: bytes) -> Self:
        """Read the value of a record. Raises ``ConfigurationError`` for what this version cannot read."""
        try:
            body = _decoder(_encoding(value))(value)
            place = body["topic"], body["partition"], body["offset"]
        except (*MALFORMED, KeyError, TypeError) as error:  # what msgspec raises is a ValueError
            raise ConfigurationError(
                f"a record of {TOPIC} cannot be read ({error}): it was written by another version, or by others"
            ) from error
        return cls("-".join(map(str, place)), body)

    @property
    def identity(self) -> str:
        """The id with the original's timestamp: positions come again when a topic is made anew."""
        return f"{self.id}@{self.body['timestamp']}"

    @property
    def value(self) -> bytes | None:
        """The original value."""
        return _bytes(self.body["value"])

    @property
    def key(self) -> bytes | None:
        """The original key."""
        return _bytes(self.body["key"])

    @property
    def headers(self) -> Headers:
        """The original headers, in their order."""
        return [(each["key"], _bytes(each["value"])) for each in self.body["headers"]]

    @property
    def rejected_at(self) -> Instant:
        """When it was rejected."""
        return parse_instant(self.body["rejected_at"])

    @property
    def stamped(self) -> Instant:
        """The time that an event without one took: its record's, or that of its arrival if the record had none."""
        return parse_instant(self.body["timestamp"] or self.body["rejected_at"])

    @property
    def left_out(self) -> bool:
        """Whether the original was too large to be repeated, and stands only where it was received."""
        return any(
            fault["reason"] == "too_large" and fault["path"] == "record" for fault in self.body["faults"]
        )


def _encoding(value: bytes) -> Encoding:
    if value.startswith(MAGIC):
        return "avro"
    return "confluent" if value[:1] == bytes([ID_MAGIC]) else "json"


@cache
def _decoder(encoding: Encoding) -> Decode:
    return output_decoder(TOPIC, encoding)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
