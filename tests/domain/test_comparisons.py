from typing import Any

import pytest

from streams.domain.comparisons import (
    Subject,
    comparisons_at,
    predicate_of,
)
from streams.domain.definitions import AttributeType
from streams.domain.faults import Place
from tests.domain.writing import facts


def answer(operator: str, operand: object, value: object, kind: AttributeType | None = None) -> bool:
    """What an operator says of a value."""
    place = Place("segment", "s", (), [])
    found = comparisons_at(place, {"conditions": {operator: operand}}, Subject(kind))
    assert found is not None, place.noted
    return predicate_of(lambda _: value, found)(facts())


@pytest.mark.parametrize(
    ("operator", "operand", "matching", "others"),
    [
        ("$is", ["Gold"], ["Gold"], ["gold", "Golden", 1, True]),
        ("$is", "Gold", ["Gold"], ["Silver"]),
        ("$is", [5], [5, 5.0], ["5", 6, True]),
        ("$is", ["5"], [5, "5"], [6, "5.0"]),
        ("$is", [True], [True], [1, "true", False]),
        ("$is", [1], [1], [True]),
        ("$in", ["a", 2], ["a", 2, 2.0], ["b", 3]),
        ("$is_not", ["Gold"], ["Silver", 5, ""], ["Gold"]),
        ("$not_in", ["a", "b"], ["c", False], ["a", "b"]),
        ("$more_than", [3], [3.1, 4], [3, 2]),
        ("$more_than_or_equal", ["3"], [3, 4], [2.9]),
        ("$less_than", [3], [2, -1.5], [3, 4]),
        ("$less_than_equal", [3], [3], [3.01]),
        ("$between", [2, 4], [2, 3.3, 4], [1, 5]),
        ("$starts_with", ["ab", "x"], ["abc", "x"], ["bab"]),
        ("$ends_with", ["@acme.com"], ["ann@acme.com"], ["ann@acme.org"]),
        ("$contains", ["ell"], ["hello", ["ell"]], ["hallo", ["hello"]]),
        ("$contains", [3], [[1, 3]], [[1, 2], "3", 3]),
        ("$not_contain", ["ell"], ["hallo", ["hello"]], ["hello", ["ell"]]),
        (
            "$after",
            ["2026-01-01"],
            ["2026-01-01T00:00:01Z", "2026-01-02"],
            ["2026-01-01", "2025-12-31T23:59:59Z"],
        ),
        ("$before", ["2026-01-01T00:00:00Z"], ["2025-12-31"], ["2026-01-01T00:00:00+00:00", "2026-01-02"]),
        ("$count", [2], [["a", "b"]], [["a"], "ab"]),
        ("$count_more", [1], [["a", "b"]], [["a"]]),
        ("$count_less", [1], [[]], [["a"]]),
        ("$has_value", [True], ["", 0, False, []], []),
        ("$is_unknown", True, [], ["", 0, False]),
    ],
)
def test_what_each_operator_says(
    operator: str, operand: object, matching: list[Any], others: list[Any]
) -> None:
    """Each operator matches the values that it should, and no others."""
    assert [value for value in [*matching, *others] if answer(operator, operand, value)] == matching


NEGATIVE = {"$is_not", "$not_in", "$not_contain"}


@pytest.mark.parametrize(
    ("operator", "operand"),
    [
        ("$is", ["a"]),
        ("$in", ["a"]),
        ("$is_not", ["a"]),
        ("$not_in", ["a"]),
        ("$more_than", [1]),
        ("$more_than_or_equal", [1]),
        ("$less_than", [1]),
        ("$less_than_or_equal", [1]),
        ("$between", [0, 1]),
        ("$starts_with", ["a"]),
        ("$ends_with", ["a"]),
        ("$contains", ["a"]),
        ("$not_contain", ["a"]),
        ("$after", ["2026-01-01"]),
        ("$before", ["2026-01-01"]),
        ("$count", [0]),
        ("$count_more", [0]),
        ("$count_less", [9]),
    ],
)
def test_missing_and_wrongly_typed(operator: str, operand: object) -> None:
    """What is missing, null or of another type matches the negative operators only."""
    for value in (None, {"a": 1}, True):
        assert answer(operator, operand, value) is (operator in NEGATIVE), value


def test_presence() -> None:
    """Null is no value."""
    assert answer("$is_unknown", [True], None)
    assert not answer("$has_value", [True], None)


@pytest.mark.parametrize(
    ("kind", "operator", "operand", "value"),
    [
        ("date", "$is", ["2026-01-01T00:00:00Z"], "2026-01-01"),
        ("datetime", "$in", ["2026-01-01T01:00:00+01:00"], "2026-01-01T00:00:00Z"),
        ("number", "$is", ["5"], 5.0),
        ("boolean", "$is", ["true"], True),
        ("list", "$contains", ["a"], ["a", "b"]),
        ("one_of", "$is_not", ["a"], "b"),
        ("text", "$contains", ["ell", "x"], "hello"),
        ("text", "$not_contain", ["x"], "hello"),
        ("text", "$not_contain", ["x"], None),
    ],
)
def test_a_known_type_is_understood(
    kind: AttributeType, operator: str, operand: object, value: object
) -> None:
    """Where the type is known, what is written is read as that type."""
    assert answer(operator, operand, value, kind)


@pytest.mark.parametrize(
    ("kind", "operator", "operand"),
    [
        ("number", "$starts_with", ["a"]),
        ("number", "$is", ["five"]),
        ("number", "$more_than", [1, 2]),
        ("number", "$between", [2, 1]),
        ("text", "$more_than", [1]),
        ("text", "$is", [5]),
        ("boolean", "$is", ["maybe"]),
        ("date", "$after", ["soon"]),
        ("datetime", "$is", ["soon"]),
        ("geopoint", "$is", ["1,2"]),
        ("object", "$contains", ["a"]),
        ("list", "$is", ["a"]),
        ("text", "$is_days_ago", [1]),
        ("number", "$next_month", [True]),
        ("date", "$in_location", [{"lat": 1, "lon": 2, "radius_km": 3}]),
        (None, "$is", []),
        (None, "$is", [None]),
        (None, "$is", [{"a": 1}]),
        (None, "$has_value", [False]),
        (None, "$has_value", [1]),
        (None, "$count", [1.5]),
        (None, "$starts_with", [1]),
        (None, "$contains", [None]),
        (None, "$regex", ["a"]),
    ],
)
def test_what_makes_no_sense_is_refused(kind: AttributeType | None, operator: str, operand: object) -> None:
    """An operator that the type does not understand, or a value that it cannot have, is a fault."""
    place = Place("segment", "s", (), [])
    assert comparisons_at(place, {"conditions": {operator: operand}}, Subject(kind)) is None
    assert {fault.path for fault in place.noted} == {("conditions", operator)}


def test_hints_for_names_from_elsewhere() -> None:
    """Who writes another system's operator is told ours."""
    place = Place("segment", "s", (), [])
    comparisons_at(place, {"conditions": {"$gte": [5], "gte": [5]}}, Subject("number"))
    assert [(fault.found, fault.hint) for fault in place.noted] == [
        ('"$gte"', "use $more_than_or_equal"),
        ('"gte"', "use $more_than_or_equal"),
    ]


@pytest.mark.parametrize(
    ("kind", "operator", "hint"),
    [
        ("text", "$count", "it speaks of lists"),
        ("text", "$more_than", "it speaks of numbers"),
        ("number", "$starts_with", "it speaks of text"),
        ("number", "is_days_ago", "it speaks of dates"),
        ("boolean", "$dow", "it speaks of the clock, in validation rules"),
        ("text", "$starts_wiht", "did you mean $starts_with?"),
    ],
)
def test_hints_for_operators_of_other_types(kind: AttributeType, operator: str, hint: str) -> None:
    """Who uses an operator on a value that it does not speak of is told of what it speaks, not what looks alike."""
    place = Place("segment", "s", (), [])
    comparisons_at(place, {"conditions": {operator: [1]}}, Subject(kind))
    assert [fault.hint for fault in place.noted] == [hint]
