"""Records of ``segment-lists``: that a customer is on the list of a segment, or is taken off.

Decides what such a record may look like. The key is ``SEGMENT/CUSTOMER``, so that the topic keeps the last word on each
pair; the value says the same once more, and whether the customer is listed. No value takes the customer off. A header
may say that the list is changed as a whole, and not for what happened to the customer. Does not know which segments
there are.
"""

from typing import Literal, NamedTuple

import msgspec

from schemas.envelope import Headers, read_id
from schemas.json_reading import read_json
from schemas.json_values import JsonValue, shown
from schemas.rejections import Fault, Rejected, rejected

_BETWEEN = "/"
"""No id of a segment holds it; that of a customer may."""
_MOST_BYTES = 10_000
"""Of a record's value."""
CAUSE_HEADER = "tidemark-cause"
"""Names the cause of what the record brings about; without it that is ``profile``."""
BY_DEFINITION = [(CAUSE_HEADER, b"definition")]
"""The headers of a record that stands in a file of members."""
_KEY = "the ids of a segment and a customer in UTF-8, with / between them"


class Listing(NamedTuple):
    """What a record says."""

    segment_id: str
    customer_id: str
    listed: bool
    cause: Literal["profile", "definition"] = "profile"


def key_of(segment: str, customer: str) -> bytes:
    """The key of the record on a segment and a customer."""
    return f"{segment}{_BETWEEN}{customer}".encode()


def value_of(segment: str, customer: str) -> bytes:
    """The value that puts a customer on a list."""
    return msgspec.json.encode({"segment_id": segment, "customer_id": customer, "listed": True})


def split_key(key: bytes | None) -> tuple[str, str] | None:
    """Segment and customer of a key; none of what is no key."""
    try:
        segment, between, customer = (key or b"").decode().partition(_BETWEEN)
    except UnicodeDecodeError:
        return None
    return (segment, customer) if segment and between else None


def read_listing(
    key: bytes | None, value: bytes | None, headers: Headers | None = None
) -> Listing | Rejected:
    """Read a record, or say what is wrong with it."""
    named = split_key(key)
    if named is None:
        return rejected(
            [Fault("invalid_customer", "key", _KEY, shown((key or b"").decode(errors="replace")))]
        )
    faults: list[Fault] = []
    segment, customer = named[0], read_id(named[1], "key", faults)
    # An empty value is what some producers make of none.
    listed = _listed(value, named, faults) if value else False
    cause = _cause(headers, faults) if headers else "profile"
    if faults or customer is None:
        return rejected(faults, None, None, customer)
    return Listing(segment, customer, listed, cause)


def _cause(headers: Headers, faults: list[Fault]) -> Literal["profile", "definition"]:
    told = dict(headers).get(CAUSE_HEADER, b"profile")
    if told == b"definition":
        return "definition"
    if told != b"profile":
        found = shown((told or b"").decode(errors="replace"))
        faults.append(Fault("invalid_envelope", f"headers.{CAUSE_HEADER}", "profile or definition", found))
    return "profile"


def _listed(value: bytes, named: tuple[str, str], faults: list[Fault]) -> bool:
    if len(value) > _MOST_BYTES:
        faults.append(Fault("too_large", "value", f"at most {_MOST_BYTES} bytes", f"{len(value)} bytes"))
        return False
    read = read_json(value)
    if isinstance(read, Fault):
        faults.append(read)
        return False
    if type(read) is not dict:
        expected = "an object with segment_id, customer_id and listed"
        faults.append(Fault("invalid_envelope", "value", expected, shown(read)))
        return False
    for field, told in zip(("segment_id", "customer_id"), named, strict=True):
        _same(read.get(field), told, field, faults)
    listed = read.get("listed")
    if not isinstance(listed, bool):
        faults.append(Fault("invalid_envelope", "listed", "true or false", shown(listed)))
        return False
    return listed


def _same(found: JsonValue, told: str, field: str, faults: list[Fault]) -> None:
    """An id in the value is the key's."""
    if found is not None and found != told:
        faults.append(Fault("invalid_envelope", field, f"as in the record's key, {told}", shown(found)))
