"""JSON with the place of every part."""

import pytest

from streams.engine.errors import ConfigurationError
from topology.definitions.json_source import read_json


def test_values_are_those_of_the_standard_library() -> None:
    """Escapes, surrogate pairs, numbers and tabs, which YAML would refuse."""
    document = read_json('{"a": [1, -2.5e3, true, null],\n\t"b": "\\ud83d\\ude00 \\" { }"}', "f.json")
    assert document.value == {"a": [1, -2500.0, True, None], "b": '😀 " { }'}


def test_every_part_has_its_line_and_column() -> None:
    """Brackets and quotes inside a text do not disturb the count."""
    document = read_json('{"a": "{[\\"",\n "b": {\n  "c": [10,\n   20]}}', "f.json")
    found = {path: (place.line, place.column) for path, place in document.places.items()}
    assert found == {
        (): (1, 1),
        ("a",): (1, 7),
        ("b",): (2, 2),
        ("b", "c"): (3, 3),
        ("b", "c", 0): (3, 9),
        ("b", "c", 1): (4, 4),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.json:1:1: not JSON: Expecting value"),
        ('{"a": 1,\n}', "f.json:"),
        ('{"a": 1,\n "a": 2}', "f.json:2:2: expected each key once, found 'a' a second time"),
        ('{"a": NaN}', "f.json:1:1: not JSON: NaN is no JSON number"),
        ('{"a": 1e999}', "f.json:1:7: expected a number that JSON can write, found inf"),
        ("[" * 100_000, "f.json:1:1: not JSON: "),
        ("[" * 65 + "]" * 65, "f.json:1:65: expected at most 64 levels of nesting, found more"),
        ("9" * 5_000, "f.json:1:1: not JSON: "),
    ],
)
def test_what_is_not_json_is_refused_at_its_place(text: str, message: str) -> None:
    """File, line and column of the mistake."""
    with pytest.raises(ConfigurationError) as refusal:
        read_json(text, "f.json")
    assert str(refusal.value).startswith(message)
