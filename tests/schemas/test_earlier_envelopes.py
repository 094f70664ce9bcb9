"""Producers that write the Avro envelope of before, which knew no loyalty card: they need not change anything."""

import io
import json
from typing import Any

import fastavro
import pytest
from fastavro.schema import fingerprint, to_parsing_canonical_form

from schemas.avro_schemas import without_logical_types
from schemas.avro_wire import EventWire
from schemas.catalog import Catalog
from schemas.wire import Decoded, EventReader
from schemas.writer_resolution import resolved_wire

NOW = 1_795_000_000_000
OPENED: dict[str, Any] = {
    "type": "record",
    "name": "app_opened",
    "fields": [{"name": "screen", "type": "string", "default": "start"}],
}
RENAMED = {**OPENED, "fields": [*OPENED["fields"], {"name": "version", "type": "long", "default": 1}]}
"""The same event later."""


def optional(name: str, *avro: Any) -> dict[str, Any]:
    """A field that may be null."""
    return {"name": name, "type": ["null", *avro], "default": None}


BEFORE: dict[str, Any] = {
    "type": "record",
    "name": "app_opened_envelope",
    "namespace": "tidemark.wire",
    "fields": [
        optional("id", "string"),
        {"name": "event", "type": "string", "default": "app_opened"},
        {
            "name": "customer",
            "type": {
                "type": "record",
                "name": "customer",
                "fields": [
                    {"name": "source_id", "type": "string"},
                    *(optional(name, "string") for name in ("name", "description", "email", "phone")),
                    optional("birthdate", {"type": "int", "logicalType": "date"}),
                    *(optional(name, "string") for name in ("address", "metadata", "_additional")),
                ],
            },
        },
        optional("occurred_at", {"type": "long", "logicalType": "timestamp-millis"}),
        optional("source", "string"),
        {"name": "metadata", "type": {"namespace": "tidemark.events", **OPENED}},
    ],
}
"""What such a producer has: the schema as it was written down then."""
SENT = {
    "id": "e-1",
    "event": "app_opened",
    "customer": {"source_id": "c-42", "email": "ada@example.com"},
    "occurred_at": NOW,
    "source": "phone",
    "metadata": {"screen": "basket"},
}
READ = Decoded(
    "e-1", "app_opened", "c-42", NOW, {"screen": "basket"}, {"email": "ada@example.com"}, "phone", card=None
)


def record(sent: dict[str, Any]) -> bytes:
    """The bytes that fastavro writes."""
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, fastavro.parse_schema(without_logical_types(BEFORE)), sent)
    return stream.getvalue()


def single(sent: dict[str, Any]) -> bytes:
    """A single object under the fingerprint of the schema of before."""
    named = fingerprint(to_parsing_canonical_form(without_logical_types(BEFORE)), "CRC-64-AVRO")
    return b"\xc3\x01" + bytes.fromhex(named) + record(sent)


def catalog(document: dict[str, Any] = OPENED) -> Catalog:
    """A catalog of one event."""
    return Catalog.from_documents({"app_opened": document})


@pytest.mark.parametrize("customer", [SENT["customer"], {"source_id": "c-42"}])
def test_the_envelope_of_before_is_read(customer: Any) -> None:
    """With a profile or plain, it is the event that it was, on no card in particular."""
    sent = {**SENT, "customer": customer}
    expected = READ._replace(profile={k: v for k, v in customer.items() if k != "source_id"})
    assert EventReader(catalog()).read(single(sent), None, NOW, NOW) == expected


def test_it_is_read_as_fast_as_ever() -> None:
    """The short way knows it: nothing has to be resolved."""
    wire = EventWire(catalog().definitions["app_opened"], ())
    value = single({**SENT, "customer": {"source_id": "c-42"}})
    assert value.startswith(b"\xc3\x01" + wire.fingerprint)
    assert wire.read_plain(value, 10, NOW, NOW) == READ._replace(profile={})


def test_a_past_definition_in_the_envelope_of_before_is_read() -> None:
    """Event and envelope have both moved on since."""
    reader = EventReader(catalog().with_documents({"app_opened": RENAMED}))
    expected = READ._replace(metadata={"screen": "basket", "version": 1})
    assert reader.read(single(SENT), None, NOW, NOW) == expected


def test_a_registered_schema_of_before_is_read() -> None:
    """A registry gives the schema of before: it is known as it is, and would resolve by Avro's own rules as well."""
    definition = catalog().definitions["app_opened"]
    present, before = EventWire(definition), EventWire(definition, ())
    assert resolved_wire(json.dumps(BEFORE), [present], {before.fingerprint: before}) is before
    body = resolved_wire(json.dumps(BEFORE), [present], {}).decode(record(SENT), 0)
    assert (body["id"], body["loyalty"], body["metadata"]) == ("e-1", None, {"screen": "basket"})


def test_the_card_travels_in_avro() -> None:
    """The envelope of now carries the code, in the short way and in the general one."""
    wire = EventWire(catalog().definitions["app_opened"])
    for profile in ({}, {"email": "ada@example.com"}):
        value = wire.encode(
            {
                **SENT,
                "customer": {"source_id": "c-42", **profile},
                "occurred_at": "2026-11-18T10:26:40Z",
                "loyalty": {"code": "CARD-7"},
            }
        )
        found = EventReader(catalog()).read(value, None, NOW, NOW)
        assert isinstance(found, Decoded)
        assert (found.card, found.profile) == ("CARD-7", profile)
