"""Avro schemas as data."""

from typing import Any

import pytest

from schemas.avro_schemas import named_types, single_branch, without_logical_types

INNER: dict[str, Any] = {
    "type": "record",
    "name": "inner",
    "fields": [{"name": "d", "type": ["null", {"type": "int", "logicalType": "date"}], "default": None}],
}
ENUM = {"type": "enum", "name": "e", "symbols": ["a"]}
OUTER = {
    "type": "record",
    "name": "outer",
    "namespace": "n",
    "fields": [
        {"name": "i", "type": {"type": "array", "items": INNER}},
        {"name": "e", "type": ["null", ENUM], "default": None},
    ],
}


def test_named_types_are_found_at_every_depth() -> None:
    """By their names, with and without the namespace that they inherit."""
    assert named_types(OUTER) == {
        "outer": OUTER,
        "n.outer": OUTER,
        "inner": INNER,
        "n.inner": INNER,
        "e": ENUM,
        "n.e": ENUM,
    }


@pytest.mark.parametrize(
    "schema", [None, 5, [1], {"type": "record", "fields": 5}, {"type": "record", "name": 1}]
)
def test_a_wrong_schema_is_no_obstacle(schema: Any) -> None:
    """What is wrong is told by others."""
    assert named_types(schema) == {}


def test_logical_types_are_taken_away() -> None:
    """At every depth, and nothing else is."""
    plain = without_logical_types(OUTER)
    assert plain["fields"][0]["type"]["items"]["fields"][0]["type"] == ["null", {"type": "int"}]
    assert plain["fields"][1] == OUTER["fields"][1]
    assert INNER["fields"][0]["type"][1]["logicalType"] == "date"


def test_unions_of_null_and_one_type() -> None:
    """The type and its index; other unions are not used here."""
    assert single_branch(["null", "long"]) == ("long", 1)
    assert single_branch(["long", "null"]) == ("long", 0)
    for union in (["null"], ["long", "string"], ["null", "long", "string"]):
        with pytest.raises(ValueError, match="only unions of null and one other type"):
            single_branch(union)
