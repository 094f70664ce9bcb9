"""An example of an event: the one its definition carries, or one made from the types of its attributes.

Decides what a made value looks like. Where no value can be made, for a pattern, an optional attribute is left out; who
wants a better example writes it into the definition, where it is checked.
"""

from collections.abc import Callable, Mapping
from math import ceil, floor

from schemas.attributes import Attribute, AttributeType
from schemas.conformance import compile_attribute
from schemas.definitions import EventDefinition, attributes_of
from schemas.json_values import JsonObject, JsonValue
from schemas.rejections import Fault

CUSTOMER = "c-42"
OCCURRED_AT = "2026-01-15T10:00:00Z"


def example_event(definition: EventDefinition) -> JsonObject:
    """A whole event in JSON form, as a producer sends it."""
    return {
        "id": f"{definition.name}-1",
        "event": definition.name,
        "customer": {"source_id": CUSTOMER},
        "occurred_at": OCCURRED_AT,
        "source": definition.owner or "shop",
        "metadata": example_attributes(definition),
    }


def conforms(definition: EventDefinition, event: JsonObject) -> bool:
    """Whether an event's attributes are such as the definition asks for."""
    return _conforms(event["metadata"], attributes_of(definition))


def example_attributes(definition: EventDefinition) -> JsonObject:
    """The attributes of an event: as the definition shows them, else made."""
    if definition.example is not None:
        return definition.example
    return _members(definition.attributes)


def example_value(attribute: Attribute) -> JsonValue:
    """A value of this type, within its limits where they are numbers."""
    if attribute.items is not None:
        return [example_value(attribute.items)] * _between(1, attribute)
    if attribute.type == "object":
        return _members(attribute.attributes)
    return _MADE[attribute.type](attribute)


def _members(attributes: Mapping[str, Attribute]) -> JsonObject:
    made = {name: example_value(attribute) for name, attribute in attributes.items()}
    return {
        name: value
        for name, value in made.items()
        if attributes[name].mandatory or _conforms(value, attributes[name])
    }


def _conforms(value: JsonValue, attribute: Attribute) -> bool:
    faults: list[Fault] = []
    compile_attribute(attribute, "")(value, faults)
    return not faults


def _between(length: int, attribute: Attribute) -> int:
    """The length, or the nearest that the limits allow."""
    least, most = attribute.limits.min_length or 0, attribute.limits.max_length
    longest = length if most is None else min(length, most)
    return max(least, longest)


def _text(attribute: Attribute) -> JsonValue:
    text = "text"
    length = _between(len(text), attribute)
    return (text * (length // len(text) + 1))[:length]


def _number(attribute: Attribute) -> JsonValue:
    low, high = attribute.limits.minimum, attribute.limits.maximum
    if attribute.bits is not None:
        low, high = None if low is None else ceil(low), None if high is None else floor(high)
    value: float = 1 if attribute.bits is not None else 1.5
    value = value if high is None else min(value, high)
    return value if low is None else max(value, low)


_MADE: Mapping[AttributeType, Callable[[Attribute], JsonValue]] = {
    "text": _text,
    "number": _number,
    "boolean": lambda _: True,
    "date": lambda _: OCCURRED_AT[:10],
    "datetime": lambda _: OCCURRED_AT,
    "image_url": lambda _: "https://img.example.com/picture.jpg",
    "geopoint": lambda _: {"lat": 52.23, "lon": 21.01},
    "one_of": lambda attribute: attribute.symbols[0],
}
