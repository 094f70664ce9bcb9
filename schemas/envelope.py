"""What stands around the attributes of an event: id, event, customer, time, source, loyalty card.

Decides which keys an envelope has, which aliases are read and what a customer may say about itself; the attributes and
the clock are others' business. Reads whatever it can, so that a rejection names event, source and customer.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.instants import EARLIEST, LATEST, Instant, parse_instant
from schemas.json_values import JsonObject, JsonValue, shown, step
from schemas.names import hint
from schemas.profile import check_profile
from schemas.rejections import MOST_FAULTS, Fault, Reason

KEYS = ("id", "event", "customer", "occurred_at", "source", "loyalty", "metadata")
"""The keys of an envelope."""
ALIASES: Mapping[str, str] = {"messageId": "id", "timestamp": "occurred_at"}
"""Names by which Segment knows the same things; the own name wins where both stand."""
IGNORED = frozenset({"referral"})
"""Keys of Voucherify's events that are accepted and have no meaning here."""

LONGEST_ID = 256
"""Characters of a customer's or an event's id."""

_KNOWN = frozenset(KEYS) | ALIASES.keys() | IGNORED
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ID = f"text of 1 to {LONGEST_ID} characters without control characters"
TIME = "RFC 3339 with an offset, such as 2026-11-23T10:00:00Z"
"""How a time is written."""
_CLOUD_EVENTS: Mapping[str, str] = {
    "ce_id": "id",
    "ce_type": "event",
    "ce_source": "source",
    "ce_time": "occurred_at",
}

Headers = Sequence[tuple[str, bytes | None]]


class Envelope(NamedTuple):
    """An envelope as read; what is absent or faulty is ``None``."""

    id: str | None
    event: str | None
    customer_id: str | None
    occurred_at: int | None
    source: str | None
    metadata: JsonObject | None
    profile: JsonObject
    card: str | None = None
    """Code of the loyalty card that earned points go to."""


def fill_from_headers(body: JsonObject, headers: Headers, faults: list[Fault]) -> None:
    """Fill what is missing in the envelope from the headers of CloudEvents' binary mode."""
    for name, value in headers:
        key = _CLOUD_EVENTS.get(name)
        if key is None or value is None or body.get(key) is not None:
            continue
        try:
            body[key] = value.decode()
        except UnicodeDecodeError:
            faults.append(Fault("invalid_envelope", f"headers.{name}", "UTF-8", shown(value.hex())))


def read_envelope(body: JsonObject, faults: list[Fault]) -> Envelope:
    """Read the envelope; what is wrong is appended to the faults."""
    if not body.keys() <= _KNOWN:
        _refuse_unknown(body, faults)
    customer_id, profile = _customer(body.get("customer"), faults)
    return Envelope(
        _identifier(_aliased(body, "id", "messageId"), "id", faults),
        _event(body.get("event"), faults),
        customer_id,
        _instant(_aliased(body, "occurred_at", "timestamp"), faults),
        _identifier(body.get("source"), "source", faults),
        _metadata(body.get("metadata"), faults),
        profile,
        _card(body.get("loyalty"), faults),
    )


def _aliased(body: JsonObject, key: str, alias: str) -> JsonValue:
    value = body.get(key)
    return body.get(alias) if value is None else value


def _refuse_unknown(body: JsonObject, faults: list[Fault]) -> None:
    for key in sorted(body.keys() - _KNOWN)[:MOST_FAULTS]:
        expected = "; ".join(
            filter(None, ("no key of this name", hint(key, KEYS), "attributes stand under metadata"))
        )
        faults.append(Fault("invalid_envelope", step("", key), expected, shown(body[key])))


def _event(value: JsonValue, faults: list[Fault]) -> str | None:
    if type(value) is str and value:
        return value
    faults.append(Fault("invalid_envelope", "event", "the name of a defined event", _found(value)))
    return None


def _customer(value: JsonValue, faults: list[Fault]) -> tuple[str | None, JsonObject]:
    if type(value) is not dict:
        faults.append(Fault("invalid_customer", "customer", "an object with source_id", _found(value)))
        return None, {}
    profile = value.copy()
    source_id, own_id = profile.pop("source_id", None), profile.pop("id", None)
    path, chosen = ("customer.source_id", source_id) if own_id is None else ("customer.id", own_id)
    if profile:
        check_profile(profile, faults)
    if chosen is None:
        faults.append(Fault("invalid_customer", path, _ID, "nothing"))
        return None, profile
    return _identifier(chosen, path, faults, "invalid_customer"), profile


def read_id(
    value: JsonValue, path: str, faults: list[Fault], reason: Reason = "invalid_customer"
) -> str | None:
    """An id that must be there, or ``None`` after appending the fault."""
    if value is None or value == "":
        faults.append(Fault(reason, path, _ID, "nothing"))
        return None
    return _identifier(value, path, faults, reason)


def _identifier(
    value: JsonValue, path: str, faults: list[Fault], reason: Reason = "invalid_envelope"
) -> str | None:
    """An id that is absent is ``None`` without a fault."""
    if value is None:
        return None
    if type(value) is str and 0 < len(value) <= LONGEST_ID:
        # Most ids are plain ASCII, and this is faster than the search.
        if value.isascii() and value.isprintable():
            return value
        if not _CONTROL.search(value):
            return value
    faults.append(Fault(reason, path, _ID, shown(value)))
    return None


def _instant(value: JsonValue, faults: list[Fault]) -> int | None:
    if value is None:
        return None
    if type(value) is Instant and EARLIEST <= value <= LATEST:
        return int(value)
    instant = parse_instant(value) if type(value) is str else None
    if instant is None:
        faults.append(Fault("invalid_time", "occurred_at", TIME, shown(value)))
    return instant


def _metadata(value: JsonValue, faults: list[Fault]) -> JsonObject | None:
    """No metadata is an event without attributes."""
    if value is None:
        return {}
    if type(value) is dict:
        return value
    faults.append(Fault("invalid_envelope", "metadata", "an object of attributes", shown(value)))
    return None


def _card(value: JsonValue, faults: list[Fault]) -> str | None:
    if value is None:
        return None
    if type(value) is not dict:
        faults.append(Fault("invalid_envelope", "loyalty", "an object with code", shown(value)))
        return None
    surplus = sorted(value.keys() - {"code"})
    faults += (
        Fault("invalid_envelope", step("loyalty", key), "no key but code", shown(value[key]))
        for key in surplus[:MOST_FAULTS]
    )
    code = value.get("code")
    if code is None:
        faults.append(Fault("invalid_envelope", "loyalty.code", _ID, "nothing"))
    return _identifier(code, "loyalty.code", faults)


def _found(value: JsonValue) -> str:
    return "nothing" if value is None else shown(value)
