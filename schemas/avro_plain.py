"""Events in Avro as nearly all producers write them, read in one step.

Decides only what is plain: the present attributes, an id for the customer, no profile, attributes that conform.
Whatever is not, or is wrong in any way, is left to the general way, which finds the words; a plain event reads the same
there. Knows the layout of the envelope that ``avro_wire`` writes, field by field.
"""

from collections.abc import Mapping
from typing import Any

from schemas.avro_reading import compile_reader, read_long
from schemas.avro_schemas import named_types
from schemas.json_values import JsonObject
from schemas.plain_envelope import PlainEvent
from schemas.scalars import Check, Faults
from schemas.single_object import MALFORMED

_NULL, _GIVEN = 0, 2
"""The byte of a branch of an optional field."""
_TWO_BYTES = 0x80
"""The least byte of a number that goes on in the next one."""


class PlainAvroReader:
    """Reads plain events of one definition."""

    def __init__(self, event: str, schema: Mapping[str, Any], check: Check) -> None:
        """``schema`` is the wire schema, ``check`` that of the attributes."""
        fields = {field["name"]: field["type"] for field in schema["fields"]}
        self._event = event
        name = event.encode()
        self._name = _written_length(len(name)) + name
        self._has_card = "loyalty" in fields
        self._no_profile = bytes(len(fields["customer"]["fields"]) - 1)
        self._read_metadata = compile_reader(fields["metadata"], named_types(schema))
        self._check = check

    def read(self, value: bytes, at: int, timestamp: int | None, latest: int) -> PlainEvent | None:
        """The event that begins at a place, or ``None`` if it is not plain.

        ``timestamp`` stands in for a time that it does not tell.
        """
        try:
            return self._read(value, at, timestamp, latest)
        except MALFORMED:
            return None

    def _read(self, value: bytes, at: int, timestamp: int | None, latest: int) -> PlainEvent | None:
        event_id, at = _optional_id(value, at)
        if not value.startswith(self._name, at):
            return None
        customer_id, at = _id(value, at + len(self._name))
        if not value.startswith(self._no_profile, at):
            return None
        at += len(self._no_profile)
        occurred_at = timestamp
        if value[at] == _GIVEN:
            occurred_at, at = read_long(value, at + 1)
        elif value[at] == _NULL:
            at += 1
        else:
            return None
        if occurred_at is None or not 0 <= occurred_at <= latest:
            return None
        source, at = _optional_id(value, at)
        card, at = _optional_id(value, at) if self._has_card else (None, at)  # a record of a text is the text
        metadata, at = self._read_metadata(value, at)
        faults: Faults = []
        checked: JsonObject = self._check(metadata, faults)  # type: ignore[assignment]  # an object gives an object
        if faults or at != len(value):
            return None
        return event_id, self._event, customer_id, occurred_at, checked, {}, source, card


def _id(value: bytes, at: int) -> tuple[str, int]:
    """An id of 1 to 63 printable letters, whose length takes one byte; others are not plain."""
    doubled = value[at]
    end = at + 1 + (doubled >> 1)
    text = value[at + 1 : end].decode("ascii")
    if not 0 < doubled < _TWO_BYTES or doubled & 1 or end > len(value) or not text.isprintable():
        raise ValueError(text)
    return text, end


def _optional_id(value: bytes, at: int) -> tuple[str | None, int]:
    branch = value[at]
    if branch == _GIVEN:
        return _id(value, at + 1)
    if branch == _NULL:
        return None, at + 1
    raise ValueError(branch)


def _written_length(length: int) -> bytes:
    """A length below 2^14 as Avro writes it."""
    doubled = 2 * length
    return bytes([doubled]) if doubled < _TWO_BYTES else bytes([doubled & 0x7F | 0x80, doubled >> 7])
