"""Which Avro types a definition may use, what each means, and how others are refused."""

from typing import Any

import pytest

from schemas.attributes import Attribute, Limits
from schemas.avro_fields import read_record
from schemas.errors import Place, SchemaError

GEOPOINT = {
    "type": "record",
    "name": "point",
    "fields": [{"name": "lat", "type": "double"}, {"name": "lon", "type": "double"}],
}


def attribute(**field: Any) -> Attribute:
    """The attribute of one field."""
    document = {"type": "record", "name": "r", "fields": [{"name": "a", **field}]}
    return read_record(document, Place("r.avsc")).attributes["a"]


@pytest.mark.parametrize(
    ("avro", "expected"),
    [
        ("string", Attribute("text")),
        ("double", Attribute("number")),
        ("long", Attribute("number", bits=64)),
        ("int", Attribute("number", bits=32)),
        ("boolean", Attribute("boolean")),
        ({"type": "int", "logicalType": "date"}, Attribute("date")),
        ({"type": "long", "logicalType": "timestamp-millis"}, Attribute("datetime")),
        ({"type": "string", "attribute": "image_url"}, Attribute("image_url")),
        (GEOPOINT, Attribute("geopoint")),
        ({"type": "enum", "name": "e", "symbols": ["x", "y"]}, Attribute("one_of", symbols=("x", "y"))),
        ({"type": "array", "items": "long"}, Attribute("list", items=Attribute("number", bits=64))),
        (
            {"type": "array", "items": {"type": "string", "maxLength": 3}},
            Attribute("list", items=Attribute("text", limits=Limits(max_length=3))),
        ),
        (
            {"type": "record", "name": "o", "fields": [{"name": "x", "type": "string"}], "additional": True},
            Attribute("object", attributes={"x": Attribute("text")}, additional=True),
        ),
    ],
)
def test_the_types_of_the_design(avro: Any, expected: Attribute) -> None:
    """Each Avro type of the design's table is its attribute type."""
    assert attribute(type=avro) == expected


def test_a_field_is_mandatory_unless_it_has_a_default() -> None:
    """A default makes it optional; a union with null lets null stand."""
    assert attribute(type="long").mandatory
    assert attribute(type="long", default=3) == Attribute("number", bits=64, mandatory=False, default=3)
    assert attribute(type=["null", "long"], default=None) == Attribute(
        "number", bits=64, mandatory=False, nullable=True
    )
    assert attribute(type=["long", "null"], default=3) == Attribute(
        "number", bits=64, mandatory=False, nullable=True, default=3
    )


def test_limits_stand_on_the_field_or_on_its_type() -> None:
    """Both are read; where both say something, the field's holds."""
    read = attribute(type={"type": "string", "minLength": 1, "maxLength": 5}, maxLength=3, pattern="^a")
    assert read.limits == Limits(min_length=1, max_length=3, pattern="^a")


def test_an_image_url_may_be_marked_on_the_field() -> None:
    """``"attribute": "image_url"`` beside an optional string."""
    read = attribute(type=["null", "string"], default=None, attribute="image_url")
    assert read == Attribute("image_url", mandatory=False, nullable=True)


def test_defaults_of_dates_are_given_in_their_json_form() -> None:
    """Avro writes a date's default in days and an instant's in milliseconds; events have ISO text."""
    assert attribute(type={"type": "int", "logicalType": "date"}, default=1).default == "1970-01-02"
    instant = {"type": "long", "logicalType": "timestamp-millis"}
    assert attribute(type=instant, default=1000).default == "1970-01-01T00:00:01Z"
    assert attribute(type={"type": "array", "items": instant}, default=[0]).default == [
        "1970-01-01T00:00:00Z"
    ]


def test_a_type_defined_once_may_be_used_again() -> None:
    """A record or an enum is referred to by its name, with or without namespace."""
    document = {
        "type": "record",
        "name": "trip",
        "namespace": "travel",
        "fields": [
            {"name": "start", "type": GEOPOINT},
            {"name": "end", "type": "point"},
            {"name": "stops", "type": {"type": "array", "items": "travel.point"}},
        ],
    }
    attributes = read_record(document, Place("trip.avsc")).attributes
    assert attributes["end"] == attributes["start"] == attributes["stops"].items


SUPPORTED = (
    "string, double, long, int, boolean, int with logicalType date, long with logicalType timestamp-millis, "
    "record, array, enum, or a union of null and one of these"
)
SELF = {"type": "record", "name": "r", "fields": [{"name": "again", "type": "r"}]}
REFUSED: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "no type": ({}, "fields.a.type", SUPPORTED, "nothing"),
    "unknown type": ({"type": "strnig"}, "fields.a.type", SUPPORTED, 'text "strnig"'),
    "float": ({"type": "float"}, "fields.a.type", SUPPORTED, 'text "float"'),
    "bytes": ({"type": {"type": "bytes"}}, "fields.a.type", SUPPORTED, 'object {"type":"bytes"}'),
    "map": (
        {"type": {"type": "map", "values": "long"}},
        "fields.a.type",
        SUPPORTED,
        'object {"type":"map","values":"long"}',
    ),
    "wide union": (
        {"type": ["string", "long"]},
        "fields.a.type",
        "a union of null and one other type",
        'list ["string","long"]',
    ),
    "optional without default": (
        {"type": ["null", "string"]},
        "fields.a.default",
        "a default, since the attribute may be null",
        "nothing",
    ),
    "null default, null second": (
        {"type": ["string", "null"], "default": None},
        "fields.a.default",
        'a default for the first type of the union, text "string"',
        "null",
    ),
    "default of another type": (
        {"type": "long", "default": "3"},
        "fields.a.default",
        "whole number",
        'text "3"',
    ),
    "default outside the limits": (
        {"type": "long", "min": 1, "default": 0},
        "fields.a.default",
        "whole number of at least 1",
        "number 0",
    ),
    "limit of another type": (
        {"type": "string", "min": 1},
        "fields.a.min",
        "no limit but minLength, maxLength, pattern on a text",
        "number 1",
    ),
    "limit inside items": (
        {"type": {"type": "array", "items": {"type": "long", "pattern": "x"}}},
        "fields.a.type.items.pattern",
        "no limit but min, max on a number",
        'text "x"',
    ),
    "other logical type": (
        {"type": {"type": "long", "logicalType": "timestamp-micros"}},
        "fields.a.type.logicalType",
        "date on int, or timestamp-millis on long",
        'object {"type":"long","logicalType":"timestamp-micros"}',
    ),
    "image that is no text": (
        {"type": "long", "attribute": "image_url"},
        "fields.a.attribute",
        '"image_url", on a string',
        'text "image_url"',
    ),
    "unknown mark": (
        {"type": "string", "attribute": "picture"},
        "fields.a.attribute",
        '"image_url", on a string',
        'text "picture"',
    ),
    "enum without symbols": (
        {"type": {"type": "enum", "name": "e", "symbols": []}},
        "fields.a.type.symbols",
        "a list of names",
        "list []",
    ),
    "empty object": (
        {"type": {"type": "record", "name": "o", "fields": []}},
        "fields.a.type.fields",
        "at least one field",
        "none",
    ),
    "record that holds itself": (
        {"type": SELF},
        "fields.a.type.name",
        "a record that does not hold itself",
        'text "r"',
    ),
    "fields that are none": (
        {"type": {"type": "record", "name": "o", "fields": {}}},
        "fields.a.type.fields",
        "a list of fields",
        "object {}",
    ),
    "additional not a boolean": (
        {"type": {"type": "record", "name": "o", "fields": [], "additional": "yes"}},
        "fields.a.type.additional",
        "true or false",
        'text "yes"',
    ),
    "doc not a text": ({"type": "long", "doc": 5}, "fields.a.doc", "text", "number 5"),
}


@pytest.mark.parametrize(("field", "path", "expected", "found"), REFUSED.values(), ids=REFUSED)
def test_what_a_definition_may_not_say(field: dict[str, Any], path: str, expected: str, found: str) -> None:
    """It is refused with file, path, expectation and finding."""
    with pytest.raises(SchemaError) as caught:
        attribute(**field)
    assert caught.value.faults == (("r.avsc", path, expected, found),)


@pytest.mark.parametrize(
    ("fields", "path", "expected", "found"),
    [
        ("x", "fields", "a list of fields", 'text "x"'),
        ([5], "fields[0]", "a field with name and type", "number 5"),
        ([{"type": "long"}], "fields[0].name", "a name of letters, digits and _", "null"),
        (
            [{"name": "a-b", "type": "long"}],
            "fields[0].name",
            "a name of letters, digits and _",
            'text "a-b"',
        ),
        (
            [{"name": "a", "type": "long"}, {"name": "a", "type": "long"}],
            "fields[1].name",
            "a name that no other field has",
            'text "a"',
        ),
    ],
)
def test_fields_that_are_none(fields: Any, path: str, expected: str, found: str) -> None:
    """A field needs a legal name of its own."""
    with pytest.raises(SchemaError) as caught:
        read_record({"type": "record", "name": "r", "fields": fields}, Place("r.avsc"))
    assert caught.value.faults == (("r.avsc", path, expected, found),)


def test_all_fields_are_read_before_refusing() -> None:
    """Every field that is wrong is told, not the first alone."""
    fields = [{"name": "a", "type": "x"}, {"name": "b", "type": "long"}, {"name": "c", "type": "y"}]
    with pytest.raises(SchemaError) as caught:
        read_record({"type": "record", "name": "r", "fields": fields}, Place("r.avsc"))
    assert [fault.path for fault in caught.value.faults] == ["fields.a.type", "fields.c.type"]


def test_the_carrier_of_additional_attributes_is_reserved() -> None:
    """An attribute may not take the name under which others travel in Avro."""
    document = {
        "type": "record",
        "name": "r",
        "additional": True,
        "fields": [{"name": "_additional", "type": "long"}],
    }
    with pytest.raises(SchemaError, match="another name: this one carries additional attributes"):
        read_record(document, Place("r.avsc"))
