"""The checks of single values: text, number, boolean, date, datetime, image URL, geopoint, one of.

A value is of its type or it is refused: a text that looks like a number is no number, and a boolean is none either.
"""

import re
import sys
from collections.abc import Callable, Mapping

from schemas.attributes import IMAGE_SUFFIXES, Attribute, AttributeType, expectation
from schemas.instants import format_instant, is_date, parse_instant
from schemas.json_values import JsonValue, shown
from schemas.limits import compile_pattern
from schemas.rejections import Fault, Reason

Faults = list[Fault]
Check = Callable[[JsonValue, Faults], JsonValue]
Refuse = Callable[[Reason, JsonValue, Faults], JsonValue]

_EXACT = 2**53
"""Up to here a decimal number without fraction is certainly the whole number that was meant."""
_LARGEST = sys.float_info.max
_IMAGE = re.compile(
    r"https?://[^\s/?#]+/[^\s?#]*(?:" + "|".join(map(re.escape, IMAGE_SUFFIXES)) + r")(?:[?#]\S*)?",
    re.IGNORECASE,
)


def refusing(attribute: Attribute, path: str) -> Refuse:
    """How a value of this attribute is refused: a fault with the path, what is expected and what was found."""
    expected = expectation(attribute)

    def refuse(reason: Reason, value: JsonValue, faults: Faults) -> JsonValue:
        faults.append(Fault(reason, path, expected, shown(value)))
        return None

    return refuse


def _text(attribute: Attribute, refuse: Refuse) -> Check:
    shortest = attribute.limits.min_length or 0
    longest = attribute.limits.max_length or sys.maxsize
    if attribute.limits.max_length == 0:
        longest = 0
    pattern = attribute.limits.pattern
    found = None if pattern is None else compile_pattern(pattern)
    image = attribute.type == "image_url"

    def check(value: JsonValue, faults: Faults) -> JsonValue:
        if type(value) is not str or (image and _IMAGE.fullmatch(value) is None):
            return refuse("wrong_type", value, faults)
        if not shortest <= len(value) <= longest or (found is not None and found(value) is None):
            return refuse("out_of_limits", value, faults)
        return value

    return check


def _number(attribute: Attribute, refuse: Refuse) -> Check:
    return (
        _decimal(attribute, refuse) if attribute.bits is None else _whole(attribute, attribute.bits, refuse)
    )


def _decimal(attribute: Attribute, refuse: Refuse) -> Check:
    low, high = _bounds(attribute, -_LARGEST, _LARGEST)

    def check(value: JsonValue, faults: Faults) -> JsonValue:
        kind = type(value)
        if kind is not float and kind is not int:
            return refuse("wrong_type", value, faults)
        if low <= value <= high:  # type: ignore[operator]  # false for NaN and infinity
            return float(value)  # type: ignore[arg-type]
        return refuse("out_of_limits", value, faults)

    return check


def _whole(attribute: Attribute, bits: int, refuse: Refuse) -> Check:
    low, high = _bounds(attribute, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)

    def check(value: JsonValue, faults: Faults) -> JsonValue:
        if type(value) is float and value.is_integer() and -_EXACT <= value <= _EXACT:
            value = int(value)
        if type(value) is not int:
            return refuse("wrong_type", value, faults)
        if low <= value <= high:
            return value
        return refuse("out_of_limits", value, faults)

    return check


def _bounds(attribute: Attribute, low: float, high: float) -> tuple[float, float]:
    minimum, maximum = attribute.limits.minimum, attribute.limits.maximum
    return (low if minimum is None else max(low, minimum), high if maximum is None else min(high, maximum))


def _boolean(_: Attribute, refuse: Refuse) -> Check:
    def check(value: JsonValue, faults: Faults) -> JsonValue:
        return value if type(value) is bool else refuse("wrong_type", value, faults)

    return check


def _date(_: Attribute, refuse: Refuse) -> Check:
    def check(value: JsonValue, faults: Faults) -> JsonValue:
        return value if type(value) is str and is_date(value) else refuse("wrong_type", value, faults)

    return check


def _datetime(_: Attribute, refuse: Refuse) -> Check:
    def check(value: JsonValue, faults: Faults) -> JsonValue:
        instant = parse_instant(value) if type(value) is str else None
        return refuse("wrong_type", value, faults) if instant is None else format_instant(instant)

    return check


def _geopoint(_: Attribute, refuse: Refuse) -> Check:
    def check(value: JsonValue, faults: Faults) -> JsonValue:
        if not isinstance(value, dict) or value.keys() != {"lat", "lon"}:
            return refuse("wrong_type", value, faults)
        lat, lon = value["lat"], value["lon"]
        if type(lat) not in {int, float} or type(lon) not in {int, float}:
            return refuse("wrong_type", value, faults)
        if -90 <= lat <= 90 and -180 <= lon <= 180:  # type: ignore[operator]
            return {"lat": float(lat), "lon": float(lon)}  # type: ignore[arg-type]
        return refuse("out_of_limits", value, faults)

    return check


def _one_of(attribute: Attribute, refuse: Refuse) -> Check:
    symbols = frozenset(attribute.symbols)

    def check(value: JsonValue, faults: Faults) -> JsonValue:
        if type(value) is not str:
            return refuse("wrong_type", value, faults)
        return value if value in symbols else refuse("out_of_limits", value, faults)

    return check


SCALARS: Mapping[AttributeType, Callable[[Attribute, Refuse], Check]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "image_url": _text,
    "geopoint": _geopoint,
    "one_of": _one_of,
}
"""What compiles the check of an attribute of each single-valued type."""
