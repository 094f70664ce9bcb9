"""From the JSON form to what an Avro library writes."""

from typing import Any

import pytest

from schemas.avro_schemas import named_types
from schemas.avro_writing import compile_writing

DATE = {"type": "int", "logicalType": "date"}
INSTANT = {"type": "long", "logicalType": "timestamp-millis"}
JSON = {"type": "string", "form": "json"}
OPEN = {
    "type": "record",
    "name": "r",
    "fields": [
        {"name": "d", "type": DATE},
        {"name": "_additional", "type": ["null", "string"], "default": None},
    ],
}


def written(schema: Any, value: Any) -> Any:
    """The value as it is handed to the Avro library."""
    convert = compile_writing(schema, named_types(schema))
    return value if convert is None else convert(value)


@pytest.mark.parametrize(
    ("schema", "value", "raw"),
    [
        ("long", 5, 5),
        (DATE, "1970-01-02", 1),
        (INSTANT, "1970-01-01T00:00:01Z", 1000),
        (["null", INSTANT], None, None),
        (["null", INSTANT], "1970-01-01T00:00:01Z", 1000),
        (JSON, {"a": [1]}, '{"a":[1]}'),
        ("bytes", "/w==", b"\xff"),
        ({"type": "array", "items": DATE}, ["1970-01-02"], [1]),
        (OPEN, {"d": "1970-01-02"}, {"d": 1, "_additional": None}),
        (OPEN, {"d": "1970-01-02", "x": [1]}, {"d": 1, "_additional": '{"x":[1]}'}),
    ],
)
def test_each_type(schema: Any, value: Any, raw: Any) -> None:
    """ISO text becomes a number, base64 bytes, free-form values JSON text; more members one text."""
    assert written(schema, value) == raw


def test_what_needs_no_conversion_has_none() -> None:
    """Plain records cost nothing."""
    plain = {
        "type": "record",
        "name": "r",
        "fields": [{"name": "n", "type": {"type": "array", "items": "long"}}],
    }
    assert compile_writing(plain, {}) is None


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        (DATE, "2026-02-30", "not a date: 2026-02-30"),
        (INSTANT, "now", "not an instant: now"),
        ("bytes", "§", "not base64: §"),
        ("bytes", "a", "not base64: a"),
    ],
)
def test_what_cannot_be_written(schema: Any, value: str, message: str) -> None:
    """It is a mistake of the caller, and named."""
    with pytest.raises(ValueError, match=message):
        written(schema, value)
