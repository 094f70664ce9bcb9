"""Events as a scenario defines them for itself: attributes by type, or a whole Avro record.

Decides what the short form stands for: every attribute may be left out, and has no limits. Whether a record is a good
definition is checked where all are.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from streams.domain.faults import Place

Avro = dict[str, Any]

ADDITIONAL = "additional"

_TYPES: Mapping[str, Any] = {
    "text": "string",
    "number": "double",
    "boolean": "boolean",
    "date": {"type": "int", "logicalType": "date"},
    "datetime": {"type": "long", "logicalType": "timestamp-millis"},
    "image_url": {"type": "string", "attribute": "image_url"},
    "list": {"type": "array", "items": "string"},
    "geopoint": None,
    "object": None,
    "one_of": None,
}
"""What each word stands for; none for those that need a name."""


def check_short_event(place: Place, name: str, body: object) -> None:
    """Note what is wrong with the attributes of one event."""
    if not name:
        place.fault("the name of an event", name)
    written = place.mapping(body)
    for attribute, kind in (written or {}).items():
        if is_record(written or {}):
            return  # an Avro record is checked with its siblings
        if attribute == ADDITIONAL:
            place.at(attribute).boolean(kind)
        elif not re.fullmatch(r"[A-Za-z_]\w*", attribute, re.ASCII):
            place.at(attribute).fault("a name of letters, digits and _", attribute)
        else:
            place.at(attribute).choice(kind, tuple(_TYPES))


def is_record(body: Mapping[str, object]) -> bool:
    """Whether an event is written as an Avro record."""
    return body.get("type") == "record" and "fields" in body


def avro_event(name: str, body: Mapping[str, Any], sent: Iterable[Mapping[str, Any]]) -> Avro:
    """The Avro record of one event; ``sent`` are the events of the scenario, whose values a ``one_of`` may take."""
    if is_record(body):
        return dict(body)
    record = re.sub(r"\W", "_", name, flags=re.ASCII)
    record = record if record.isidentifier() else f"event_{record}"
    of_this = [step.get("metadata") for step in sent if step.get("event") == name]
    fields = [
        {"name": key, "type": ["null", _type(kind, f"{record}_{key}", key, of_this)], "default": None}
        for key, kind in body.items()
        if key != ADDITIONAL
    ]
    document: Avro = {"type": "record", "name": record, "event": name, "fields": fields}
    return document | {ADDITIONAL: body.get(ADDITIONAL, False)}


def _type(kind: str, name: str, key: str, sent: Iterable[object]) -> Any:
    if kind == "geopoint":
        return {"type": "record", "name": name, "fields": [_number("lat"), _number("lon")]}
    if kind == "object":
        return {"type": "record", "name": name, "fields": [], ADDITIONAL: True}
    if kind == "one_of":
        values = {str(metadata[key]) for metadata in sent if isinstance(metadata, dict) and key in metadata}
        return {"type": "enum", "name": name, "symbols": sorted(values) or ["none"]}
    return _TYPES[kind]


def _number(name: str) -> Avro:
    return {"name": name, "type": "double"}
