"""Requests of ``redemption-requests``: may this customer redeem, redeem now, or take a redemption back.

Decides what a request may look like: JSON, with an id that makes it safe to send twice. Does not know what is answered.
"""

from typing import Any, Literal, NamedTuple, cast

from schemas.envelope import read_id
from schemas.json_reading import read_json
from schemas.json_values import JsonObject, shown
from schemas.names import hint
from schemas.rejections import Fault, Rejected, rejected

MOST_BYTES = 100_000
"""Of a request."""
Kind = Literal["validation", "redemption", "rollback"]
KINDS: tuple[Kind, ...] = ("validation", "redemption", "rollback")
_KEYS = ("id", "kind", "customer", "campaign", "rolls_back", "metadata")


class RedemptionRequest(NamedTuple):
    """What is asked."""

    id: str
    kind: Kind
    customer_id: str
    campaign: str
    rolls_back: str | None
    """The id of the redemption that a rollback undoes."""


def read_request(value: bytes | None) -> RedemptionRequest | Rejected:
    """Read a request, or say everything that is wrong with it. ``metadata`` is the sender's own, and not looked at."""
    if not value or len(value) > MOST_BYTES:
        found = "nothing" if not value else f"{len(value)} bytes"
        reason: Any = "too_large" if value else "empty_value"
        return rejected([Fault(reason, "value", f"a request of at most {MOST_BYTES} bytes", found)])
    read = read_json(value)
    if isinstance(read, Fault):
        return rejected([read])
    if type(read) is not dict:
        expected = "an object with id, kind, customer and campaign"
        return rejected([Fault("invalid_envelope", "value", expected, shown(read))])
    return _request(read)


def _request(body: JsonObject) -> RedemptionRequest | Rejected:
    faults: list[Fault] = []
    for key in sorted(body.keys() - set(_KEYS)):
        expected = "; ".join(filter(None, ("no key of this name", hint(key, _KEYS))))
        faults.append(Fault("invalid_envelope", key[:100], expected, shown(body[key])))
    kind = body.get("kind")
    if kind not in KINDS:
        faults.append(Fault("invalid_envelope", "kind", f"one of {', '.join(KINDS)}", shown(kind)))
    request = read_id(body.get("id"), "id", faults, "invalid_envelope")
    campaign = read_id(body.get("campaign"), "campaign", faults, "invalid_envelope")
    undone = (
        read_id(body.get("rolls_back"), "rolls_back", faults, "invalid_envelope")
        if kind == "rollback"
        else None
    )
    customer = _customer(body, faults)
    if faults or request is None or campaign is None or customer is None:
        return rejected(faults, None, None, customer)
    return RedemptionRequest(request, cast("Kind", kind), customer, campaign, undone)


def _customer(body: JsonObject, faults: list[Fault]) -> str | None:
    customer = body.get("customer")
    if type(customer) is not dict:
        faults.append(Fault("invalid_customer", "customer", "an object with source_id", shown(customer)))
        return None
    key = "source_id" if customer.get("id") is None else "id"
    return read_id(customer.get(key), f"customer.{key}", faults)
