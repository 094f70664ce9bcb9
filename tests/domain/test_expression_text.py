import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.domain.expression_text import write_expression
from streams.domain.expressions import parse_expression

PAGE = Path("topology/definitions/README.md").read_text("utf-8")
_, _, EXPRESSIONS = PAGE.partition("## Expressions")
A, B, C = ({name: {"conditions": {"$has_value": [True]}}} for name in "abc")


def blocks(text: str) -> list[str]:
    """The indented blocks of a page, their indent taken away."""
    return [re.sub(r"(?m)^    ", "", block) for block in re.findall(r"(?m)(?:^    .*\n)+", text)]


@pytest.mark.parametrize(
    ("key", "operators", "text"),
    [
        ("events.visit.count", {"$more_than": [1]}, "count(visit) > 1"),
        ("events.visit.last_occurred", {"$less_than_or_equal": 3}, "last(visit) <= 3"),
        (
            "events.customer.segment.entered.first_occurred",
            {"$is": [0]},
            "first(customer.segment.entered) = 0",
        ),
        ("events.visit.count", {"$between": ["3", 9.0]}, "count(visit) between 3 and 9"),
        ("events.a b.count", {"$is_not": ["007"]}, "count(`a b`) != 7"),
        ("events.`.count", {"$greater_than_equal": ["1"]}, "count(````) >= 1"),
        ("email", {"$is": "x"}, 'email = "x"'),
        ("email", {"$is": ["x", "y"]}, 'email in ("x", "y")'),
        ("email", {"$is_not": ["x"]}, 'email != "x"'),
        ("email", {"$is_not": ["x", "y"]}, 'email not in ("x", "y")'),
        ("email", {"$in": ["x"]}, 'email in ("x")'),
        ("segments", {"$not_in": ["a", "b"]}, 'segment not in ("a", "b")'),
        ("segments", {"$is": ["a"]}, 'segment = "a"'),
        ("name", {"$starts_with": ["A", "B"]}, 'name starts_with ("A", "B")'),
        ("name", {"$contains": ['"\\\n é']}, 'name contains "\\"\\\\\\n é"'),
        ("metadata.a b", {"$is": [True]}, "`metadata.a b` = true"),
        ("metadata.n", {"$is": ["1"]}, 'metadata.n = "1"'),
        ("metadata.n", {"$is": [1.5]}, "metadata.n = 1.5"),
        ("metadata.n", {"$greater_than": ["1.50"]}, "metadata.n > 1.5"),
        ("metadata.n", {"$less_than_equal": [1e300]}, "metadata.n <= 1e+300"),
        ("metadata.n", {"$not_contains": [2, "2"]}, 'metadata.n not_contain (2, "2")'),
        ("metadata.n", {"$count_more": ["2"]}, "metadata.n count_more 2"),
        ("metadata.n", {"$has_value": True}, "metadata.n has_value"),
        ("metadata.n", {"$is_unknown": []}, "metadata.n is_unknown"),
        ("birthdate", {"$next_month": [True]}, "birthdate next_month"),
        ("created_at", {"$is_days_ago": ["3"]}, "created_at is_days_ago 3"),
        ("created_at", {"$before": ["2026-11-20"]}, 'created_at before "2026-11-20"'),
        (
            "metadata.h",
            {"$in_location": [{"lat": 1.5, "lon": 2}]},
            'metadata.h in_location {"lat": 1.5, "lon": 2}',
        ),
        ("metadata.n", {"$more_than": [1], "$less_than": [5]}, "metadata.n > 1 and metadata.n < 5"),
    ],
)
def test_a_condition(key: str, operators: dict[str, Any], text: str) -> None:
    """Each condition has one text, however it is spelled in the JSON form; reading the text gives the same text."""
    assert write_expression({key: {"conditions": operators}}) == text
    assert write_expression(parse_expression(text)) == text


def test_a_window() -> None:
    """The window of a count stands with its event."""
    body = {"events.a b.count": {"conditions": {"$more_than": [2]}, "within": "P30D"}}
    assert write_expression(body) == "count(`a b`, within P30D) > 2"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({**A, **B}, "a and b"),
        ({"junction": "or", **A, **B}, "a or b"),
        ({"junction": "or", **A}, "a"),
        ({"not": True, **A}, "not (a)"),
        ({"not": True, "junction": "or", **A, **B}, "not (a or b)"),
        ({"groups": [{**A, "groups": [B]}, C]}, "a and b and c"),
        ({"junction": "or", "groups": [{**A, **B}, C]}, "c or (a and b)"),
        ({**A, "groups": [{"junction": "or", **B, **C}]}, "a and (b or c)"),
        ({**A, "groups": [{"not": True, **B, **C}]}, "a and not (b and c)"),
        ({"not": True, "groups": [{"not": True, **A}]}, "a"),
        ({"not": False, "groups": [{"not": True, "groups": [{"not": True, **A, **B}]}]}, "a and b"),
        ({"calendar": "Europe/Warsaw", **A}, 'in calendar "Europe/Warsaw" (a)'),
        ({"calendar": "UTC", "not": True, "junction": "or", **A, **B}, 'not in calendar "UTC" (a or b)'),
        (
            {"junction": "or", **A, "groups": [{"calendar": "UTC", **B, **C}]},
            'a or in calendar "UTC" (b and c)',
        ),
        ({"groups": ["a has_value or b has_value", C]}, "c and (a or b)"),
    ],
)
def test_joining(body: dict[str, Any], text: str) -> None:
    """Brackets stand where they are needed, and where they spare the reader to know what binds closer."""
    assert write_expression(body).replace(" has_value", "") == text


def test_the_two_forms_at_the_top_of_the_page_are_one() -> None:
    """The filter that the page shows first in its JSON form, then as an expression, is the same."""
    definition, shorthand = (yaml.safe_load(block) for block in blocks(PAGE)[:2])
    assert (
        write_expression(definition["filter"]) == write_expression(shorthand["filter"]) == shorthand["filter"]
    )


def test_the_examples_of_the_page_are_written_as_they_stand_there() -> None:
    """Each example of an expression on the page is the canonical text of what it stands for."""
    examples = blocks(EXPRESSIONS)[0].splitlines()
    assert len(examples) == 3
    assert [write_expression(parse_expression(example)) for example in examples] == examples


@pytest.mark.parametrize("written", re.findall(r"find '(.*?)'", PAGE))
def test_what_is_typed_behind_find(written: str) -> None:
    """The page's example of a search is an expression."""
    assert write_expression(parse_expression(written)) == written


def test_every_operator_of_the_page_is_a_word_of_expressions() -> None:
    """Each operator in the tables of the page is written as its name without the sign before it, or as a sign."""
    table = PAGE[PAGE.index("## Operators on fields") : PAGE.index("Several values after one operator")]
    operators = set(re.findall(r"`\$(\w+)`", table))
    assert len(operators) > 25
    for operator in operators:
        (condition,) = parse_expression(f"metadata.x {operator} (true, 2)").values()
        assert condition == {"conditions": {f"${operator}": [True, 2]}}


def test_the_signs_of_the_page() -> None:
    """Each sign in the page's table stands for the operator beside it."""
    signs, operators = re.findall(r"(?m)^\| (`=`.*?) \| (.*?) \|$", EXPRESSIONS)[0]
    pairs = list(zip(re.findall(r"`(\S+)`", signs), re.findall(r"`(\S+)`", operators), strict=True))
    assert len(pairs) == 6
    for sign, operator in pairs:
        assert parse_expression(f"count(EVENT) {sign} 1") == {
            "events.EVENT.count": {"conditions": {operator: [1]}}
        }
