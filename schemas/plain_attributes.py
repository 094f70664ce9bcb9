"""Attributes that the JSON decoder can check by itself while it reads them, as the type to tell it.

Decides which definitions are that simple: texts, numbers, booleans and choices, with no others allowed beside them. A
type never accepts what ``conformance`` refuses, and gives the same normal form; it may refuse more, for whoever finds
the words looks again.
"""

import sys
from collections.abc import Callable, Mapping
from math import ceil, floor
from typing import Annotated, Any, Literal

import msgspec

from schemas.attributes import Attribute, AttributeType
from schemas.definitions import EventDefinition

_EXACT = 2**53
"""Below it, a whole number is the same as a decimal one, and so are comparisons with a limit."""


def plain_members(definition: EventDefinition) -> type[msgspec.Struct] | None:
    """A structure with a field for each attribute of the event; ``None`` if the decoder cannot check them all."""
    if definition.additional:
        return None
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for name, attribute in definition.attributes.items():
        kind = _plain(attribute)
        if kind is None or name.startswith("_"):  # names with a meaning for Python
            return None
        fields.append((name, kind) if attribute.mandatory else (name, kind, attribute.default))
    return msgspec.defstruct(
        "Members", fields, forbid_unknown_fields=True, kw_only=True, frozen=True, gc=False
    )


def _plain(attribute: Attribute) -> Any:
    """The type of an attribute; ``None`` if the decoder does not know it."""
    typed = _TYPES.get(attribute.type)
    kind = None if typed is None else typed(attribute)
    return kind | None if kind is not None and attribute.nullable else kind


def _text(attribute: Attribute) -> Any:
    _, _, shortest, longest, pattern = attribute.limits
    if pattern is not None or max(shortest or 0, longest or 0) > sys.maxsize:
        return None
    return Annotated[str, msgspec.Meta(min_length=shortest, max_length=longest)]


def _number(attribute: Attribute) -> Any:
    low, high = attribute.limits.minimum, attribute.limits.maximum
    if attribute.bits is not None:
        smallest, largest = -(2 ** (attribute.bits - 1)), 2 ** (attribute.bits - 1) - 1
        least = smallest if low is None else max(smallest, ceil(low))
        most = largest if high is None else min(largest, floor(high))
        return Annotated[int, msgspec.Meta(ge=least, le=most)] if least <= most else None
    if any(limit is not None and not -_EXACT < limit < _EXACT for limit in (low, high)):
        return None
    return Annotated[float, msgspec.Meta(ge=low, le=high)]


_TYPES: Mapping[AttributeType, Callable[[Attribute], Any]] = {
    "text": _text,
    "number": _number,
    "boolean": lambda _: bool,
    "one_of": lambda attribute: Literal[attribute.symbols],
}
