"""Records of ``customers``: what somebody tells of a customer without an event, or that one is to be forgotten.

Decides what such a record may look like. The key is the customer's id; the value a profile in JSON, merged into what is
known; no value deletes. Does not know what the profile was before.
"""

from typing import NamedTuple

from schemas.envelope import read_id
from schemas.json_reading import read_json
from schemas.json_values import JsonObject, JsonValue, shown
from schemas.profile import check_profile
from schemas.rejections import Fault, Rejected, rejected

MOST_BYTES = 1_000_000
"""Of a record's value."""


class CustomerRecord(NamedTuple):
    """What a record says."""

    customer_id: str
    profile: JsonObject | None
    """Fields to merge, null clearing one; ``None`` deletes the customer."""


def read_customer(key: bytes | None, value: bytes | None) -> CustomerRecord | Rejected:
    """Read a record, or say what is wrong with it."""
    faults: list[Fault] = []
    customer = _customer_id(key, faults)
    # An empty value is what some producers make of none.
    profile = _profile(value, customer, faults) if value else None
    if faults or customer is None:
        return rejected(faults, None, None, customer)
    return CustomerRecord(customer, profile)


def _customer_id(key: bytes | None, faults: list[Fault]) -> str | None:
    try:
        text = (key or b"").decode()
    except UnicodeDecodeError:
        faults.append(
            Fault("invalid_customer", "key", "the customer's id in UTF-8", shown((key or b"").hex()))
        )
        return None
    return read_id(text, "key", faults)


def _profile(value: bytes, customer: str | None, faults: list[Fault]) -> JsonObject:
    if len(value) > MOST_BYTES:
        faults.append(Fault("too_large", "value", f"at most {MOST_BYTES} bytes", f"{len(value)} bytes"))
        return {}
    read = read_json(value)
    if isinstance(read, Fault):
        faults.append(read)
        return {}
    if type(read) is not dict:
        faults.append(Fault("invalid_customer", "value", "an object of profile fields", shown(read)))
        return {}
    profile = read.copy()
    for alias in ("source_id", "id"):
        _same(profile.pop(alias, None), customer, f"customer.{alias}", faults)
    check_profile(profile, faults)
    return profile


def _same(told: JsonValue, customer: str | None, path: str, faults: list[Fault]) -> None:
    """An id in the value is the key's."""
    if told is not None and customer is not None and told != customer:
        faults.append(Fault("invalid_customer", path, f"the record's key, {customer}", shown(told)))
