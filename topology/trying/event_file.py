"""A file that holds one event, read by the reader that the worker uses.

Decides which forms it may have (JSON; YAML by the name of the file; Avro single-object), and that a fault is told with
file, line and column.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import msgspec

from schemas.rejections import Fault, Rejected
from schemas.single_object import MAGIC
from schemas.wire import EventReader
from streams.domain.events import Event
from streams.domain.identities import EventId
from streams.domain.instants import LATEST, Instant
from streams.engine.errors import ConfigurationError
from topology.definitions.event_places import place_of
from topology.definitions.json_source import read_json
from topology.definitions.places import Document
from topology.definitions.yaml_source import read_yaml
from topology.lines import STANDARD_INPUT

_YAML = (".yaml", ".yml")
_MORE = "Extra data"
"""What the standard library says of a text that goes on behind its value."""


class EventFile(NamedTuple):
    """What stands in a file that holds one event."""

    file: str
    value: bytes
    """As it would stand on the wire."""
    document: Document | None
    """None for Avro."""


class RefusedEvent(Exception):  # noqa: N818 - what it is
    """The event would be rejected; the text says where, with a line for every fault."""

    def __init__(self, rejection: Rejected, where: EventFile) -> None:
        self.rejection = rejection
        super().__init__("\n".join(_fault_line(fault, where) for fault in rejection.faults))


def read_event_file(file: str) -> EventFile:
    """What a file holds. Raises ``ConfigurationError`` unless it is one value."""
    data = bytes_of(file)
    if data.startswith(MAGIC):
        return EventFile(file, data, None)
    document = document_of(data, file, "one event; `tidemark backtest` takes many")
    return EventFile(file, msgspec.json.encode(document.value), document)


def read_event(held: EventFile, reader: EventReader, now: Instant | None, otherwise: Instant) -> Event:
    """The event, if a worker whose clock reads ``now`` would accept it; raises ``RefusedEvent``.

    Without ``now`` the clock reads what the event says, or ``otherwise`` if that says nothing.
    """
    read = reader.read(held.value, None, otherwise if now is None else now, LATEST if now is None else now)
    if isinstance(read, Rejected):
        raise RefusedEvent(read, held)
    return Event._make(read)._replace(id=EventId("tried" if read.id is None else read.id))


def bytes_of(file: str) -> bytes:
    """All of a file, or of standard input. Raises ``ConfigurationError`` if it cannot be read."""
    try:
        return sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from error


def document_of(data: bytes, file: str, expected: str) -> Document:
    """The one value of a text. Raises ``ConfigurationError`` with the place of what is wrong."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{file}: expected UTF-8, found {error.reason} at byte {error.start}"
        ) from error
    if not text.strip():
        raise ConfigurationError(f"{file}: expected {expected}, found nothing")
    if file.endswith(_YAML):
        documents = list(read_yaml(text, file))
        if len(documents) != 1:
            raise ConfigurationError(f"{file}: expected {expected}, found {len(documents)}")
        return documents[0]
    try:
        return read_json(text, file)
    except ConfigurationError as error:
        place, _, rest = str(error).partition(" not JSON: ")
        if rest != _MORE:
            raise
        raise ConfigurationError(f"{place} expected {expected}, found more") from error


def _fault_line(fault: Fault, where: EventFile) -> str:
    place = where.file if where.document is None else place_of(where.document, fault.path)
    return f"{place}: {fault}"
