"""Rejected events as a worker writes them, and a judge who knows two events."""

from typing import Any

import msgspec

from schemas.catalog import Catalog, load_catalog
from schemas.instants import format_instant
from schemas.outputs import Encoding, output_encoder
from schemas.rejections import Rejected, rejected_record
from schemas.wire import EventReader
from streams.domain.instants import Instant
from topology.rejected.rejected_event import RejectedEvent
from topology.rejected.replay import Judge
from topology.settings import Settings

NOW = Instant(1_764_000_000_000)
"""2025-11-24T16:00:00Z."""
RECEIVED = Instant(NOW - 86_400_000)


def catalog(*fields: dict[str, Any]) -> Catalog:
    """The events that come with Tidemark, and ``visit`` with these attributes."""
    document = {"type": "record", "name": "visit", "fields": list(fields)}
    return load_catalog(Settings().event_directories).with_documents({"visit": document})


SECONDS = {"name": "seconds", "type": "double"}
ROOM = {"name": "room", "type": "string"}


def visit(**changed: Any) -> dict[str, Any]:
    """A visit with an attribute that no definition has at first."""
    event = {"event": "visit", "customer": {"source_id": "c-1"}, "metadata": {"seconds": 5, "room": "hall"}}
    return event | changed


def received(value: object, encoding: Encoding = "json", **changed: Any) -> RejectedEvent:
    """What becomes of a record with this value in a worker that knows visits without a room."""
    raw = value if isinstance(value, bytes) or value is None else msgspec.json.encode(value)
    place: dict[str, Any] = {
        "topic": "custom-events", "partition": 2, "offset": 100, "timestamp": RECEIVED, "key": b"k", "headers": [],
    }  # fmt: skip
    place |= changed
    read = EventReader(catalog(SECONDS)).read(raw, place["headers"], place["timestamp"], RECEIVED)
    assert isinstance(read, Rejected)
    record = rejected_record(read, rejected_at=RECEIVED + 1_000, value=raw, **place)
    return RejectedEvent.of(output_encoder("rejected-events", encoding, 7)(record))


def judge(*fields: dict[str, Any], edited: bytes | None = None) -> Judge:
    """A judge who knows visits with these attributes; everybody stands on partition 3."""
    return Judge(EventReader(catalog(*fields)), lambda _: 3, NOW, edited, ("customers",))


def written(instant: int) -> bytes:
    """The instant as a header has it."""
    return format_instant(instant).encode()
