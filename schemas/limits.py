"""The limits in a definition: ``min``, ``max``, ``minLength``, ``maxLength``, ``pattern`` beside a field's type.

Decides which limit fits which attribute and refuses what could never hold or would silently do nothing.
"""

import math
from collections.abc import Callable, Mapping

import re2

from schemas.attributes import AttributeType, Limits
from schemas.errors import Place
from schemas.json_values import shown
from schemas.names import misspelt

_FITTING: Mapping[AttributeType, tuple[str, ...]] = {
    "number": ("min", "max"),
    "text": ("minLength", "maxLength", "pattern"),
    "image_url": ("minLength", "maxLength", "pattern"),
    "list": ("minLength", "maxLength"),
}
_LIMITS = ("min", "max", "minLength", "maxLength", "pattern")
_MISTAKEN = {
    "minimum": "min",
    "maximum": "max",
    "min_length": "minLength",
    "max_length": "maxLength",
    "minItems": "minLength",
    "maxItems": "maxLength",
    "regex": "pattern",
}
_OTHERS = frozenset(
    {"name", "type", "doc", "default", "attribute", "aliases", "order", "items", "symbols", "logicalType"}
)
"""What else stands beside a type, by Avro's rules or ours."""
_TELLING = ("default", "attribute", *_LIMITS)
"""What would silently do nothing if it were misspelt."""


def read_limits(properties: Mapping[str, object], kind: AttributeType, place: Place) -> Limits:
    """The limits beside a type. Raises ``SchemaError`` for one that is bad or does not fit the type."""
    fitting = _FITTING.get(kind, ())
    for key in properties:
        if key in _MISTAKEN:
            raise place.at(key).error(f"{_MISTAKEN[key]} as the name of this limit", key)
        if key in _LIMITS and key not in fitting:
            allowed = f"no limit but {', '.join(fitting)}" if fitting else "no limit"
            raise place.at(key).error(f"{allowed} on a {kind}", shown(properties[key]))
        meant = None if key in _LIMITS or key in _OTHERS else misspelt(key, _TELLING)
        if meant is not None:
            raise place.at(key).error(f"{meant} as the name of this property", key)
    low, high = (_number(properties, key, place) for key in ("min", "max"))
    shortest, longest = (_length(properties, key, place) for key in ("minLength", "maxLength"))
    _ordered(low, high, place.at("max"))
    _ordered(shortest, longest, place.at("maxLength"))
    return Limits(low, high, shortest, longest, _pattern(properties, place))


def merged(outer: Limits, inner: Limits) -> Limits:
    """The limits of a field over those of its type: the field's own come first."""
    given = {name: limit for name, limit in outer._asdict().items() if limit is not None}
    return inner._replace(**given)


def _number(properties: Mapping[str, object], key: str, place: Place) -> float | None:
    value = properties.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise place.at(key).error("a number", shown(value))
    return value


def _length(properties: Mapping[str, object], key: str, place: Place) -> int | None:
    value = properties.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise place.at(key).error("a whole number of at least 0", shown(value))
    return value


def _ordered(low: float | None, high: float | None, place: Place) -> None:
    if low is not None and high is not None and low > high:
        raise place.error(f"at least the lower limit, {low}", str(high))


def _pattern(properties: Mapping[str, object], place: Place) -> str | None:
    pattern = properties.get("pattern")
    if pattern is None:
        return None
    if not isinstance(pattern, str):
        raise place.at("pattern").error("a regular expression", shown(pattern))
    try:
        compile_pattern(pattern)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace")
        raise place.at("pattern").error(
            "a regular expression of RE2", f"{shown(pattern)}: {reason}"
        ) from error
    return pattern


def compile_pattern(pattern: str) -> Callable[[str], object]:
    """What searches a text for a pattern, in time that grows with the text and no faster; none where it is not found.

    RE2, for no event may hold up its partition: https://github.com/google/re2/wiki/Syntax. Raises ``re2.error``.
    """
    options = re2.Options()
    options.log_errors = False
    search: Callable[[str], object] = re2.compile(pattern, options).search
    return search
