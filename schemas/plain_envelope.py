"""Events as nearly all producers write them, read in one step.

Decides only what is plain: the envelope's own keys, an id for the customer, no profile, attributes that conform.
Whatever is not, or is wrong in any way, is left to the general way, which reads everything and finds the words; a plain
event reads the same there.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, cast

import msgspec

from schemas.definitions import EventDefinition
from schemas.envelope import LONGEST_ID
from schemas.instants import parse_instant
from schemas.json_values import JsonObject
from schemas.plain_attributes import plain_members
from schemas.scalars import Check, Faults

_BACKSLASH, _DELETE = b"\\\x7f"
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]
_asdict = msgspec.structs.asdict

PlainEvent = tuple[str | None, str, str, int, JsonObject, JsonObject, str | None, str | None]
"""The fields of ``Decoded``."""


class _Customer(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    source_id: _Id


class _Loyalty(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    code: _Id


class _Envelope(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """What stands around the attributes; every id is fit to be one."""

    customer: _Customer
    id: _Id | None = None
    occurred_at: str | None = None
    source: _Id | None = None
    loyalty: _Loyalty | None = None
    metadata: Any


class PlainReader:
    """Reads plain events of a catalog's definitions."""

    def __init__(self, definitions: Iterable[EventDefinition], checks: Mapping[str, Check]) -> None:
        """``checks`` are those of the attributes, by event: for what the decoder does not check while it reads."""
        self._events: dict[type[_Envelope], tuple[str, Check | None]] = {}
        for definition in definitions:
            members = plain_members(definition)
            check = checks[definition.name] if members is None else None
            self._events[_envelope(definition.name, members)] = definition.name, check
        # What is read is an object, so one of these; null stands where there are none.
        kinds: Any = reduce(or_, self._events, type(None))
        self._decode: Callable[[bytes], _Envelope] = msgspec.json.Decoder(kinds).decode

    def read(self, value: bytes, timestamp: int | None, latest: int) -> PlainEvent | None:
        """The event, or ``None`` if it is not plain. ``timestamp`` stands in for a time that it does not tell."""
        try:
            envelope = self._decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        # JSON without escapes holds no other control characters.
        plain = value.isascii() and _BACKSLASH not in value and _DELETE not in value
        if not plain and not _has_plain_ids(envelope):
            return None
        told = envelope.occurred_at
        occurred_at = timestamp if told is None else parse_instant(told)
        if occurred_at is None or not 0 <= occurred_at <= latest:
            return None
        name, check = self._events[type(envelope)]
        metadata: JsonObject
        if check is None:
            metadata = _asdict(envelope.metadata)
        else:
            faults: Faults = []
            metadata = check(envelope.metadata, faults)  # type: ignore[assignment]  # an object gives an object
            if faults:
                return None
        loyalty, customer = envelope.loyalty, envelope.customer.source_id
        card = None if loyalty is None else loyalty.code
        return envelope.id, name, customer, occurred_at, metadata, {}, envelope.source, card


def _envelope(event: str, members: type[msgspec.Struct] | None) -> type[_Envelope]:
    """The envelope of one event, told by its name from the others; without attributes if they may all be missing."""
    kind: Any = members or dict[str, Any]
    required = members is not None and any(field.required for field in msgspec.structs.fields(members))
    default: Any = msgspec.NODEFAULT if required else msgspec.field(default_factory=members or dict)
    envelope = msgspec.defstruct(
        "Envelope", [("metadata", kind, default)], bases=(_Envelope,), tag_field="event", tag=event,
        forbid_unknown_fields=True, kw_only=True, gc=False,
    )  # fmt: skip
    return cast("type[_Envelope]", envelope)


def _has_plain_ids(envelope: _Envelope) -> bool:
    card = envelope.loyalty.code if envelope.loyalty else ""
    ids = (envelope.customer.source_id, envelope.id or "", envelope.source or "", card)
    return all(one.isascii() and one.isprintable() for one in ids)
