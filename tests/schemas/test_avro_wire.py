"""Events in Avro mean what they mean in JSON, and any Avro library can write them."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro_schemas import without_logical_types
from schemas.avro_wire import EventWire, wire_schema
from schemas.catalog import EVENTS_DIRECTORY, Catalog, load_catalog
from schemas.wire import Decoded, EventReader, Rejected
from tests.schemas.conftest import EVENT, METADATA, RECEIVED_AT, STAY, Read, changed, without

CATALOG = Catalog.from_documents({"hotel_stay": {**STAY, "additional": True}})
READER = EventReader(CATALOG)
WIRE = EventWire(CATALOG.definitions["hotel_stay"])

LONGS = st.integers(-(2**63), 2**63 - 1)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | LONGS
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
TEXT = st.none() | st.text(max_size=9)
INSTANTS = st.integers(-(2**40), 1_795_000_000_000).map(
    lambda instant: (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).isoformat()
)
GUESTS = st.lists(
    st.fixed_dictionaries({"age": st.integers(0, 120)}, optional={"nickname": TEXT}), max_size=3
)
ATTRIBUTES = st.fixed_dictionaries(
    {
        "hotel": st.from_regex(r"\A[A-Z][a-z]{1,9}\Z"),
        "nights": st.integers(1, 365),
        "price": st.floats(0, allow_nan=False, allow_infinity=False) | st.integers(0, 2**62),
        "arrival": st.dates(date(1, 1, 1)).map(date.isoformat),
        "room": st.fixed_dictionaries(
            {"number": st.text(max_size=4), "view": st.sampled_from(["sea", "yard"])}
        ),
    },
    optional={
        "floor": st.integers(-(2**31), 2**31 - 1),
        "breakfast": st.booleans(),
        "checked_in": st.none() | INSTANTS,
        "place": st.none() | st.fixed_dictionaries({"lat": st.floats(-90, 90), "lon": st.floats(-180, 180)}),
        "guests": GUESTS,
        "tags": st.lists(st.text(max_size=5), max_size=3),
        "more": JSON,
    },
)
CUSTOMERS = st.fixed_dictionaries(
    {"source_id": st.from_regex(r"\A[\w-]{1,20}\Z")},
    optional={
        "name": st.text(max_size=9),
        "email": st.text(max_size=9),
        "birthdate": st.dates().map(date.isoformat),
        "address": st.dictionaries(st.sampled_from(["city", "country"]), st.text(max_size=9)),
        "metadata": st.dictionaries(st.text(max_size=5), JSON, max_size=3),
        "tier": JSON.filter(lambda value: value is not None),
    },
)
EVENTS = st.fixed_dictionaries(
    {"event": st.just("hotel_stay"), "customer": CUSTOMERS, "metadata": ATTRIBUTES},
    optional={
        "id": st.from_regex(r"\A[\w-]{1,20}\Z"),
        "occurred_at": INSTANTS,
        "source": st.from_regex(r"\A\w{1,9}\Z"),
    },
)


@given(EVENTS)
@settings(max_examples=200, deadline=None)
def test_json_and_avro_of_the_same_event_are_the_same(event: dict[str, Any]) -> None:
    """Whatever conforms decodes to the same event, down to the types of numbers, in both encodings."""
    told: dict[str, Any] = {"headers": None, "timestamp": 5, "received_at": RECEIVED_AT}
    from_json = READER.read(json.dumps(event).encode(), **told)
    from_avro = READER.read(WIRE.encode(event), **told)
    assert isinstance(from_json, Decoded)
    assert written(from_avro) == written(from_json)


def written(decoded: Any) -> str:
    """The event with the keys of its objects in order: 1 and 1.0 differ, the order of keys does not."""
    return json.dumps(decoded, sort_keys=True)


@pytest.mark.parametrize("name", sorted(file.stem for file in EVENTS_DIRECTORY.glob("*.avsc")))
def test_every_definition_that_comes_with_it_has_a_wire_schema(name: str) -> None:
    """The schema of each is legal Avro, with a doc on the record, the envelope's fields and every attribute."""
    definition = load_catalog([EVENTS_DIRECTORY]).definitions[name]
    schema = wire_schema(definition)
    fastavro.parse_schema(schema)
    assert [field["name"] for field in schema["fields"]] == [
        "id",
        "event",
        "customer",
        "occurred_at",
        "source",
        "loyalty",
        "metadata",
    ]
    assert schema["doc"]
    assert definition.doc
    assert all(field["doc"] for field in schema["fields"])
    assert all(attribute.doc for attribute in definition.attributes.values())


def test_what_another_avro_library_writes_is_read(catalog: Catalog, read: Read) -> None:
    """A producer that writes the wire schema with logical types and its own library is understood."""
    wire = EventWire(catalog.definitions["hotel_stay"])
    record = {
        "customer": {"source_id": "c-42", "birthdate": date(1980, 2, 29), "metadata": '{"level":"Gold"}'},
        "occurred_at": datetime(2026, 11, 23, 10, tzinfo=UTC),
        "metadata": {
            **METADATA,
            "arrival": date(2026, 11, 20),
            "checked_in": datetime(2026, 11, 20, 15, 30, tzinfo=UTC),
        },
    }
    stream = io.BytesIO()
    fastavro.schemaless_writer(
        stream, fastavro.parse_schema(wire_schema(catalog.definitions["hotel_stay"])), record
    )
    decoded = read(b"\xc3\x01" + wire.fingerprint + stream.getvalue())
    profile: Any = {"birthdate": "1980-02-29", "metadata": {"level": "Gold"}}
    assert decoded == Decoded(None, "hotel_stay", "c-42", 1_795_428_000_000, METADATA, profile, None)


def test_a_time_of_no_calendar_is_rejected(catalog: Catalog, read: Read) -> None:
    """Avro can carry milliseconds beyond the year 9999; they are no time."""
    wire = EventWire(catalog.definitions["app_opened"])
    record = {"customer": {"source_id": "c"}, "occurred_at": 2**62, "metadata": {}}
    stream = io.BytesIO()
    schema = without_logical_types(wire_schema(catalog.definitions["app_opened"]))
    fastavro.schemaless_writer(stream, fastavro.parse_schema(schema), record)
    rejection = read(b"\xc3\x01" + wire.fingerprint + stream.getvalue())
    assert isinstance(rejection, Rejected)
    assert rejection[:4] == (
        "invalid_time",
        "occurred_at",
        "RFC 3339 with an offset, such as 2026-11-23T10:00:00Z",
        "number 4611686018427387904",
    )


def test_limits_hold_in_avro_too(catalog: Catalog, read: Read) -> None:
    """A value that Avro can carry and the definition does not allow is rejected as in JSON."""
    wire = EventWire(catalog.definitions["hotel_stay"])
    schema = fastavro.parse_schema(wire_schema(catalog.definitions["hotel_stay"]))
    record = {
        **EVENT,
        "metadata": {**METADATA, "nights": 400, "arrival": date(2026, 1, 1), "checked_in": None},
    }
    record["occurred_at"] = datetime(2026, 11, 23, tzinfo=UTC)
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, schema, record)
    rejection = read(b"\xc3\x01" + wire.fingerprint + stream.getvalue())
    assert rejection == read(changed(nights=400, arrival="2026-01-01", checked_in=None))


def test_additional_attributes_travel_as_json_text() -> None:
    """An event that allows more carries it in one text, and it arrives beside the defined attributes."""
    event = changed(wifi={"speed": [1, 2.5, None]})
    decoded = READER.read(WIRE.encode(event), headers=None, timestamp=0, received_at=RECEIVED_AT)
    assert isinstance(decoded, Decoded)
    assert decoded.metadata == {**METADATA, "wifi": {"speed": [1, 2.5, None]}}


def test_encoding_refuses_what_would_be_rejected(catalog: Catalog) -> None:
    """A producer is told before it writes, not by the rejected events."""
    wire = EventWire(catalog.definitions["hotel_stay"])
    with pytest.raises(
        ValueError, match=r"metadata.nights: expected whole number from 1 to 365, found number 1.5"
    ):
        wire.encode(changed(nights=1.5))
    with pytest.raises(ValueError, match=r"metadata.price: expected number of at least 0, found nothing"):
        wire.encode(without("price"))


def test_events_of_equal_attributes_differ_on_the_wire() -> None:
    """The fingerprint tells the event, also where two events have the same attributes."""
    same = {
        name: {"type": "record", "name": name, "fields": [{"name": "n", "type": "long"}]}
        for name in ("one", "two")
    }
    definitions = Catalog.from_documents(same).definitions.values()
    assert len({EventWire(definition).fingerprint for definition in definitions}) == 2
