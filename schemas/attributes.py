"""Attributes of an event: their types, limits and how each is described to a person.

An attribute is what a field of an Avro event definition means here. This module knows neither how a definition is
written (``avro_fields``) nor how a value is checked (``conformance``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from schemas.json_values import JsonValue

AttributeType = Literal[
    "text", "number", "boolean", "date", "datetime", "image_url", "geopoint", "object", "list", "one_of"
]

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg")
"""What the path of an image URL ends in."""


class Limits(NamedTuple):
    """Bounds on a value, all inclusive; ``None`` where there is none."""

    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    """Characters of a text, items of a list."""
    max_length: int | None = None
    pattern: str | None = None
    """A regular expression that must be found somewhere in the text, as in JSON Schema; anchor it to mean the whole."""


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute, or the items of a list."""

    type: AttributeType
    mandatory: bool = True
    nullable: bool = False
    default: JsonValue = None
    """In JSON form; stands for a value that is missing, unless the attribute is mandatory."""
    limits: Limits = NO_LIMITS
    bits: Literal[32, 64] | None = None
    """Size of a whole number; ``None`` for a decimal one."""
    symbols: tuple[str, ...] = ()
    """The values of a ``one_of``."""
    items: "Attribute | None" = None
    """What a ``list`` holds."""
    attributes: Mapping[str, "Attribute"] = field(default_factory=dict)
    """What an ``object`` holds."""
    additional: bool = False
    """Whether an ``object`` may hold more."""
    doc: str | None = None


def expectation(attribute: Attribute) -> str:
    """What a value of this attribute must be, in words: ``whole number from 1 to 5``."""
    words = _WORDS.get(attribute.type) or _composed(attribute)
    limits = attribute.limits
    if attribute.type == "number":
        words += _range(limits.minimum, limits.maximum, "")
    elif attribute.type in {"text", "image_url"}:
        words += _range(limits.min_length, limits.max_length, " characters")
    elif attribute.type == "list":
        words += _range(limits.min_length, limits.max_length, " items")
    if limits.pattern is not None:
        words += f" matching {limits.pattern}"
    return f"{words}, or null" if attribute.nullable else words


_WORDS: Mapping[AttributeType, str] = {
    "text": "text",
    "boolean": "true or false",
    "date": "date such as 2026-11-23",
    "datetime": "date and time with offset, such as 2026-11-23T10:00:00Z",
    "image_url": f"http or https URL of an image ({' '.join(IMAGE_SUFFIXES)})",
    "geopoint": "object of lat from -90 to 90 and lon from -180 to 180",
}


def _composed(attribute: Attribute) -> str:
    if attribute.type == "number":
        return "number" if attribute.bits is None else "whole number"
    if attribute.type == "one_of":
        return "one of " + ", ".join(attribute.symbols)
    if attribute.items is not None:
        return f"list of {expectation(attribute.items)}"
    return " of ".join(filter(None, ("object", ", ".join(attribute.attributes))))


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is not None and high is not None:
        return f" from {low} to {high}{unit}"
    if low is not None:
        return f" of at least {low}{unit}"
    return "" if high is None else f" of at most {high}{unit}"
