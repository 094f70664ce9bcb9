"""How one customer's state is written: one version byte, the due instant as the due index orders it, then MessagePack.

The same bytes stand in RocksDB and in the changelog. The due instant stands in front, once more, so that a restore can
rebuild the index without reading the rest. Unknown versions are refused, never guessed; what the fields mean is the
domain's business.
"""

from typing import Any, Final, NamedTuple

import msgspec

from streams.domain.instants import Instant
from streams.domain.state import CustomerState, Membership, Occurrence
from streams.engine.due_index import ORDER_BYTES, order_of
from streams.engine.errors import ConfigurationError

FORMAT: Final = b"\x03"
"""Version of the record as it is written."""

READABLE: Final = (b"\x02", FORMAT)
"""Versions that are read; another one means another store and another changelog.

In version 2, occurrences end before their days: what occurred under it is in no window.
"""

_NEVER: Final = bytes(ORDER_BYTES)
"""In the place of the due instant, where there is none: an instant before all that can be written."""
_BODY: Final = 1 + ORDER_BYTES


class _Stored(NamedTuple):
    """``CustomerState`` in types that the decoder can build: a profile is any JSON."""

    occurrences: dict[str, Occurrence]
    profile: dict[str, Any]
    segments: dict[str, Membership]
    balances: dict[str, int]
    firings: dict[str, tuple[Instant, ...]]
    recent: bytes
    due: int | None
    sequence: int
    ruleset: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)


def encode_state(state: CustomerState) -> bytes:
    """The record of ``state``."""
    due = state.due
    return FORMAT + (_NEVER if due is None else order_of(due)) + _encoder.encode(state)


def due_order(record: bytes) -> bytes | None:
    """When the customer of ``record`` is due, as the due index orders it; none for never.

    Raises ``ConfigurationError`` for another format.
    """
    if record[:1] not in READABLE:
        raise _foreign(record)
    order = record[1:_BODY]
    return None if order == _NEVER else order


def decode_state(record: bytes) -> CustomerState:
    """The state in ``record``. Raises ``ConfigurationError`` for another format or a damaged record."""
    if record[:1] not in READABLE:
        raise _foreign(record)
    try:
        return CustomerState._make(_decoder.decode(memoryview(record)[_BODY:]))
    except msgspec.MsgspecError as damage:
        raise ConfigurationError(
            f"a customer's state cannot be read ({damage}): restore it from the changelog"
        ) from damage


def _foreign(record: bytes) -> ConfigurationError:
    read = " and ".join(version.hex() for version in READABLE)
    return ConfigurationError(
        f"a customer's state has format {record[:1].hex() or 'none'}, this version reads {read}: "
        "start this version with a topic prefix of its own, or run the version that wrote it"
    )
