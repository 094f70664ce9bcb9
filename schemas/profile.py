"""What an event may say of its customer: the profile fields of Voucherify, and free-form others.

Decides their types and no more; which of them a rule may use is not known here.
"""

from collections.abc import Mapping

from schemas.attributes import Attribute
from schemas.conformance import compile_attribute
from schemas.free_form import check_free_form
from schemas.json_values import JsonObject, step
from schemas.rejections import Fault
from schemas.scalars import Check

_TEXT = Attribute("text", nullable=True)
_DATE = Attribute("date", nullable=True)
_OBJECT = Attribute("object", nullable=True, additional=True)

FIELDS: Mapping[str, Attribute] = {
    "name": _TEXT,
    "description": _TEXT,
    "email": _TEXT,
    "phone": _TEXT,
    "birthdate": _DATE,
    "birthday": _DATE,
    "address": _OBJECT,
    "metadata": _OBJECT,
}
"""The fields whose type is known; null clears one. Any other field is taken as it is."""

_CHECKS: Mapping[str, Check] = {
    name: compile_attribute(field, f"customer.{name}") for name, field in FIELDS.items()
}


def check_profile(profile: JsonObject, faults: list[Fault]) -> None:
    """Append a fault for every profile field that is of the wrong type or could not be stored."""
    before = len(faults)
    for name, value in profile.items():
        check = _CHECKS.get(name)
        if check is None:
            check_free_form(value, step("customer", name), "invalid_customer", faults)
        else:
            check(value, faults)
    if len(faults) > before:
        faults[before:] = [fault._replace(reason="invalid_customer") for fault in faults[before:]]
