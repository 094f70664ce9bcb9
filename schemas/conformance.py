"""Whether a value conforms to a definition: compiled once, then one pass per event.

A check takes a value and a list of faults; it returns the normal form and appends what is wrong. The normal form is the
JSON form: missing attributes filled with their defaults, instants in UTC, decimal numbers as floats. Messages are built
for what fails and for nothing else. Knows neither the envelope nor how the value was encoded.
"""

import copy
from collections.abc import Callable, Mapping

from schemas.attributes import Attribute, expectation
from schemas.free_form import check_free_form
from schemas.json_values import JsonObject, JsonValue, shown, step
from schemas.names import hint
from schemas.rejections import MOST_FAULTS, Fault
from schemas.scalars import SCALARS, Check, Faults, Refuse, refusing

_MISSING = object()


def compile_attribute(attribute: Attribute, path: str) -> Check:
    """The check of one attribute; ``path`` stands in its messages, ``""`` for a value whose place is told later."""
    refuse = refusing(attribute, path)
    if attribute.type == "object":
        check = compile_members(attribute, path)
    elif attribute.items is not None:
        check = _list(attribute, attribute.items, path, refuse)
    else:
        check = SCALARS[attribute.type](attribute, refuse)
    return _or_null(check) if attribute.nullable else check


def compile_members(attribute: Attribute, path: str) -> Check:
    """The check of an object: every defined member, and no others unless it allows additional ones."""
    members = [
        (name, compile_attribute(member, step(path, name)), _absence(member, step(path, name)))
        for name, member in attribute.attributes.items()
    ]
    more = _additional(attribute, path)
    refuse = refusing(attribute, path)

    def check(value: JsonValue, faults: Faults) -> JsonValue:
        if not isinstance(value, dict):
            return refuse("wrong_type", value, faults)
        normal: JsonObject = {}
        absent = 0
        for name, check_member, absence in members:
            given = value.get(name, _MISSING)
            if given is _MISSING:
                absent += 1
                normal[name] = absence(faults)
            else:
                normal[name] = check_member(given, faults)  # type: ignore[arg-type]  # not the sentinel
        if len(value) + absent != len(members):
            more(value, normal, faults)
        return normal

    return check


def _or_null(check: Check) -> Check:
    return lambda value, faults: None if value is None else check(value, faults)


def _absence(attribute: Attribute, path: str) -> Callable[[Faults], JsonValue]:
    """What stands for a member that is missing: its default, or a fault."""
    if attribute.mandatory:
        expected = expectation(attribute)

        def missing(faults: Faults) -> JsonValue:
            faults.append(Fault("missing_attribute", path, expected, "nothing"))
            return None

        return missing
    default = attribute.default
    if isinstance(default, list | dict):
        return lambda _: copy.deepcopy(default)  # events must not share what somebody may change
    return lambda _: default


def _additional(attribute: Attribute, path: str) -> Callable[[JsonObject, JsonObject, Faults], None]:
    """What happens to members beyond the defined ones: kept when allowed, else a fault with the nearest name."""
    known: Mapping[str, Attribute] = attribute.attributes

    def keep(value: JsonObject, normal: JsonObject, faults: Faults) -> None:
        for name, given in value.items():
            if name not in known:
                check_free_form(given, step(path, name), "out_of_limits", faults)
                normal[name] = given

    def refuse(value: JsonObject, normal: JsonObject, faults: Faults) -> None:
        del normal
        for name, given in value.items():
            if len(faults) >= MOST_FAULTS:
                break
            if name not in known:
                expected = "; ".join(filter(None, ("no attribute of this name", hint(name, known))))
                faults.append(Fault("unknown_attribute", step(path, name), expected, shown(given)))

    return keep if attribute.additional else refuse


def _list(attribute: Attribute, items: Attribute, path: str, refuse: Refuse) -> Check:
    check_item = compile_attribute(items, "")
    shortest = attribute.limits.min_length or 0
    longest = attribute.limits.max_length

    def check(value: JsonValue, faults: Faults) -> JsonValue:
        if not isinstance(value, list):
            return refuse("wrong_type", value, faults)
        if len(value) < shortest or (longest is not None and len(value) > longest):
            return refuse("out_of_limits", value, faults)
        normal: list[JsonValue] = []
        for index, item in enumerate(value):
            before = len(faults)
            normal.append(check_item(item, faults))
            if len(faults) > before:
                faults[before:] = [_placed(fault, f"{path}[{index}]") for fault in faults[before:]]
                if len(faults) >= MOST_FAULTS:
                    break
        return normal

    return check


def _placed(fault: Fault, place: str) -> Fault:
    below = fault.path
    joined = place + below if not below or below.startswith("[") else f"{place}.{below}"
    return fault._replace(path=joined)
