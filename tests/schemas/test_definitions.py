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


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
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
