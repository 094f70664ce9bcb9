"""Definitions as they stand on the definitions topic: one record each, the newest per key.

Decides the record's form and refuses what is not of it. Knows nothing of files, nor of how the topic is read.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast, get_args

import msgspec

from streams.domain.definitions import KINDS, Definition, Kind
from streams.domain.instants import parse_instant
from streams.engine.errors import ConfigurationError

EVENT_KIND = "event"
"""The kind of an event definition; its body is the Avro document."""

PUBLISHED_KINDS = (*KINDS, EVENT_KIND)
assert set(KINDS) == set(get_args(Kind))  # noqa: S101 - the two lists of one module


class PublishedDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=False, omit_defaults=True):
    """The value of one record."""

    kind: str
    id: str
    version: int
    body: dict[str, object]
    applied_at: str
    """RFC 3339."""
    earlier: tuple[dict[str, object], ...] = ()
    """Of an event: bodies of past versions, oldest first, with whose schemas producers may still write."""

    @property
    def key(self) -> str:
        """The record's key, ``kind/id``."""
        return f"{self.kind}/{self.id}"


class LiveDefinitions(NamedTuple):
    """What is published at one moment."""

    published: Mapping[str, PublishedDefinition]
    """By key, in the order of keys."""
    end_offset: int
    """The offset after the last record that counts."""

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Everything but event definitions."""
        return tuple(
            Definition(cast("Kind", each.kind), each.id, each.version, each.body)
            for each in self.published.values()
            if each.kind != EVENT_KIND
        )

    @property
    def events(self) -> dict[str, dict[str, object]]:
        """The Avro documents of event definitions, by event name."""
        return {each.id: each.body for each in self.published.values() if each.kind == EVENT_KIND}

    @property
    def earlier_events(self) -> dict[str, tuple[dict[str, object], ...]]:
        """The Avro documents of past versions of event definitions, by event name."""
        return {each.id: each.earlier for each in self.published.values() if each.earlier}

    @property
    def applied_at(self) -> str | None:
        """When the newest definition was applied; ``None`` while there is none."""
        return max((each.applied_at for each in self.published.values()), key=parse_instant, default=None)


NOTHING_LIVE = LiveDefinitions({}, 0)
"""An installation to which nothing was ever applied."""

_DECODER = msgspec.json.Decoder(PublishedDefinition)


def encode_definition(definition: PublishedDefinition) -> bytes:
    """The record's value."""
    return msgspec.json.encode(definition)


class Record(NamedTuple):
    """One record of the topic, unread."""

    key: bytes | None
    value: bytes
    offset: int


def decode_definitions(records: Iterable[Record]) -> dict[str, PublishedDefinition]:
    """The definitions by key, in the order of keys; ``ConfigurationError`` for a record that is none."""
    decoded = [decode_definition(record) for record in records]
    return {each.key: each for each in sorted(decoded, key=lambda each: each.key)}


def decode_definition(record: Record) -> PublishedDefinition:
    """Read one record; ``ConfigurationError`` names its key and offset, and what to do."""
    try:
        definition = _DECODER.decode(record.value)
        parse_instant(definition.applied_at)
    except ValueError as error:  # msgspec's own errors are of this kind
        raise _refusal(record, "a definition as `tidemark apply` writes it", str(error)) from error
    if definition.kind not in PUBLISHED_KINDS:
        raise _refusal(record, f"a kind of {', '.join(PUBLISHED_KINDS)}", repr(definition.kind))
    if record.key != definition.key.encode():
        raise _refusal(record, f"the key {definition.key}", "another")
    return definition


def _refusal(record: Record, expected: str, found: str) -> ConfigurationError:
    name = "no key" if record.key is None else f"key {record.key.decode(errors='replace')!r}"
    return ConfigurationError(
        f"definitions topic, offset {record.offset}, {name}: expected {expected}, found {found}. "
        "Take the record away by a null value under its key, then `tidemark apply` again",
    )
