"""An event definition: the name of an event, the attributes it carries, who answers for it, and an example.

Read from one Avro record; what is refused there is decided by ``avro_fields``. Decides that an example must itself
conform, so that nobody copies one that would be rejected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from schemas.attributes import Attribute
from schemas.avro_fields import read_record
from schemas.conformance import compile_members
from schemas.errors import Place, SchemaError, SchemaFault
from schemas.json_values import JsonObject, shown
from schemas.names import misspelt
from schemas.rejections import Fault

_OURS = ("event", "owner", "example", "additional")
"""Properties of a definition that Avro does not know, and would not miss."""
LONGEST_NAME = 300
"""Characters of an event's name, as in Voucherify."""


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event of one name must look like."""

    name: str
    attributes: Mapping[str, Attribute]
    additional: bool
    """Whether attributes beyond these are allowed."""
    document: Mapping[str, object]
    """The Avro record as written."""
    doc: str | None
    owner: str | None = None
    """Who answers for it: a team, an address."""
    example: JsonObject | None = None
    """Attributes that conform, as written."""


def read_definition(document: object, file: str) -> EventDefinition:
    """Read one Avro record; ``file`` names its origin in messages. Raises ``SchemaError`` with every fault."""
    place = Place(file)
    if not isinstance(document, dict) or document.get("type") != "record":
        raise place.error("an Avro record, with type, name and fields", shown(document))
    _refuse_misspelt(document, place)
    record = read_record(document, place)
    name = _event_name(document, place)
    try:
        fastavro.parse_schema(document)
    except (SchemaParseException, UnknownType, ValueError, TypeError, KeyError) as error:
        raise place.error("a schema that Avro accepts", f"{type(error).__name__}: {error}") from error
    owner, example = _owner(document, place), _example(document, record, place)
    return EventDefinition(name, record.attributes, record.additional, document, record.doc, owner, example)


def attributes_of(definition: EventDefinition) -> Attribute:
    """All attributes of an event as one object."""
    return Attribute("object", attributes=definition.attributes, additional=definition.additional)


def _refuse_misspelt(document: Mapping[str, object], place: Place) -> None:
    for key in document:
        meant = misspelt(key, _OURS)
        if meant is not None and meant != key:
            raise place.at(key).error(f"{meant} as the name of this property", key)


def _event_name(document: Mapping[str, object], place: Place) -> str:
    """The property ``event`` where a name is not legal in Avro, such as one with dots; else the record's name."""
    key = "event" if "event" in document else "name"
    name = document.get(key)
    if not isinstance(name, str) or not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise place.at(key).error(f"a name of 1 to {LONGEST_NAME} printable characters", shown(name))
    return name


def _owner(document: Mapping[str, object], place: Place) -> str | None:
    owner = document.get("owner")
    if owner is not None and (not isinstance(owner, str) or not owner):
        raise place.at("owner").error("text, such as the name of a team", shown(owner))
    return owner


def _example(document: Mapping[str, Any], record: Attribute, place: Place) -> JsonObject | None:
    """The example as written, checked as the attributes of an event would be."""
    if "example" not in document:
        return None
    faults: list[Fault] = []
    compile_members(record, "example")(document["example"], faults)
    if faults:
        raise SchemaError([SchemaFault(place.file, *fault[1:]) for fault in faults])
    return dict(document["example"])
