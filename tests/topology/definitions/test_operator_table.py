"""The table of operators that the users read: each operator answers as it says there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from streams.domain.operators import OPERATORS
from streams.domain.timeframes import TIMED
from tests.domain.test_filters import read
from tests.domain.writing import facts
from topology import definitions

PAGE = Path(definitions.__file__).with_name("README.md")
NOW = 1_795_435_200_000
"""23 November 2026, noon."""

OF_DATES = ("$is", "$in", "$is_not", "$not_in", "$from")
"""Operators that take a date where dates are compared."""

OPERANDS: Mapping[str, Any] = {
    "$between": [1, 2],
    "$in_location": [{"lat": 0, "lon": 0, "radius_km": 1}],
    "$after": ["2026-01-01"],
    "$before": ["2026-01-01"],
    "$next_month": [True],
    "$has_value": [True],
    "$is_unknown": [True],
} | {operator: ["a"] for operator in ("$starts_with", "$ends_with", "$contains", "$not_contain")}
"""Values that an operator takes; 1 for any other."""

VALUES: Mapping[str, Any] = {
    "text": "a", "number": 1, "boolean": True, "list": ["b"], "geopoint": {"lat": 0, "lon": 0}, "object": {"a": 1},
    "date": "2026-11-23", "datetime": "2026-11-23T12:00:00Z",
}  # fmt: skip


class Row(NamedTuple):
    """One operator as the table has it."""

    operator: str
    speaks_of: str
    missing: str
    other_type: str


def rows() -> list[Row]:
    """The table, a row for each operator."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("| operator | speaks of"))
    found: list[Row] = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        operators, *rest = (cell.strip() for cell in line.strip("|").split("|"))
        found += [Row(operator.strip("`"), *rest) for operator in operators.split()]
    return found


ROWS = rows()


def answer(operator: str, profile: Mapping[str, Any], field: str = "metadata.value") -> bool:
    """What the compiled filter says of a profile."""
    operand = OPERANDS.get(operator, ["2026-01-01" if field == "birthdate" and operator in OF_DATES else 1])
    holds = read({field: {"conditions": {operator: operand}}}).holds
    return holds(facts(profile=profile, now=NOW))


def of_other_types(row: Row) -> list[Any]:
    """Values of which the operator does not speak."""
    if row.speaks_of == "anything":
        return list(VALUES.values())
    spoken = row.speaks_of.split(";")[0].removeprefix("the number of ")
    dates = ("date", "datetime") if "text" in spoken else ()  # they are written as text
    return [value for kind, value in VALUES.items() if kind not in spoken and kind not in dates]


def test_every_operator_stands_in_the_table() -> None:
    """Once, by the one name that is used inside; those of the clock are for validation rules alone."""
    assert sorted(row.operator for row in ROWS) == sorted(set(OPERATORS) - TIMED.keys())


@pytest.mark.parametrize("row", ROWS, ids=[row.operator for row in ROWS])
def test_a_value_that_is_missing(row: Row) -> None:
    """Not there at all, or null."""
    expected = {"no": False, "yes": True}[row.missing]
    profiles: list[dict[str, Any]] = [{}, {"metadata": {}}, {"metadata": {"value": None}}]
    assert [answer(row.operator, profile) for profile in profiles] == [expected] * 3
    if "date" in row.speaks_of:
        assert answer(row.operator, {}, "birthdate") is expected


@pytest.mark.parametrize("row", ROWS, ids=[row.operator for row in ROWS])
def test_a_value_of_another_type(row: Row) -> None:
    """Any value that the operator does not speak of."""
    expected = {"no": False, "yes": True}[row.other_type]
    others = of_other_types(row)
    assert len(others) >= 2
    for value in others:
        assert answer(row.operator, {"metadata": {"value": value}}) is expected, value
    if "date" in row.speaks_of:
        for value in (5, "soon", True, ["2026-11-23"]):
            assert answer(row.operator, {"birthdate": value}, "birthdate") is expected, value
