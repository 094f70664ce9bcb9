"""What the page says of the operators of validation rules, cell by cell."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from streams.domain.faults import Place
from streams.domain.instants import Instant, parse_instant
from streams.domain.operators import OPERATORS
from streams.domain.rule_expressions import write_rule
from streams.domain.rules import ANY_EVENT, Context, compile_rule
from tests.corpus.cases import PlainLoader
from tests.domain.writing import event, facts

PAGE = Path("topology/definitions/REACTIONS.md").read_text("utf-8")
NOON = parse_instant("2026-04-01T12:00:00Z")
VOUCHERIFY = re.findall(
    r"\$\w+",
    """$is $is_not $in $not_in $less_than $less_than_or_equal $more_than $more_than_or_equal $starts_with $ends_with
    $contains $timeframe $timeframe_absolute $timeframe_daily_hours $dow $count $count_more $count_less $not_differ
    $not_intersect $from $after $before $more_than_ago $less_than_ago $is_days_ago $more_than_future $less_than_future
    $is_days_in_future""",
)
"""Those of the vendor's schema of a validation rule."""
OTHER_TYPES: dict[str, list[object]] = {
    "text": [5, True, ["a"], {"a": 1}],
    "number": ["4", True, ["a"], [4], {"a": 1}],
    "text, number, boolean": [["a"], {"a": 1}],
    "a part of a text, an element of a list": [5, True, {"a": 1}],
    "the number of elements of a list": ["ab", 2, True, {"a": 1}],
    "a list; a single value is a list of one": [{"a": 1}],
    "date, datetime": ["soon", 20260401, True, ["2026-04-01"], {"a": 1}],
    "geopoint": ["here", 52.23, ["52.23,21.01"], {"lat": "north"}],
    "anything": [],
}
"""Values of another type than each that the page names, chosen so that a lenient reading would take them."""


class Row(NamedTuple):
    """One operator in the table of the page."""

    operator: str
    operand: Any
    speaks_of: str
    matching: list[Any]
    others: list[Any]
    missing: bool
    other_type: bool


def table(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    _, _, below = PAGE.partition(f"### {heading}\n")
    lines = re.findall(r"(?m)^\|.*\|$", below[: below.find("\n### ")])
    return [[cell.strip() for cell in line[1:-1].split(" | ")] for line in lines[2:]]


def values(cell: str) -> list[Any]:
    """The values in backquotes of a cell."""
    return [json.loads(value) for value in re.findall(r"`(.*?)`", cell)]


def row(cells: list[str]) -> Row:
    """A row with its cells read."""
    operator, operand, speaks_of, matching, others, missing, other_type = cells
    return Row(
        operator.strip("`"),
        yaml.load(operand.strip("`"), PlainLoader),  # noqa: S506  a safe loader
        speaks_of,
        values(matching),
        values(others),
        missing == "yes",
        other_type == "yes",
    )


ROWS = [row(cells) for cells in table("Operators of rules")]
TIMED = [
    (cells[0].strip("`"), json.loads(cells[1].strip("`")), *cells[2:])
    for cells in table("Operators of the clock")
]
EACH = pytest.mark.parametrize("row", ROWS, ids=lambda one: f"{one.operator}-{one.speaks_of}")


def answers(operator: str, operand: object, value: object, now: Instant = NOON) -> set[bool]:
    """What the operator says of a value of the customer's metadata, and of the event's."""
    names = ("customer.metadata", "custom_event.metadata")
    found = set[bool]()
    for name in names:
        place = Place("validation_rule", "r", (), [])
        body = {"1": {"name": name, "property": "x", "conditions": {operator: operand}}}
        rule = compile_rule(place, body, Context((), ANY_EVENT))
        assert rule is not None, place.noted
        given = {"x": value}
        found.add(rule.holds(facts(profile={"metadata": given}, of=event(metadata=given), now=now)))
    return found


def test_every_operator_is_on_the_page() -> None:
    """The page tells of all operators that Voucherify lists, and of every other that there is."""
    told = {one.operator for one in ROWS} | {operator for operator, *_ in TIMED}
    assert told == set(OPERATORS)
    assert told >= set(VOUCHERIFY)


@EACH
def test_what_the_page_says_it_holds_for(row: Row) -> None:
    """Each operator holds for the values in its row of the page, and not for those beside, whoever has them."""
    assert [answers(row.operator, row.operand, value) for value in row.matching] == [{True}] * len(
        row.matching
    )
    assert [answers(row.operator, row.operand, value) for value in row.others] == [{False}] * len(row.others)
    assert row.matching or row.others


@EACH
def test_what_the_page_says_of_missing_values(row: Row) -> None:
    """A value that is missing, or null, answers as the page says."""
    assert answers(row.operator, row.operand, None) == {row.missing}
    body = {"1": {"name": "customer.metadata", "property": "x", "conditions": {row.operator: row.operand}}}
    rule = compile_rule(Place("validation_rule", "r", (), []), body, Context((), None))
    assert rule is not None
    profiles: list[dict[str, Any]] = [{}, {"metadata": {}}, {"metadata": None}]
    for profile in profiles:
        assert rule.holds(facts(profile=profile, now=NOON)) is row.missing


@EACH
def test_what_the_page_says_of_other_types(row: Row) -> None:
    """A value of another type than the operator speaks of answers as the page says."""
    for value in OTHER_TYPES[row.speaks_of]:
        assert answers(row.operator, row.operand, value) == {row.other_type}, value


@pytest.mark.parametrize(("operator", "operand", "holds_at", "not_at"), TIMED)
def test_what_the_page_says_of_the_clock(operator: str, operand: object, holds_at: str, not_at: str) -> None:
    """An operator of the clock holds at the instants of its row and not at those beside, whatever the value is."""
    for value in (None, "2026-01-01", 5):
        for cell, expected in ((holds_at, True), (not_at, False)):
            for instant in cell.split(", "):
                assert answers(operator, operand, value, parse_instant(instant)) == {expected}, instant


def test_the_two_forms_at_the_top_of_the_page_are_one() -> None:
    """The rule that the page shows first in its JSON form, then as an expression, is the same."""
    section = PAGE[PAGE.index("## Validation rules") :]
    blocks = re.findall(r"(?:(?<=\n\n)|^)((?: {4}.*\n)+)", section)
    first, second = (yaml.load(block, PlainLoader) for block in blocks[:2])  # noqa: S506  a safe loader
    assert write_rule(first) == second["validation_rule"]
