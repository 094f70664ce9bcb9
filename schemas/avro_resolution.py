"""Where one Avro schema cannot read what another has written, and why.

Apache Avro's own checker decides whether it can; its answer loses which reason belongs to which field, so the parts are
asked for one by one. Knows nothing of limits, nor of what JSON producers send.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import avro.compatibility
import avro.errors
import avro.schema

from schemas.json_values import step

_COMPATIBLE = avro.compatibility.SchemaCompatibilityType.compatible


class Unreadable(NamedTuple):
    """One part that cannot be read."""

    path: str
    """The attribute, such as ``items[].quantity``; empty for the event itself."""
    reason: str


def unreadable(reader: Mapping[str, Any], writer: Mapping[str, Any]) -> tuple[Unreadable, ...]:
    """Every part of the writer's record that the reader's cannot take; none if it can read all of it."""
    try:
        parsed = _parsed(reader), _parsed(writer)
    except avro.errors.AvroException as error:
        return (Unreadable("", f"Apache Avro cannot compare them: {error}"),)
    return tuple(_unreadable(*parsed, ""))


def _parsed(document: Mapping[str, Any]) -> Any:
    # A definition without a namespace gets this one on the wire; without any, some names would be Avro's own words.
    return avro.schema.make_avsc_object({"namespace": "tidemark.events", **document})


def _unreadable(reader: Any, writer: Any, path: str) -> Iterator[Unreadable]:
    verdict = avro.compatibility.ReaderWriterCompatibilityChecker().get_compatibility(reader, writer)
    if verdict.compatibility is _COMPATIBLE:
        return
    inside = list(_inside(reader, writer, path))
    if inside:
        yield from inside
    else:
        yield Unreadable(path, "; ".join(sorted(verdict.messages)))


def _inside(reader: Any, writer: Any, path: str) -> Iterator[Unreadable]:
    """What is wrong further down, where both sides go on in the same way."""
    reader, writer = _beside_null(reader), _beside_null(writer)
    if reader.type == writer.type == "array":
        yield from _unreadable(reader.items, writer.items, f"{path}[]")
    elif reader.type == writer.type == "record" and reader.name == writer.name:
        for field in reader.fields:
            place, written = step(path, field.name), avro.compatibility.lookup_writer_field(writer, field)
            if written is not None:
                yield from _unreadable(field.type, written.type, place)
            elif not field.has_default:
                yield Unreadable(place, "it is not written, and there is no default to stand for it")


def _beside_null(schema: Any) -> Any:
    """The one type beside null, for an optional attribute; else the type itself."""
    if schema.type != "union":
        return schema
    others = [branch for branch in schema.schemas if branch.type != "null"]
    return others[0] if len(others) == 1 else schema
