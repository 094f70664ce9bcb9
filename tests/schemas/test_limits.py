"""Limits as a definition writes them."""

from typing import Any

import pytest

from schemas.attributes import Limits
from schemas.errors import Place, SchemaError
from schemas.limits import compile_pattern, merged, read_limits

PLACE = Place("f.avsc", "fields.a")


def test_limits_are_read_by_their_names() -> None:
    """Other properties of a field are no limits."""
    assert read_limits({"min": 1, "max": 2.5, "doc": "x"}, "number", PLACE) == Limits(minimum=1, maximum=2.5)
    assert read_limits({"minLength": 0, "maxLength": 9, "pattern": "^a"}, "text", PLACE) == Limits(
        min_length=0, max_length=9, pattern="^a"
    )
    assert read_limits({"minLength": 1}, "list", PLACE) == Limits(min_length=1)
    assert read_limits({"name": "x"}, "boolean", PLACE) == Limits()


@pytest.mark.parametrize(
    ("kind", "properties", "path", "expected", "found"),
    [
        ("number", {"min": "1"}, "min", "a number", 'text "1"'),
        ("number", {"min": True}, "min", "a number", "boolean true"),
        ("number", {"max": float("nan")}, "max", "a number", "number null"),
        ("number", {"min": 5, "max": 4}, "max", "at least the lower limit, 5", "4"),
        ("number", {"maxLength": 4}, "maxLength", "no limit but min, max on a number", "number 4"),
        ("number", {"minimum": 4}, "minimum", "min as the name of this limit", "minimum"),
        ("text", {"min_length": 4}, "min_length", "minLength as the name of this limit", "min_length"),
        ("text", {"minLength": -1}, "minLength", "a whole number of at least 0", "number -1"),
        ("text", {"maxLength": 1.5}, "maxLength", "a whole number of at least 0", "number 1.5"),
        ("text", {"minLength": 2, "maxLength": 1}, "maxLength", "at least the lower limit, 2", "1"),
        ("text", {"pattern": 5}, "pattern", "a regular expression", "number 5"),
        (
            "text",
            {"pattern": "("},
            "pattern",
            "a regular expression of RE2",
            'text "(": missing ): (',
        ),
        (
            "text",
            {"pattern": "(?=a)"},
            "pattern",
            "a regular expression of RE2",
            'text "(?=a)": invalid perl operator: (?=',
        ),
        ("boolean", {"min": 0}, "min", "no limit on a boolean", "number 0"),
        ("date", {"min": "2026-01-01"}, "min", "no limit on a date", 'text "2026-01-01"'),
    ],
)
def test_bad_limits_are_refused(
    kind: Any, properties: dict[str, Any], path: str, expected: str, found: str
) -> None:
    """What is no limit, does not fit the type, could never hold, or is misspelt."""
    with pytest.raises(SchemaError) as caught:
        read_limits(properties, kind, PLACE)
    assert caught.value.faults == (("f.avsc", f"fields.a.{path}", expected, found),)


def test_the_outer_limits_come_first() -> None:
    """What the outer leave open, the inner decide; 0 is a limit and not open."""
    assert merged(Limits(minimum=0), Limits(minimum=5, maximum=9)) == Limits(minimum=0, maximum=9)


def test_no_text_makes_a_pattern_slow() -> None:
    """A pattern that would keep a backtracking matcher busy for longer than anybody lives answers at once."""
    search = compile_pattern("^(a+)+$")
    assert search("a" * 10_000 + "!") is None
    assert search("a" * 10_000)


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("minLenght", "minLength"), ("maxlength", "maxLength"), ("patern", "pattern"), ("defualt", "default")],
)
def test_a_property_that_would_silently_do_nothing_is_met_with_the_right_name(wrong: str, meant: str) -> None:
    """Avro ignores what it does not know, and so would a limit be that nobody misses."""
    with pytest.raises(SchemaError) as caught:
        read_limits({"name": "a", "type": "string", wrong: 1}, "text", PLACE)
    assert (caught.value.path, caught.value.expected) == (
        f"fields.a.{wrong}",
        f"{meant} as the name of this property",
    )


@pytest.mark.parametrize("other", ["pii", "order", "aliases", "unit", "deprecated", "since"])
def test_properties_of_other_tools_are_left_alone(other: str) -> None:
    """They mean something to somebody else."""
    assert read_limits({"name": "a", "type": "string", other: 1}, "text", PLACE) == Limits()
