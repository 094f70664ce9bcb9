"""Events that were written with another version of their schema, resolved to the present one.

Decides which schemas of strangers are read at all: those of a defined event, by their name, that can neither nest
without end nor claim values that take no bytes. What resolves is decided by Avro's own rules (fastavro). Where a schema
comes from is others' business.
"""

import io
import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import fastavro
from fastavro.read import SchemaResolutionError
from fastavro.schema import SchemaParseException, UnknownType, fingerprint, to_parsing_canonical_form

from schemas.avro_schemas import named_types, without_logical_types
from schemas.avro_wire import EventWire
from schemas.json_values import JsonObject
from schemas.single_object import HEADER, MALFORMED

__all__ = ["MALFORMED_FOR_WRITER", "ResolvedWire", "SchemaResolutionError", "Unusable", "resolved_wire"]

MALFORMED_FOR_WRITER = (*MALFORMED, EOFError, OverflowError, TypeError, KeyError, struct.error)
"""What reading raises for bytes that the writer's schema does not describe."""
_NO_SCHEMA = (
    SchemaParseException,
    UnknownType,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)


class Unusable(Exception):  # noqa: N818 -- says what is wrong with the schema
    """A schema that no event is read with; the text is what was found."""


class ResolvedWire:
    """The Avro encoding of one event as another schema has it."""

    def __init__(self, wire: EventWire, writer: Mapping[str, Any]) -> None:
        self.event = wire.event
        self._wire = wire
        self._writer = fastavro.parse_schema(without_logical_types(writer))
        self._present = fastavro.parse_schema(without_logical_types(wire.schema))

    def decode(self, value: bytes, at: int = HEADER) -> JsonObject:
        """The envelope in JSON form, as ``EventWire`` has it.

        Raises ``SchemaResolutionError``, or one of ``MALFORMED_FOR_WRITER``.
        """
        stream, present = io.BytesIO(value), io.BytesIO()
        # Once as it was written: where a field is only passed over, fastavro does not see that the bytes have ended,
        # and goes on for as many items as they claim.
        stream.seek(at)
        fastavro.schemaless_reader(stream, self._writer)
        if stream.tell() != len(value):
            raise ValueError(f"{len(value) - stream.tell()} bytes left after the record")
        stream.seek(at)
        record = fastavro.schemaless_reader(stream, self._writer, self._present)
        fastavro.schemaless_writer(present, self._present, record)
        return self._wire.decode(present.getvalue(), 0)


def resolved_wire(
    text: str, wires: Iterable[EventWire], exact: Mapping[bytes, EventWire]
) -> EventWire | ResolvedWire:
    """How events are read that were written with the schema in ``text``. Raises ``Unusable``.

    ``wires`` are the present ones; ``exact``, by fingerprint, those that read a schema as it is.
    """
    try:
        writer = json.loads(text)
        plain = without_logical_types(writer)
        fastavro.parse_schema(plain)
        named = bytes.fromhex(fingerprint(to_parsing_canonical_form(plain), "CRC-64-AVRO"))
    except _NO_SCHEMA as error:
        raise Unusable(f"what is no Avro schema: {type(error).__name__}: {error}") from error
    name = _name(writer)
    wire = next((wire for wire in wires if _name(wire.schema) == name), None)
    if wire is None:
        raise Unusable(f"the schema of {name or text}")
    faults = (*_Inspection(plain).faults, *_other_times(writer, wire.schema, ""))
    if faults:
        raise Unusable(f"the schema of {name} with {faults[0]}")
    same = exact.get(named)
    return same if same is not None and same.event == wire.event else ResolvedWire(wire, writer)


def _name(schema: Any) -> str:
    """The name of a record without its namespace, by which Avro matches; empty for anything else."""
    if not isinstance(schema, dict) or schema.get("type") != "record":
        return ""
    return str(schema.get("name", "")).rpartition(".")[2]


class _Inspection:
    """Looks for what would let a few bytes cost without bound; each named type is looked at once."""

    def __init__(self, schema: Any) -> None:
        self._names = named_types(schema)
        self._done: set[int] = set()
        self.faults = list(self._inside(schema, ()))

    def _inside(self, schema: Any, outer: tuple[int, ...]) -> Iterator[str]:
        schema = self._named(schema)
        if isinstance(schema, list):
            for branch in schema:
                yield from self._inside(branch, outer)
        if not isinstance(schema, dict) or id(schema) in self._done:
            return
        if id(schema) in outer:
            yield f"{schema.get('name')} inside itself"
            return
        inner = [schema[key] for key in ("type", "items", "values") if key in schema]
        inner += [field["type"] for field in schema.get("fields", ())]
        if schema["type"] == "array" and self._takes_no_bytes(schema["items"], ()):
            yield "an array of what takes no bytes"
        for each in inner:
            yield from self._inside(each, (*outer, id(schema)))
        self._done.add(id(schema))

    def _takes_no_bytes(self, schema: Any, outer: tuple[int, ...]) -> bool:
        schema = self._named(schema)
        if not isinstance(schema, dict) or id(schema) in outer:
            return schema == "null" or isinstance(schema, dict)
        outer = (*outer, id(schema))
        if schema["type"] == "record":
            return all(self._takes_no_bytes(field["type"], outer) for field in schema["fields"])
        return schema.get("size") == 0 or self._takes_no_bytes(schema["type"], outer)

    def _named(self, schema: Any) -> Any:
        return self._names.get(schema, schema) if isinstance(schema, str) else schema


def _other_times(writer: Any, present: Any, path: str) -> Iterator[str]:
    """Times and dates in another unit: to Avro they are numbers, and would be read as wrong instants."""
    writer, present = _single(writer), _single(present)
    if not isinstance(writer, dict) or not isinstance(present, dict):
        return
    told, expected = writer.get("logicalType"), present.get("logicalType")
    if told is not None and expected is not None and told != expected:
        yield f"{told} at {path}, where {expected} is expected"
    if isinstance(writer.get("items"), dict | list):
        yield from _other_times(writer["items"], present.get("items"), path)
    fields = {field["name"]: field for field in present.get("fields", ())}
    for field in writer.get("fields", ()):
        if field["name"] in fields:
            below = f"{path}.{field['name']}" if path else field["name"]
            yield from _other_times(field["type"], fields[field["name"]]["type"], below)


def _single(schema: Any) -> Any:
    """The type beside null in a union; a type that is wrapped in another, without its wrapping."""
    if isinstance(schema, list):
        others = [branch for branch in schema if branch != "null"]
        return _single(others[0]) if len(others) == 1 else None
    if isinstance(schema, dict) and isinstance(schema.get("type"), dict | list):
        return _single(schema["type"])
    return schema
