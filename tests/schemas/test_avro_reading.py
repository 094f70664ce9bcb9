"""Avro's binary encoding, byte by byte as its specification has it, and against another implementation."""

import io
import json
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro_reading import compile_reader
from schemas.avro_schemas import named_types
from schemas.instants import Instant

NUMBERS = [(0, b"\x00"), (-1, b"\x01"), (1, b"\x02"), (-2, b"\x03"), (-64, b"\x7f"), (64, b"\x80\x01")]
"""The table of the specification."""


def read(schema: Any, data: bytes) -> Any:
    """One value that fills the data."""
    value, end = compile_reader(schema, named_types(schema))(data, 0)
    assert end == len(data)
    return value


@pytest.mark.parametrize(("number", "data"), NUMBERS)
def test_whole_numbers(number: int, data: bytes) -> None:
    """Whole numbers are zig-zag coded with seven bits a byte."""
    assert read("long", data) == number


def test_the_record_of_the_specification() -> None:
    """A record of 27 and "foo" is the five bytes of the specification."""
    schema = {
        "type": "record",
        "name": "test",
        "fields": [{"name": "a", "type": "long"}, {"name": "b", "type": "string"}],
    }
    assert read(schema, bytes.fromhex("3606666f6f")) == {"a": 27, "b": "foo"}


def test_the_array_of_the_specification() -> None:
    """An array of 3 and 27 is one block and its end."""
    assert read({"type": "array", "items": "long"}, bytes.fromhex("04063600")) == [3, 27]


def test_an_array_in_blocks_with_sizes() -> None:
    """A negative count is followed by the block's size in bytes."""
    assert read({"type": "array", "items": "long"}, bytes.fromhex("0104360206" + "00")) == [27, 3]


@pytest.mark.parametrize(("data", "value"), [(b"\x00", None), (b"\x02\x02a", "a")])
def test_the_union_of_the_specification(data: bytes, value: Any) -> None:
    """Null and "a" of a union of null and string."""
    assert read(["null", "string"], data) == value


@pytest.mark.parametrize(("data", "value"), [(b"\x02", None), (b"\x00\x02a", "a")])
def test_null_may_stand_second(data: bytes, value: Any) -> None:
    """The order of the union decides the bytes."""
    assert read(["string", "null"], data) == value


@pytest.mark.parametrize(
    ("schema", "data", "value"),
    [
        ({"type": "int", "logicalType": "date"}, b"\x01", "1969-12-31"),
        ({"type": "long", "logicalType": "timestamp-millis"}, b"\x02", "1970-01-01T00:00:00.001Z"),
        ({"type": "string", "form": "json"}, b'\x0e{"a":1}', {"a": 1}),
        ("bytes", b"\x02\xff", "/w=="),
        ("double", bytes.fromhex("000000000000f83f"), 1.5),
        ("boolean", b"\x01", True),
        ({"type": "enum", "name": "e", "symbols": ["a", "b"]}, b"\x02", "b"),
    ],
)
def test_the_json_form_of_each_type(schema: Any, data: bytes, value: Any) -> None:
    """Dates and instants come out as ISO text, bytes as base64, free-form text as JSON."""
    assert read(schema, data) == value


def test_an_instant_may_be_read_as_one() -> None:
    """A time of form ``instant`` comes out as a number of a type that JSON never gives."""
    instant = read({"type": "long", "logicalType": "timestamp-millis", "form": "instant"}, b"\x02")
    assert type(instant) is Instant
    assert instant == 1


def test_a_date_of_no_calendar_stays_a_number() -> None:
    """A day beyond the year 9999 is left for the checks to refuse."""
    assert read({"type": "int", "logicalType": "date"}, bytes.fromhex("feffffff0f")) == 2**31 - 1


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ("string", b""),
        ("string", b"\x06ab"),
        ("string", b"\x01"),
        ("string", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        ("string", b"\x02\xff"),
        ("long", b"\x80"),
        ("long", b"\xff" * 11),
        ("double", b"\x00" * 7),
        ("boolean", b"\x02"),
        (["null", "string"], b"\x04"),
        (["null", "string"], b"\x01"),
        ({"type": "enum", "name": "e", "symbols": ["a"]}, b"\x02"),
        ({"type": "enum", "name": "e", "symbols": ["a"]}, b"\x01"),
        ({"type": "array", "items": "long"}, b"\x80\x80\x80\x80\x08"),
        ({"type": "string", "form": "json"}, b"\x02{"),
    ],
)
def test_bytes_that_are_no_such_value(schema: Any, data: bytes) -> None:
    """Cut off, too long, negative, or of no branch: an error of the two kinds that callers expect."""
    with pytest.raises((ValueError, IndexError)):
        read(schema, data)


SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "r",
    "fields": [
        {"name": "s", "type": "string"},
        {"name": "l", "type": "long"},
        {"name": "d", "type": "double"},
        {"name": "b", "type": "boolean"},
        {"name": "o", "type": ["null", "long"]},
        {"name": "e", "type": {"type": "enum", "name": "e", "symbols": ["x", "y"]}},
        {"name": "a", "type": {"type": "array", "items": ["null", "string"]}},
        {"name": "again", "type": ["e", "null"]},
    ],
}
LONGS = st.integers(-(2**63), 2**63 - 1)
RECORDS = st.fixed_dictionaries(
    {
        "s": st.text(),
        "l": LONGS,
        "d": st.floats(allow_nan=False),
        "b": st.booleans(),
        "o": st.none() | LONGS,
        "e": st.sampled_from(["x", "y"]),
        "a": st.lists(st.none() | st.text(max_size=5), max_size=200),
        "again": st.none() | st.sampled_from(["x", "y"]),
    }
)


@given(RECORDS)
@settings(deadline=None)
def test_what_fastavro_writes_is_read(record: dict[str, Any]) -> None:
    """Every record of plain types comes out as it went into another implementation."""
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, fastavro.parse_schema(json.loads(json.dumps(SCHEMA))), record)
    assert read(SCHEMA, stream.getvalue()) == record
