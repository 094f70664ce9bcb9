"""An event definition: the name of an event and the attributes it carries.

Read from one Avro record; what is refused there is decided by ``avro_fields``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from schemas.attributes import Attribute
from schemas.avro_fields import read_record
from schemas.errors import Place
from schemas.json_values import shown

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


def read_definition(document: object, file: str) -> EventDefinition:
    """Read one Avro record; ``file`` names its origin in messages. Raises ``SchemaError`` with every fault."""
    place = Place(file)
    if not isinstance(document, dict) or document.get("type") != "record":
        raise place.error("an Avro record, with type, name and fields", shown(document))
    record = read_record(document, place)
    name = _event_name(document, place)
    try:
        fastavro.parse_schema(document)
    except (SchemaParseException, UnknownType, ValueError, TypeError, KeyError) as error:
        raise place.error("a schema that Avro accepts", f"{type(error).__name__}: {error}") from error
    return EventDefinition(name, record.attributes, record.additional, document, record.doc)


def attributes_of(definition: EventDefinition) -> Attribute:
    """All attributes of an event as one object."""
    return Attribute("object", attributes=definition.attributes, additional=definition.additional)


def _event_name(document: Mapping[str, object], place: Place) -> str:
    """The property ``event`` where a name is not legal in Avro, such as one with dots; else the record's name."""
    key = "event" if "event" in document else "name"
    name = document.get(key)
    if not isinstance(name, str) or not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise place.at(key).error(f"a name of 1 to {LONGEST_NAME} printable characters", shown(name))
    return name
