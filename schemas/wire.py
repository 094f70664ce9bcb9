"""From the bytes of a record to an event, or to the reasons why it is none. No input raises.

Tells the encodings apart by the first bytes, and joins envelope, definition and clock. Knows Kafka only as bytes,
headers and a timestamp; what happens to a rejection is decided elsewhere. Where a schema registry is to be asked for
what is unknown, it raises ``SchemaAwaited``: the record is to be read again later.
"""

from typing import Any, NamedTuple

from schemas.avro_events import AvroEvents
from schemas.catalog import Catalog
from schemas.conformance import compile_members
from schemas.definitions import attributes_of
from schemas.envelope import TIME, Envelope, Headers, fill_from_headers, read_envelope
from schemas.framing import GUID_MAGIC, ID_MAGIC, named_by
from schemas.instants import EARLIEST, LATEST, format_instant
from schemas.json_reading import read_json
from schemas.json_values import JsonObject, shown
from schemas.names import hint
from schemas.plain_envelope import PlainReader
from schemas.rejections import Fault, Rejected, rejected
from schemas.reserved import RESERVED
from schemas.scalars import Check
from schemas.single_object import MAGIC
from schemas.writer_schemas import SchemaAwaited, WriterSchemas

__all__ = ["Decoded", "EventReader", "Rejected", "SchemaAwaited"]

_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class; for what is made for every event."""
_OBJECT = ord("{")


class Decoded(NamedTuple):
    """An event that conforms to its definition."""

    id: str | None
    """None if it has none: then the position of its record stands in for one."""
    name: str
    customer_id: str
    occurred_at: int
    """Milliseconds since 1970-01-01T00:00:00Z."""
    metadata: JsonObject
    """Attributes in normal form: defaults filled, times in UTC."""
    profile: JsonObject
    """Profile fields that came with the event; empty for none."""
    source: str | None
    card: str | None = None
    """Code of the loyalty card that earned points go to; ``None`` for the customer's own."""


class EventReader:
    """Reads events against a catalog; made once for a catalog, used for every record."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        max_ahead_ms: int = 300_000,
        max_bytes: int = 1_000_000,
        form: type[tuple[Any, ...]] = Decoded,
        registry: WriterSchemas | None = None,
    ) -> None:
        """``form`` is what an event is read into: ``Decoded``, or a named tuple with the same fields in this order."""
        definitions = dict(sorted(catalog.definitions.items()))  # so that hints name them in one order
        self._max_ahead = max_ahead_ms
        self._max_bytes = max_bytes
        self._form = form
        self._checks: dict[str, Check] = {
            name: compile_members(attributes_of(definition), "metadata")
            for name, definition in definitions.items()
        }
        sent = (definition for name, definition in definitions.items() if name not in RESERVED)
        self._read_plain = PlainReader(sent, self._checks).read
        self._avro = AvroEvents(catalog, registry)

    def read(
        self,
        value: bytes | None,
        headers: Headers | None,
        timestamp: int | None,
        received_at: int,
    ) -> Decoded | Rejected:
        """The event in a record, or its rejection. All times are in milliseconds.

        ``timestamp`` stands in for a time that the event does not tell: the record's; negative if the broker gave it
        none, for which ``received_at`` stands in; ``None`` if the event must tell its time itself. ``received_at`` is
        the clock that the future is measured from. Raises ``SchemaAwaited`` if the record is to be read later.
        """
        if value and not headers and len(value) <= self._max_bytes:
            read_plain = self._read_plain if value[0] == _OBJECT else self._avro.read_plain
            plain = read_plain(value, timestamp, received_at + self._max_ahead)
            if plain is not None:
                return _new(self._form, plain)  # type: ignore[return-value]  # its fields have the same names
        body = self._open(value, headers)
        if isinstance(body, Fault):
            return rejected([body])
        faults: list[Fault] = []
        if headers:
            fill_from_headers(body, headers, faults)
        envelope = read_envelope(body, faults)
        metadata = self._conformed(envelope, faults)
        id_, event, customer_id, occurred_at, source, _, profile, card = envelope
        if occurred_at is None:
            occurred_at = _stamped(timestamp, received_at, faults)
        if occurred_at > received_at + self._max_ahead:
            faults.append(self._future(occurred_at))
        if faults or event is None or customer_id is None:
            return rejected(faults, event, source, customer_id)
        fields = (id_, event, customer_id, occurred_at, metadata, profile, source, card)
        return _new(self._form, fields)  # type: ignore[return-value]  # its fields have the same names

    def _open(self, value: bytes | None, headers: Headers | None) -> JsonObject | Fault:
        if not value:
            return Fault("empty_value", "value", "an event", "null" if value is None else "an empty value")
        if len(value) > self._max_bytes:
            return Fault("too_large", "value", f"at most {self._max_bytes} bytes", f"{len(value)} bytes")
        if self._avro.has_registry:
            header = named_by(headers) if headers else None
            if header is not None or value[0] == GUID_MAGIC:
                return self._avro.open_framed(value, header)
        if value.startswith(MAGIC):
            return self._avro.open_single(value)
        if value[0] == ID_MAGIC:
            return self._avro.open_framed(value)
        return self._open_json(value)

    def _open_json(self, value: bytes) -> JsonObject | Fault:
        body = read_json(value)
        if isinstance(body, Fault):
            return body
        if type(body) is dict:
            return body
        return Fault("invalid_envelope", "value", "an object with event, customer and metadata", shown(body))

    def _conformed(self, envelope: Envelope, faults: list[Fault]) -> JsonObject:
        event, metadata = envelope.event, envelope.metadata
        if event is None:
            return {}
        check = self._checks.get(event)
        if check is None:
            expected = "; ".join(filter(None, ("the name of a defined event", hint(event, self._checks))))
            faults.append(Fault("undefined_event", "event", expected, shown(event)))
            return {}
        if event in RESERVED:
            faults.append(Fault("reserved_event", "event", "an event that others may send", shown(event)))
            return {}
        if metadata is None:
            return {}
        return check(metadata, faults)  # type: ignore[return-value]  # an object gives an object

    def _future(self, occurred_at: int) -> Fault:
        expected = f"at most {self._max_ahead} ms ahead of the clock"
        return Fault("future", "occurred_at", expected, _written(occurred_at))


def _stamped(timestamp: int | None, received_at: int, faults: list[Fault]) -> int:
    if timestamp is None:
        if not any(fault.path == "occurred_at" for fault in faults):
            faults.append(Fault("invalid_time", "occurred_at", TIME, "nothing"))
        return received_at
    return timestamp if timestamp >= 0 else received_at


def _written(instant: int) -> str:
    return format_instant(instant) if EARLIEST <= instant <= LATEST else f"{instant} ms"
