"""Events in Avro, opened by what names their schema: a fingerprint, or an id or GUID of a registry.

Decides which schema bytes are read with, and resolves every other version of an event's schema to the present one. What
is in an envelope is checked elsewhere.
"""

from collections.abc import Mapping
from itertools import product

from schemas.avro_wire import LAYOUTS, EventWire
from schemas.catalog import Catalog
from schemas.framing import FRAME_BYTES, ID_MAGIC, Framed, framed
from schemas.framing import HEADER as FRAMING_HEADER
from schemas.json_values import JsonObject, shortened, shown
from schemas.plain_envelope import PlainEvent
from schemas.rejections import Fault
from schemas.reserved import RESERVED
from schemas.single_object import HEADER, MAGIC
from schemas.writer_resolution import (
    MALFORMED_FOR_WRITER,
    ResolvedWire,
    SchemaResolutionError,
    Unusable,
    resolved_wire,
)
from schemas.writer_schemas import SchemaKey, WriterSchemas, shown_key

_Wire = EventWire | ResolvedWire


class AvroEvents:
    """Opens events of a catalog; made once for a catalog."""

    def __init__(self, catalog: Catalog, registry: WriterSchemas | None) -> None:
        self._registry = registry
        definitions = catalog.definitions.values()
        self._wires = [EventWire(definition) for definition in definitions]
        # An envelope of before holds less, and is read just as well.
        before = [EventWire(definition, layout) for layout in LAYOUTS[1:] for definition in definitions]
        self._exact = {wire.fingerprint: wire for wire in (*before, *self._wires)}
        for wire in self._exact.values():
            if wire.event in RESERVED:
                wire.read_plain = _never_plain
        self._by_fingerprint: Mapping[bytes, _Wire] = self._earlier(catalog) | self._exact
        self._by_key: dict[SchemaKey, _Wire | Fault] = {}

    @property
    def has_registry(self) -> bool:
        """Whether ids of a registry mean anything here."""
        return self._registry is not None

    def read_plain(self, value: bytes, timestamp: int | None, latest: int) -> PlainEvent | None:
        """The event, if it is plain and its schema is a present one that is known; see ``avro_plain``."""
        wire: _Wire | Fault | None = None
        if value.startswith(MAGIC):
            wire, at = self._by_fingerprint.get(value[len(MAGIC) : HEADER]), HEADER
        elif value[0] == ID_MAGIC:
            wire, at = self._by_key.get(int.from_bytes(value[1:FRAME_BYTES])), FRAME_BYTES
        return wire.read_plain(value, at, timestamp, latest) if isinstance(wire, EventWire) else None

    def open_single(self, value: bytes) -> JsonObject | Fault:
        """The envelope in a single object."""
        named = value[len(MAGIC) : HEADER]
        wire = self._by_fingerprint.get(named)
        if wire is None:
            expected = "the fingerprint of the wire schema of a defined event"
            return Fault("unknown_fingerprint", "value", expected, named.hex() or "nothing")
        return _decoded(wire, value, HEADER)

    def open_framed(self, value: bytes, header: bytes | None = None) -> JsonObject | Fault:
        """The envelope in a value with Confluent's framing, or in a bare one that ``header`` frames.

        Raises ``SchemaAwaited`` while the schema is not known.
        """
        named = framed(value if header is None else header)
        if self._registry is None:
            found = f"a magic byte of {value[0]} and schema id {int.from_bytes(value[1:5])}"
            return Fault("registry_not_configured", "value", "JSON or Avro single-object encoding", found)
        if named is None:
            path, given = ("value", value) if header is None else (f"headers.{FRAMING_HEADER}", header)
            return Fault(
                "malformed_avro", path, "a magic byte and the id of a schema", shown(given[:17].hex())
            )
        wire = self._by_key.get(named.key)
        if wire is None:
            wire = self._asked(named, self._registry)
        if isinstance(wire, Fault):
            return wire
        return _decoded(wire, value, named.at if header is None else 0)

    def _asked(self, named: Framed, registry: WriterSchemas) -> _Wire | Fault:
        """What the registry says of a schema; kept, but for what it may say otherwise another time."""
        text = registry.get(named.key)
        if isinstance(text, Fault):
            return text
        wire: _Wire | Fault
        try:
            wire = resolved_wire(text, self._wires, self._exact)
        except Unusable as unusable:
            found = shortened(f"schema {shown_key(named.key)}, {unusable}")
            wire = Fault("not_an_event_schema", "value", "the wire schema of a defined event", found)
        self._by_key[named.key] = wire
        return wire

    def _earlier(self, catalog: Catalog) -> dict[bytes, _Wire]:
        """Versions of the definitions that are past; one that cannot be read any more is left out."""
        found: dict[bytes, _Wire] = {}
        for wire in self._wires:
            for definition, layout in product(catalog.earlier.get(wire.event, ()), LAYOUTS):
                earlier = EventWire(definition, layout)
                if earlier.fingerprint not in self._exact:
                    found[earlier.fingerprint] = ResolvedWire(wire, earlier.schema)
        return found


def _never_plain(*_: object) -> None:
    """Leaves an event that nobody may send to the general way, which says so."""


def _decoded(wire: _Wire, value: bytes, at: int) -> JsonObject | Fault:
    try:
        body = wire.decode(value, at)
    except SchemaResolutionError as error:
        expected = f"what resolves to the present wire schema of {wire.event}"
        return Fault("unresolvable_schema", "value", expected, shortened(str(error)))
    except MALFORMED_FOR_WRITER as error:
        # fastavro names the stream by its address in memory when that ends
        ended = isinstance(error, EOFError)
        found = "bytes that end too soon" if ended else shortened(f"{type(error).__name__}: {error}")
        return Fault("malformed_avro", "value", f"a record of the wire schema of {wire.event}", found)
    if body["event"] != wire.event:
        return Fault(
            "invalid_envelope", "event", f"{wire.event}, whose schema was used", shown(body["event"])
        )
    return body
