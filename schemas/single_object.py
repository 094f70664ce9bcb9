"""Avro's single-object encoding: C3 01, the fingerprint of the schema, and the record.

The fingerprint is CRC-64-AVRO of the schema's parsing canonical form, in little-endian order, as Avro's specification
has it. Values go in and come out in their JSON form (see ``avro_schemas``). Nothing is checked beyond the encoding.
"""

import io
from collections.abc import Mapping
from typing import Any

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form

from schemas.avro_reading import compile_reader
from schemas.avro_schemas import named_types, without_logical_types
from schemas.avro_writing import compile_writing

MAGIC = b"\xc3\x01"
"""The first bytes of a single object."""
HEADER = len(MAGIC) + 8
"""Bytes before the record."""
MALFORMED = (ValueError, IndexError, RecursionError)
"""What reading raises for bytes that are no such record."""


class SingleObject:
    """Values of one Avro schema, read and written in their JSON form."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        names = named_types(schema)
        raw = without_logical_types(schema)
        self.schema = schema
        self.fingerprint = bytes.fromhex(fingerprint(to_parsing_canonical_form(raw), "CRC-64-AVRO"))
        self._raw = fastavro.parse_schema(raw)
        self._read = compile_reader(schema, names)
        self._write = compile_writing(schema, names)

    def decode(self, value: bytes, at: int = HEADER) -> Any:
        """The JSON form of the record that begins at a place. Raises one of ``MALFORMED``, also for bytes left over."""
        record, end = self._read(value, at)
        if end != len(value):
            raise ValueError(f"{len(value) - end} bytes left after the record")
        return record

    def encode(self, record: Mapping[str, Any], header: bytes | None = None) -> bytes:
        """The single object of a record in JSON form, or the record behind another header.

        Raises ``ValueError`` or ``TypeError`` where it does not fit.
        """
        stream = io.BytesIO()
        stream.write(MAGIC + self.fingerprint if header is None else header)
        raw = record if self._write is None else self._write(record)
        fastavro.schemaless_writer(stream, self._raw, raw, strict_allow_default=True)
        return stream.getvalue()
