"""Marks of what was replayed: one record on a compacted topic for each rejected event, under its identity.

A mark is written in the transaction of the replay that it tells of, so the two exist together or not at all.
"""

from collections.abc import Iterable

import msgspec

from streams.domain.instants import Instant, format_instant
from streams.engine.errors import ConfigurationError
from topology.rejected.rejected_event import RejectedEvent


class Mark(msgspec.Struct, frozen=True):
    """The value of one record; the key is the identity as well."""

    identity: str
    replayed_at: str
    edited: bool
    """Whether another value was sent in the place of the original one."""


class Marks:
    """All marks of an installation."""

    def __init__(self, values: Iterable[bytes]) -> None:
        """``values`` in the order of the topic. Raises ``ConfigurationError`` for one that is no mark."""
        self._marks = {mark.identity: mark for mark in map(_decoded, values)}

    def of(self, rejected: RejectedEvent) -> Mark | None:
        """The mark of an event, if it was replayed."""
        return self._marks.get(rejected.identity)


def mark_of(rejected: RejectedEvent, replayed_at: Instant, *, edited: bool) -> tuple[bytes, bytes]:
    """Key and value of the mark that says that this event was replayed."""
    mark = Mark(rejected.identity, format_instant(replayed_at), edited)
    return rejected.identity.encode(), msgspec.json.encode(mark)


_decode = msgspec.json.Decoder(Mark).decode


def _decoded(value: bytes) -> Mark:
    try:
        return _decode(value)
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"a mark of a replay cannot be read: {error}") from error
