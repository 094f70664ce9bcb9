"""Events with the framing of a registry, and events that were written with an earlier version of their schema."""

import io
import json
from collections.abc import Iterator
from typing import Any

import fastavro
import pytest

from schemas.avro_schemas import without_logical_types
from schemas.avro_wire import EventWire, wire_schema
from schemas.catalog import Catalog
from schemas.definitions import EventDefinition
from schemas.framing import frame
from schemas.wire import Decoded, EventReader, Rejected
from tests.schemas.conftest import EVENT, METADATA, STAY
from tests.schemas.registered_site import HEADER, TIMES, Change, Site, attribute, bare, stay, without
from tests.schemas.registry_server import RegistryServer
from tests.schemas.test_writer_schemas import AtOnce


@pytest.fixture
def site() -> Iterator[Site]:
    """A registry that answers, and who reads."""
    with RegistryServer() as server:
        yield Site(server, AtOnce())


@pytest.fixture
def present() -> Decoded:
    """The event as it is read in single-object encoding of the present schema."""
    read = EventReader(Catalog.from_documents({"hotel_stay": STAY})).read(
        EventWire(stay()).encode(EVENT), **TIMES
    )
    assert isinstance(read, Decoded)
    return read


def test_the_present_schema_by_id(site: Site, present: Decoded) -> None:
    """A value framed with the id of the wire schema is the event that a single object is."""
    number = site.server.add(wire_schema(stay()))
    assert site.read(frame(number) + bare(stay())) == present


def test_the_present_schema_by_guid(site: Site, present: Decoded) -> None:
    """A GUID names it as well, in the value or in the header beside a bare record."""
    guid = b"\x01" + site.server.guid(site.server.add(wire_schema(stay())))
    assert site.read(guid + bare(stay())) == present
    assert site.read(bare(stay()), headers=[(HEADER, guid)]) == present


def test_the_header_may_carry_an_id(site: Site, present: Decoded) -> None:
    """Either magic byte may stand in the header, and it goes before what the value looks like."""
    number = site.server.add(wire_schema(stay()))
    assert site.read(bare(stay()), headers=[(HEADER, frame(number))]) == present


def test_a_schema_that_an_avro_library_wrote_down_anew(site: Site, present: Decoded) -> None:
    """Documentation and our own properties are lost on the way through other libraries; the schema is the same."""
    text = json.dumps(without_logical_types(fastavro.parse_schema(wire_schema(stay()))))
    assert site.read(frame(site.server.add(text)) + bare(stay())) == present


def test_a_schema_is_asked_for_once(site: Site) -> None:
    """However many events come with an id, the registry hears of it once."""
    value = frame(site.server.add(wire_schema(stay()))) + bare(stay())
    for _ in range(3):
        assert isinstance(site.read(value), Decoded)
    assert site.server.requests == ["GET /schemas/ids/1"]


OLDER: dict[str, tuple[Change, dict[str, Any], dict[str, Any]]] = {
    "attributes that came later have their defaults": (
        without("floor", "tags", "place"),
        {"floor": ..., "tags": ..., "place": ...},
        {"floor": 0, "tags": [], "place": None},
    ),
    "attributes that went away are left out": (
        lambda document: document["fields"].insert(
            1, {"name": "stars", "type": {"type": "array", "items": "int"}}
        ),
        {"stars": [1, 2]},
        {},
    ),
    "a whole number becomes a decimal": (attribute("price", type="long"), {"price": 99}, {"price": 99.0}),
    "a small number becomes a large one": (attribute("nights", type="int"), {}, {}),
    "what could not be null may be": (
        attribute("photo", type="string", default="https://img.example.com/d.png"),
        {},
        {},
    ),
    "another order": (lambda document: document["fields"].reverse(), {}, {}),
}


@pytest.mark.parametrize("case", OLDER)
def test_an_older_schema_is_resolved(site: Site, present: Decoded, case: str) -> None:
    """By Avro's rules, whether it is known by the registry's id or by the fingerprint of a past version."""
    change, written, read = OLDER[case]
    older = stay(change)
    expected = present._replace(metadata={**METADATA, **read})
    value = bare(older, **written)
    assert site.read(frame(site.server.add(wire_schema(older))) + value) == expected
    past = Catalog.from_documents({"hotel_stay": STAY}).with_earlier({"hotel_stay": [older.document]})
    assert EventReader(past).read(b"\xc3\x01" + EventWire(older).fingerprint + value, **TIMES) == expected


def test_a_definition_that_replaces_another_still_knows_its_schema(present: Decoded) -> None:
    """Events in the schema that came with Tidemark are read after a definition of the same name was applied."""
    shipped = stay(without("tags"))
    catalog = Catalog.from_documents({"hotel_stay": dict(shipped.document)}).with_documents(
        {"hotel_stay": STAY}
    )
    value = b"\xc3\x01" + EventWire(shipped).fingerprint + bare(shipped, tags=...)
    read = EventReader(catalog).read(value, **TIMES)
    assert read == present._replace(metadata={**METADATA, "tags": []})


def test_a_past_version_that_is_no_definition_any_more_is_left_out() -> None:
    """The rules for definitions may grow stricter; that must not keep a worker from starting."""
    catalog = Catalog.from_documents({"hotel_stay": STAY}).with_earlier({"hotel_stay": [{"type": "record"}]})
    assert catalog.earlier == {"hotel_stay": ()}


def test_a_schema_without_a_mandatory_attribute_does_not_resolve(site: Site) -> None:
    """The rejection says that, and which attribute."""
    older = stay(without("hotel"))
    why = site.rejection(frame(site.server.add(wire_schema(older))) + bare(older, hotel=...))
    assert why[:3] == (
        "unresolvable_schema",
        "value",
        "what resolves to the present wire schema of hotel_stay",
    )
    assert "hotel" in why.found


def test_times_in_another_unit_are_not_taken_for_milliseconds(site: Site) -> None:
    """To Avro both are numbers; here microseconds read as milliseconds would be a wrong instant."""
    text = json.dumps(wire_schema(stay())).replace("timestamp-millis", "timestamp-micros")
    why = site.rejection(frame(site.server.add(text)) + bare(stay()))
    assert why.reason == "not_an_event_schema"
    assert why.found.endswith("with timestamp-micros at occurred_at, where timestamp-millis is expected")


RECURSIVE = {
    "type": "record",
    "name": "hotel_stay_envelope",
    "fields": [{"name": "next", "type": ["null", "hotel_stay_envelope"]}],
}
NULLS = {
    "type": "record",
    "name": "hotel_stay_envelope",
    "fields": [{"name": "many", "type": {"type": "array", "items": "null"}}],
}


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"type": "record", "name": "order", "fields": []}, "schema 1, the schema of order"),
        ("string", 'schema 1, the schema of "string"'),
        ([], "schema 1, the schema of []"),
        (
            {"type": "recrod", "name": "order"},
            "schema 1, what is no Avro schema: UnknownType: {'type': 'recrod', 'name': 'order'}",
        ),
        (RECURSIVE, "schema 1, the schema of hotel_stay_envelope with hotel_stay_envelope inside itself"),
        (NULLS, "schema 1, the schema of hotel_stay_envelope with an array of what takes no bytes"),
    ],
)
def test_a_schema_that_is_not_an_events_is_refused(site: Site, schema: object, found: str) -> None:
    """Another record, no record, no schema, or one whose values have no bounds: the rejection says which."""
    text = json.dumps(schema)
    why = site.rejection(frame(site.server.add(text)) + b"rest")
    assert why[:3] == ("not_an_event_schema", "value", "the wire schema of a defined event")
    assert why.found == found


def test_a_schema_that_is_no_json_is_refused(site: Site) -> None:
    """So is one in another language than Avro's."""
    why = site.rejection(frame(site.server.add('syntax = "proto3";', kind="PROTOBUF")) + b"rest")
    assert why.reason == "not_an_event_schema"
    assert "PROTOBUF" in why.found


def test_an_unknown_id_is_rejected(site: Site) -> None:
    """The registry has no such schema: the sender may use another one."""
    why = site.rejection(frame(77) + b"rest")
    assert why[:4] == ("unknown_schema_id", "value", "the id of a schema in the registry", "77")


@pytest.mark.parametrize("value", [b"\x00", b"\x00\x00\x01", b"\x01" + bytes(15)])
def test_a_frame_that_is_cut_off_is_malformed(site: Site, value: bytes) -> None:
    """There is no id to ask for."""
    why = site.rejection(value)
    assert why[:3] == ("malformed_avro", "value", "a magic byte and the id of a schema")
    why = site.rejection(b"rest", headers=[(HEADER, value)])
    assert why[:2] == ("malformed_avro", f"headers.{HEADER}")


@pytest.mark.parametrize("older", [stay(), stay(without("tags"))])
def test_a_record_that_does_not_fit_its_schema_is_malformed(site: Site, older: EventDefinition) -> None:
    """Cut off anywhere or with bytes left over, in the present schema and in one that is resolved."""
    written = bare(older, **({} if "tags" in older.attributes else {"tags": ...}))
    framing = frame(site.server.add(wire_schema(older)))
    for value in (written[:-1], written[:5], b"", written + b"\x00"):
        assert site.rejection(framing + value).reason == "malformed_avro"


def test_cloud_events_headers_fill_an_event_of_each_encoding(site: Site) -> None:
    """Binary mode over JSON, single objects and a registry's framing gives the same event."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"ce-1"),
        ("ce_type", b"hotel_stay"),
        ("ce_source", b"/hotel"),
        ("ce_time", b"2026-11-23T09:00:00Z"),
    ]
    event = {"customer": {"source_id": "c-42"}, "metadata": METADATA}
    single = EventWire(stay()).encode(event)
    number = site.server.add(wire_schema(stay()))
    expected = Decoded("ce-1", "hotel_stay", "c-42", 1_795_424_400_000, METADATA, {}, "/hotel")
    for value in (json.dumps(event).encode(), single, frame(number) + single[10:]):
        assert site.read(value, headers=headers) == expected
    by_header = [*headers, (HEADER, frame(number))]
    assert site.read(single[10:], headers=by_header) == expected


def test_more_items_than_there_are_bytes_for_are_no_endless_work(site: Site) -> None:
    """A list that the present definition does not have may claim a million million items; none of them is there."""
    schema = wire_schema(stay())
    schema["fields"].insert(0, {"name": "more", "type": {"type": "array", "items": "float"}})
    claim = b"\x80\x80\x80\x80\x80\x40"  # 2**40, as Avro writes it
    why = site.rejection(frame(site.server.add(schema)) + claim)
    assert (why.reason, why.found) == ("malformed_avro", "bytes that end too soon")


def test_a_producers_library_need_not_know_ours(site: Site, present: Decoded) -> None:
    """What fastavro alone writes by the registered schema is the event."""
    schema = wire_schema(stay())
    stream = io.BytesIO()
    envelope = {
        **EVENT,
        "occurred_at": 1_795_428_000_000,
        "metadata": {**METADATA, "arrival": 20_777, "checked_in": 1_795_188_600_000},
    }
    fastavro.schemaless_writer(stream, fastavro.parse_schema(without_logical_types(schema)), envelope)
    assert site.read(frame(site.server.add(schema)) + stream.getvalue()) == present


def test_without_a_registry_a_framed_event_says_so() -> None:
    """The reason tells the operator what is missing."""
    why = EventReader(Catalog.from_documents({"hotel_stay": STAY})).read(frame(7) + b"rest", **TIMES)
    assert isinstance(why, Rejected)
    assert why.reason == "registry_not_configured"
    assert why.found == "a magic byte of 0 and schema id 7"
