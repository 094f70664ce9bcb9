"""Confluent's framing: a magic byte and what names the schema of the bytes behind it.

In the value, 0 and a four-byte id, or 1 and the sixteen bytes of a GUID; or either of them in a header, and the value
is the bare record. Knows nothing of schemas.
"""

from collections.abc import Sequence
from typing import NamedTuple

ID_MAGIC, GUID_MAGIC = 0, 1
"""The first bytes of a framed value."""
HEADER = "__value_schema_id"
"""The header that names the schema where the value does not."""
FRAME_BYTES = 5
"""Of a magic byte and an id."""
_GUID_END = 17


class Framed(NamedTuple):
    """What names the schema, and where the record begins."""

    key: int | bytes
    at: int


def framed(value: bytes) -> Framed | None:
    """How a value is framed; ``None`` if it is cut off or begins otherwise."""
    magic = value[0] if value else -1
    if magic == ID_MAGIC and len(value) >= FRAME_BYTES:
        return Framed(int.from_bytes(value[1:FRAME_BYTES]), FRAME_BYTES)
    if magic == GUID_MAGIC and len(value) >= _GUID_END:
        return Framed(value[1:_GUID_END], _GUID_END)
    return None


def named_by(headers: Sequence[tuple[str, bytes | None]]) -> bytes | None:
    """What the headers say of the value's schema; ``None`` if nothing."""
    for name, held in headers:
        if name == HEADER:
            return held
    return None


def frame(schema_id: int) -> bytes:
    """What stands before a record of this schema."""
    return bytes([ID_MAGIC]) + schema_id.to_bytes(4)
