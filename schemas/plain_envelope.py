"""The envelope as nearly all producers write it, read in one step.

Decides only what is plain: the envelope's own keys, an id for the customer and no profile. Whatever is not, or is wrong
in any way, is left to ``envelope``, which reads everything and finds the words; a plain event reads the same there.
"""

from typing import Any

import msgspec

from schemas.envelope import LONGEST_ID
from schemas.instants import parse_instant


class _Customer(msgspec.Struct, forbid_unknown_fields=True):
    source_id: str


class PlainEnvelope(msgspec.Struct, forbid_unknown_fields=True):
    """What stands around the attributes; every id is fit to be one."""

    event: str
    customer: _Customer
    id: str | None = None
    occurred_at: str | None = None
    source: str | None = None
    metadata: dict[str, Any] = {}

    def instant(self) -> int | None:
        """When it occurred, in milliseconds; ``None`` if it does not tell, or not in RFC 3339."""
        return None if self.occurred_at is None else parse_instant(self.occurred_at)


_DECODER = msgspec.json.Decoder(PlainEnvelope)


def read_plain_envelope(value: bytes) -> PlainEnvelope | None:
    """The envelope in JSON, or ``None`` if it is not plain."""
    try:
        envelope = _DECODER.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    named = envelope.customer.source_id
    if not (named.isascii() and named.isprintable() and 0 < len(named) <= LONGEST_ID):
        return None
    for optional in (envelope.id, envelope.source):
        if optional is not None and not (
            optional.isascii() and optional.isprintable() and 0 < len(optional) <= LONGEST_ID
        ):
            return None
    return envelope
