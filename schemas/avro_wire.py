"""Events in Avro: the envelope as a record generated from a definition, so that a producer can take it from here.

Decoding gives the JSON form that a JSON event of the same content has, so that one set of checks serves both; it checks
nothing itself. Free-form parts travel as JSON text, and attributes beyond the defined ones in ``_additional``.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from schemas.avro_plain import PlainAvroReader
from schemas.avro_schemas import ADDITIONAL
from schemas.conformance import compile_members
from schemas.definitions import EventDefinition, attributes_of
from schemas.json_values import JsonObject
from schemas.plain_envelope import PlainEvent
from schemas.single_object import HEADER, SingleObject

NAMESPACE = "tidemark.wire"
"""Of the envelope and its customer; a definition without a namespace gets ``tidemark.events``."""

_TEXT = ["null", "string"]
_JSON = ["null", {"type": "string", "form": "json"}]
_OCCURRED = ["null", {"type": "long", "logicalType": "timestamp-millis", "form": "instant"}]
_DATE = ["null", {"type": "int", "logicalType": "date"}]
_LOYALTY = {
    "type": "record",
    "name": "loyalty",
    "fields": [{"name": "code", "type": "string", "doc": "The code of the card."}],
}
_LATER: Mapping[str, tuple[list[Any], str]] = {
    "loyalty": (
        ["null", _LOYALTY],
        "The loyalty card that earned points go to, in the place of the customer's own.",
    ),
}
"""Fields that were added to the envelope, with their types."""


LAYOUTS: Final = (("loyalty",), ())
"""The fields that an envelope has beside those that it always had: now, and in each version before, newest first."""


ReadPlain = Callable[[bytes, int, int | None, int], PlainEvent | None]
"""Reads an event if it is plain: value, where it begins, the record's timestamp, the latest time allowed."""


class EventWire:
    """The Avro encoding of one event."""

    def __init__(self, definition: EventDefinition, layout: tuple[str, ...] = LAYOUTS[0]) -> None:
        """``layout`` is one of ``LAYOUTS``."""
        self.event = definition.name
        self.schema = wire_schema(definition, layout)
        """What a producer writes."""
        self._single = SingleObject(self.schema)
        self._check = compile_members(attributes_of(definition), "metadata")
        self.read_plain: ReadPlain = PlainAvroReader(definition.name, self.schema, self._check).read
        """The event, if it is plain; see ``avro_plain``."""

    @property
    def fingerprint(self) -> bytes:
        """The eight bytes that name the wire schema, as they stand in the header."""
        return self._single.fingerprint

    def decode(self, value: bytes, at: int = HEADER) -> JsonObject:
        """The envelope in JSON form, but for its time, an ``Instant``. Raises one of ``single_object.MALFORMED``.

        ``at`` is where the record begins: what stands before it is the framing.
        """
        return self._single.decode(value, at)  # type: ignore[no-any-return]

    def encode(self, envelope: Mapping[str, Any]) -> bytes:
        """The single object of an envelope in JSON form. Raises ``ValueError`` where it does not conform."""
        metadata = envelope.get("metadata") or {}
        faults: list[Any] = []
        self._check(metadata, faults)
        if faults:
            raise ValueError("; ".join(map(str, faults)))
        return self._single.encode({"event": self.event, **envelope, "metadata": metadata})


def wire_schema(definition: EventDefinition, layout: tuple[str, ...] = LAYOUTS[0]) -> dict[str, Any]:
    """The Avro schema of the whole event: what a producer writes; of an envelope before, with its layout."""
    record: Any = _with_additional({"namespace": "tidemark.events", **definition.document})
    return {
        "type": "record",
        "name": f"{record['name']}_envelope",
        "namespace": NAMESPACE,
        "doc": f"The event {definition.name} as it stands on the wire.",
        "fields": [
            _optional("id", _TEXT, "The producer's idempotency key; without one a repetition counts again."),
            {
                "name": "event",
                "type": "string",
                "default": definition.name,
                "doc": f"Always {definition.name}.",
            },
            {
                "name": "customer",
                "type": _customer(),
                "doc": "Who did it; profile fields update the profile.",
            },
            _optional("occurred_at", _OCCURRED, "When it happened; without it, the timestamp of the record."),
            _optional("source", _TEXT, "The system that tells of it."),
            *(_optional(name, *_LATER[name]) for name in layout),
            {"name": "metadata", "type": record, "doc": "The attributes of the event."},
        ],
    }


def _customer() -> dict[str, Any]:
    return {
        "type": "record",
        "name": "customer",
        "nulls": "absent",
        "fields": [
            {
                "name": "source_id",
                "type": "string",
                "doc": "The id of the customer; also the key of the record.",
            },
            _optional("name", _TEXT, "Full name."),
            _optional("description", _TEXT, "Anything about the customer."),
            _optional("email", _TEXT, "Address for mail."),
            _optional("phone", _TEXT, "Number for calls and messages."),
            _optional("birthdate", _DATE, "Date of birth."),
            _optional("address", _JSON, "Postal address, as the JSON text of an object."),
            _optional("metadata", _JSON, "Further fields of the profile, as the JSON text of an object."),
            _optional(ADDITIONAL, _TEXT, "Other fields beside these, as the JSON text of an object."),
        ],
    }


def _optional(name: str, avro: list[Any], doc: str) -> dict[str, Any]:
    return {"name": name, "type": avro, "default": None, "doc": doc}


def _with_additional(schema: Any) -> Any:
    """The schema with a place for further members in every record that allows them."""
    if isinstance(schema, list):
        return [_with_additional(branch) for branch in schema]
    if not isinstance(schema, Mapping):
        return schema
    changed = dict(schema)
    for key in ("type", "items"):
        if key in changed:
            changed[key] = _with_additional(changed[key])
    if "fields" in changed:
        changed["fields"] = [_with_additional(field) for field in changed["fields"]]
    if changed.get("additional") is True:
        changed["fields"].append(
            _optional(ADDITIONAL, _TEXT, "Further attributes, as the JSON text of an object.")
        )
    return changed
