"""One event definition."""

from typing import Any

import pytest

from schemas.attributes import Attribute
from schemas.definitions import attributes_of, read_definition
from schemas.errors import SchemaError


def test_a_definition_is_read() -> None:
    """Name, attributes, doc and the document itself."""
    document = {"type": "record", "name": "e", "doc": "An e.", "fields": [{"name": "a", "type": "long"}]}
    definition = read_definition(document, "e.avsc")
    assert (definition.name, definition.doc, definition.additional) == ("e", "An e.", False)
    assert definition.attributes == {"a": Attribute("number", bits=64)}
    assert definition.document is document
    assert attributes_of(definition) == Attribute("object", attributes=definition.attributes)


def test_a_definition_tells_its_owner_and_shows_an_example() -> None:
    """The example is kept as written."""
    document = {
        "type": "record",
        "name": "e",
        "owner": "shop",
        "example": {"a": 1},
        "fields": [{"name": "a", "type": "double"}, {"name": "b", "type": "long", "default": 0}],
    }
    definition = read_definition(document, "e.avsc")
    assert (definition.owner, definition.example) == ("shop", {"a": 1})


def test_an_example_is_held_to_its_own_definition() -> None:
    """Every fault with its path, as an event would be told."""
    items = {"type": "array", "items": {"type": "long", "max": 9}}
    document = {
        "type": "record",
        "name": "e",
        "example": {"a": 7, "c": [1, 10]},
        "fields": [
            {"name": "a", "type": "long", "max": 5},
            {"name": "b", "type": "string"},
            {"name": "c", "type": items},
        ],
    }
    with pytest.raises(SchemaError) as caught:
        read_definition(document, "e.avsc")
    assert str(caught.value).splitlines() == [
        "e.avsc at example.a: expected whole number of at most 5, found number 7",
        "e.avsc at example.b: expected text, found nothing",
        "e.avsc at example.c[1]: expected whole number of at most 9, found number 10",
    ]


@pytest.mark.parametrize("name", ["double", "string", "null", "bytes", "shop.long"])
def test_a_record_is_not_called_like_a_type_of_avro(name: str) -> None:
    """Such a name would stand for the type wherever it is used, and for the record nowhere."""
    fields, choice = [{"name": "a", "type": "double"}], {"type": "enum", "symbols": ["x"]}
    for document in (
        {"type": "record", "name": name, "fields": fields},
        {"type": "record", "name": "e", "fields": [{"name": "a", "type": {**choice, "name": name}}]},
    ):
        with pytest.raises(SchemaError) as caught:
            read_definition(document, "e.avsc")
        assert caught.value.path.endswith("name")
        assert caught.value.expected.startswith(
            "a name that is not a type of Avro's own (null, boolean, int,"
        )


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        ({"owner": 5}, "owner", "text, such as the name of a team"),
        ({"owner": ""}, "owner", "text, such as the name of a team"),
        ({"example": [1]}, "example", "object"),
        ({"exmaple": {}}, "exmaple", "example as the name of this property"),
        ({"aditional": True}, "aditional", "additional as the name of this property"),
        ({"name": "a.b-c"}, "name", "a name of letters, digits and _, with dots for namespaces"),
        ({"name": None}, "name", "a name of letters, digits and _, with dots for namespaces"),
        ({"namespace": "a..b"}, "namespace", "a name of letters, digits and _, with dots for namespaces"),
        ({"event": ""}, "event", "a name of 1 to 300 printable characters"),
        ({"event": "a\nb"}, "event", "a name of 1 to 300 printable characters"),
        ({"event": "x" * 301}, "event", "a name of 1 to 300 printable characters"),
        ({"fields": None}, "fields", "a list of fields"),
        ({"additional": 1}, "additional", "true or false"),
        (
            {"fields": [{"name": "a", "type": {"type": "enum", "name": "e1", "symbols": ["a b"]}}]},
            "",
            "a schema that Avro accepts",
        ),
    ],
)
def test_what_is_no_definition(change: dict[str, Any], path: str, expected: str) -> None:
    """Our own rules are told with their place; Avro's rules in Avro's words."""
    with pytest.raises(SchemaError) as caught:
        read_definition({"type": "record", "name": "e", "fields": [], **change}, "e.avsc")
    assert (caught.value.path, caught.value.expected) == (path, expected)
