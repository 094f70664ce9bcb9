"""How one customer's state is written: one version byte, then MessagePack.

The same bytes stand in RocksDB and in the changelog. Unknown versions are refused, never guessed; what the fields mean
is the domain's business.
"""

from typing import Any, Final, NamedTuple

import msgspec

from streams.domain.instants import Instant
from streams.domain.state import CustomerState, Membership, Occurrence
from streams.engine.errors import ConfigurationError

FORMAT: Final = b"\x01"
"""Version of the record; another one means another store and another changelog."""


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
    return FORMAT + _encoder.encode(state)


def decode_state(record: bytes) -> CustomerState:
    """The state in ``record``. Raises ``ConfigurationError`` for another format or a damaged record."""
    if record[:1] != FORMAT:
        raise ConfigurationError(
            f"a customer's state has format {record[:1].hex() or 'none'}, this version reads {FORMAT.hex()}: "
            "start this version with an application id of its own, or run the version that wrote it"
        )
    try:
        return CustomerState._make(_decoder.decode(memoryview(record)[1:]))
    except msgspec.MsgspecError as damage:
        raise ConfigurationError(
            f"a customer's state cannot be read ({damage}): restore it from the changelog"
        ) from damage
