"""No input raises: whatever the bytes, the reader answers with an event or a rejection that can be published."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro_wire import EventWire
from schemas.catalog import Catalog
from schemas.definitions import read_definition
from schemas.framing import frame
from schemas.outputs import output_decoder, output_encoder
from schemas.rejections import REASONS, Fault, rejected_record
from schemas.single_object import MAGIC
from schemas.wire import Decoded, EventReader, Rejected
from schemas.writer_schemas import SchemaKey, WriterSchemas, shown_key
from tests.schemas.conftest import EVENT, RECEIVED_AT, STAY
from tests.schemas.test_writer_schemas import AtOnce

ANYTHING = {"type": "record", "name": "anything", "additional": True, "fields": []}
CATALOG = Catalog.from_documents({"hotel_stay": STAY, "anything": ANYTHING})
READER = EventReader(CATALOG)
WIRE = EventWire(CATALOG.definitions["hotel_stay"])
PUBLISH = output_encoder("rejected-events", "avro")
READ_BACK = output_decoder("rejected-events", "avro")

OLDER = read_definition(
    {**STAY, "fields": [field for field in STAY["fields"] if field["name"] not in {"tags", "floor"}]}, "older"
)
OLDER_WIRE = EventWire(OLDER)
OLDER_EVENT = {
    **EVENT,
    "metadata": {k: v for k, v in EVENT["metadata"].items() if k not in {"tags", "floor"}},
}
STRANGE = {
    "type": "record",
    "name": "hotel_stay_envelope",
    "fields": [
        {
            "name": "more",
            "type": {"type": "map", "values": ["null", "bytes", {"type": "array", "items": "float"}]},
        },
        {"name": "sum", "type": {"type": "fixed", "name": "sum", "size": 8}},
        {"name": "event", "type": ["bytes", "string"]},
        {"name": "customer", "type": OLDER_WIRE.schema["fields"][2]["type"]},
        {"name": "metadata", "type": OLDER_WIRE.schema["fields"][5]["type"]},
    ],
}
TEXTS = dict(enumerate(map(json.dumps, (WIRE.schema, OLDER_WIRE.schema, STRANGE, {"type": "enum"}, 5, None))))


class Texts(WriterSchemas):
    """A registry of which everything is known; every other id is unknown to it."""

    def __init__(self) -> None:
        super().__init__(lambda _: "", AtOnce(), waits=True)

    def get(self, key: SchemaKey) -> str | Fault:
        """The text by its number."""
        text = TEXTS.get(key) if isinstance(key, int) else None
        return text or Fault("unknown_schema_id", "value", "an id", shown_key(key))


REGISTERED = EventReader(CATALOG.with_earlier({"hotel_stay": [OLDER.document]}), registry=Texts())
BARE = [WIRE.encode(EVENT)[10:], OLDER_WIRE.encode(OLDER_EVENT)[10:]]
FRAMED = [
    frame(0) + BARE[0],
    frame(1) + BARE[1],
    frame(2) + BARE[1],
    b"\xc3\x01" + OLDER_WIRE.fingerprint + BARE[1],
]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
NAMES = st.sampled_from([*EVENT, *EVENT["metadata"], "messageId", "timestamp", "lat", "age"]) | st.text(
    max_size=8
)


def answer(
    value: bytes | None, headers: list[tuple[str, bytes | None]] | None = None, reader: EventReader = READER
) -> Decoded | Rejected:
    """What the reader makes of the value; a rejection is published and read back on the way."""
    result = reader.read(value, headers=headers, timestamp=0, received_at=RECEIVED_AT)
    if isinstance(result, Rejected):
        assert result.reason in REASONS
        assert len(result.found) <= 200
        place: dict[str, Any] = {"topic": "t", "partition": 0, "offset": 1, "timestamp": 0, "key": b"k"}
        record = rejected_record(result, rejected_at=RECEIVED_AT, value=value, headers=headers, **place)
        assert READ_BACK(PUBLISH(record)) == record
    else:
        json.dumps(result, allow_nan=False)
    return result


@given(st.binary(max_size=200))
def test_random_bytes(value: bytes) -> None:
    """Bytes of any kind are answered."""
    answer(value)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_random_bytes_after_a_known_fingerprint(value: bytes) -> None:
    """Bytes behind a header that names a defined event are answered."""
    answer(MAGIC + WIRE.fingerprint + value)


@given(VALUES)
def test_random_json(value: Any) -> None:
    """JSON of any kind is answered, also what only looks like it (NaN, Infinity)."""
    answer(json.dumps(value).encode())


@given(st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, max_size=5), max_size=8))
@settings(max_examples=200, deadline=None)
def test_random_envelopes(changes: dict[str, Any]) -> None:
    """An event whose keys were overwritten with anything is answered."""
    answer(json.dumps({**EVENT, **changes}).encode())


@given(st.dictionaries(NAMES, VALUES, max_size=6), st.sampled_from(["hotel_stay", "anything"]))
@settings(max_examples=200, deadline=None)
def test_random_attributes(changes: dict[str, Any], event: str) -> None:
    """Attributes overwritten with anything are answered."""
    answer(json.dumps({**EVENT, "event": event, "metadata": {**EVENT["metadata"], **changes}}).encode())


@given(st.data(), st.sampled_from([json.dumps(EVENT).encode(), WIRE.encode(EVENT)]))
@settings(max_examples=200, deadline=None)
def test_mutated_records(data: st.DataObject, valid: bytes) -> None:
    """A valid record with bytes changed, removed or put in is answered."""
    at = data.draw(st.integers(0, len(valid)))
    removed = data.draw(st.integers(0, 8))
    put = data.draw(st.binary(max_size=8))
    answer(valid[:at] + put + valid[at + removed :])


@given(st.sampled_from([frame(number) for number in range(7)] + [FRAMED[3][:10]]), st.binary(max_size=200))
@settings(max_examples=400, deadline=None)
def test_random_bytes_of_a_registered_schema(framing: bytes, value: bytes) -> None:
    """Bytes behind an id or a past fingerprint are answered, whatever their schema is."""
    answer(framing + value, reader=REGISTERED)


@given(st.data(), st.sampled_from(FRAMED))
@settings(max_examples=400, deadline=None)
def test_mutated_records_of_a_registered_schema(data: st.DataObject, valid: bytes) -> None:
    """A valid record of an earlier or a strange schema with bytes changed, removed or put in is answered."""
    at = data.draw(st.integers(0, len(valid)))
    removed = data.draw(st.integers(0, 8))
    put = data.draw(st.binary(max_size=8))
    answer(valid[:at] + put + valid[at + removed :], reader=REGISTERED)


@given(
    st.sampled_from([*BARE, b"{}"]),
    st.binary(max_size=20),
    st.sampled_from([b"", b"\x00", b"\x01", frame(1)]),
)
def test_random_framing_in_the_header(value: bytes, random: bytes, start: bytes) -> None:
    """Whatever the header says of the schema, the record is answered."""
    answer(value, [("__value_schema_id", start + random)], reader=REGISTERED)
    answer(value, [("__value_schema_id", start)], reader=REGISTERED)
    answer(value, [("__value_schema_id", None)], reader=REGISTERED)


@given(
    st.lists(
        st.tuples(st.sampled_from(["ce_id", "ce_type", "ce_time", "x"]), st.none() | st.binary(max_size=9))
    )
)
def test_random_headers(headers: list[tuple[str, bytes | None]]) -> None:
    """Headers of any kind are answered."""
    answer(b'{"customer":{"source_id":"c"}}', headers)


def test_deep_nesting_is_rejected_before_it_can_hurt() -> None:
    """What could be read but not written again, for its depth, is rejected wherever it stands."""
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    for event in (
        {**EVENT, "event": "anything", "metadata": {"deep": deep}},
        {**EVENT, "customer": {"source_id": "c", "metadata": {"deep": deep}}},
        {**EVENT, "customer": {"source_id": "c", "other": deep}},
    ):
        rejection = answer(json.dumps(event).encode())
        assert isinstance(rejection, Rejected)
        assert rejection.expected == "at most 32 levels of nesting"


def test_an_array_that_claims_more_than_it_holds_costs_nothing() -> None:
    """A count of 2**62 items in a few bytes is refused at once and reserves no memory."""
    valid = WIRE.encode({**EVENT, "metadata": {**EVENT["metadata"], "tags": []}})
    assert valid.endswith(b"\x00")
    claim = b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f"
    rejection = answer(valid[:-1] + claim)
    assert isinstance(rejection, Rejected)
    assert rejection.reason == "malformed_avro"
