"""The envelope as nearly all producers write it, read in one step.

Decides only what is plain: the envelope's own keys, an id for the customer and no profile. Whatever is not, or is wrong
in any way, is left to ``envelope``, which reads everything and finds the words; a plain event reads the same there.
"""

from typing import Annotated, Any

import msgspec

from schemas.envelope import LONGEST_ID

_BACKSLASH, _DELETE = b"\\\x7f"
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]


class _Customer(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    source_id: _Id


class PlainEnvelope(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """What stands around the attributes; every id is fit to be one."""

    event: str
    customer: _Customer
    id: _Id | None = None
    occurred_at: str | None = None
    source: _Id | None = None
    metadata: dict[str, Any] = {}


_decode = msgspec.json.Decoder(PlainEnvelope).decode


def read_plain_envelope(value: bytes) -> PlainEnvelope | None:
    """The envelope in JSON, or ``None`` if it is not plain."""
    try:
        envelope = _decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if (value.isascii() and _BACKSLASH not in value and _DELETE not in value) or _has_plain_ids(envelope):
        return envelope  # JSON without escapes holds no other control characters
    return None


def _has_plain_ids(envelope: PlainEnvelope) -> bool:
    ids = (envelope.customer.source_id, envelope.id or "", envelope.source or "")
    return all(one.isascii() and one.isprintable() for one in ids)
