"""How one customer's state is written: one version byte, the due instant as the due index orders it, then MessagePack.

The same bytes stand in RocksDB and in the changelog. The due instant stands in front, once more, so that a restore can
rebuild the index without reading the rest. Unknown versions are refused, never guessed; what the fields mean is the
domain's business.
"""

from typing import Any, Final, NamedTuple

import msgspec

from streams.domain.cards import OWN, Card
from streams.domain.facts import Facts
from streams.domain.identities import CampaignId, CustomerId, EventName, SegmentId
from streams.domain.instants import Instant
from streams.domain.state import CustomerState, Membership, Occurrence
from streams.engine.due_index import ORDER_BYTES, order_of
from streams.engine.errors import ConfigurationError

FORMAT: Final = b"\x04"
"""Version of the record as it is written."""

EARLIER: Final = (b"\x02", b"\x03")
"""Versions before: what is on a card is its balance, in place of the cards of a campaign. In version 2, occurrences end
before their days: what occurred under it is in no window.
"""

READABLE: Final = (*EARLIER, FORMAT)
"""Versions that are read; another one means another store and another changelog."""

_NEVER: Final = bytes(ORDER_BYTES)
"""In the place of the due instant, where there is none: an instant before all that can be written."""
_BODY: Final = 1 + ORDER_BYTES


class _Stored(NamedTuple):
    """``CustomerState`` in types that the decoder can build: a profile is any JSON."""

    occurrences: dict[str, Occurrence]
    profile: dict[str, Any]
    segments: dict[str, Membership]
    cards: dict[str, dict[str, Card]]
    firings: dict[str, tuple[Instant, ...]]
    recent: bytes
    due: int | None
    sequence: int
    ruleset: str


class _StoredEarlier(NamedTuple):
    """The same in earlier versions."""

    occurrences: dict[str, Occurrence]
    profile: dict[str, Any]
    segments: dict[str, Membership]
    balances: dict[CampaignId, int]
    firings: dict[str, tuple[Instant, ...]]
    recent: bytes
    due: int | None
    sequence: int
    ruleset: str


class _Known(msgspec.Struct, array_like=True, gc=False):
    """The beginning of ``_Stored``, as far as conditions look at it; what follows is passed over."""

    occurrences: dict[EventName, Occurrence]
    profile: dict[str, Any]
    segments: dict[SegmentId, Membership]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)
_earlier = msgspec.msgpack.Decoder(_StoredEarlier)
_looker = msgspec.msgpack.Decoder(_Known)
_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class; for what is made for every customer."""


def encode_state(state: CustomerState) -> bytes:
    """The record of ``state``."""
    due = state.due
    return FORMAT + (_NEVER if due is None else order_of(due)) + _encoder.encode(state)


def label_of(fingerprint: str) -> bytes:
    """How the record of every customer ends who was last decided under the ruleset of that fingerprint."""
    return _encoder.encode(fingerprint)


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
    body = memoryview(record)[_BODY:]
    try:
        return CustomerState._make(_decoder.decode(body) if record[:1] == FORMAT else _of_earlier(body))
    except msgspec.MsgspecError as damage:
        raise _unreadable(damage) from damage


def decode_facts(record: bytes, customer: CustomerId, now: Instant) -> Facts:
    """What conditions may look at in ``record``, for less than ``decode_state`` costs. Raises as that does."""
    if record[:1] not in READABLE:
        raise _foreign(record)
    try:
        known = _looker.decode(record[_BODY:])  # for a record of this size, copying costs less than a view
    except msgspec.MsgspecError as damage:
        raise _unreadable(damage) from damage
    return _new(Facts, (customer, known.occurrences, known.profile, known.segments, now, None))


def _of_earlier(body: memoryview) -> _Stored:
    earlier = _earlier.decode(body)
    cards = {campaign: {OWN: Card(balance)} for campaign, balance in earlier.balances.items()}
    return _Stored._make(earlier._replace(balances=cards))  # type: ignore[arg-type]  # cards in their place


def _unreadable(damage: Exception) -> ConfigurationError:
    return ConfigurationError(f"a customer's state cannot be read ({damage}): restore it from the changelog")


def _foreign(record: bytes) -> ConfigurationError:
    read = ", ".join(version.hex() for version in EARLIER) + f" and {FORMAT.hex()}"
    return ConfigurationError(
        f"a customer's state has format {record[:1].hex() or 'none'}, this version reads {read}: "
        "start this version with a topic prefix of its own, or run the version that wrote it"
    )
