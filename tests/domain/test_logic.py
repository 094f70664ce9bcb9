from itertools import product

import pytest

from streams.domain.facts import Facts, Predicate
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant
from streams.domain.logic import LogicError, parse_logic

FACTS = Facts(CustomerId("c"), {}, {}, {}, Instant(0), None)


def saying(answer: bool) -> Predicate:  # noqa: FBT001  the answer is all there is
    """A predicate that always answers the same."""
    return lambda _facts: answer


@pytest.mark.parametrize(
    ("written", "python"),
    [
        ("1", "a"),
        ("1 and 2", "a and b"),
        ("1 or 2 and 3", "a or b and c"),
        ("(1 or 2) and 3", "(a or b) and c"),
        ("1 AND (2 Or 3)", "a and (b or c)"),
        ("(1 and 2) or (2 and 3) or (1 and 3)", "(a and b) or (b and c) or (a and c)"),
        ("((1))and((2)or(3))", "a and (b or c)"),
        ("not 1", "not a"),
        ("not 1 and 2 or 3", "(not a) and b or c"),
        ("NOT (1 or 2) and 3", "not (a or b) and c"),
        ("not not (1 and not(2 or not 3))", "a and not (b or not c)"),
    ],
)
def test_logic_means_what_it_means_in_python(written: str, python: str) -> None:
    """For every combination of answers, logic gives what the same expression gives in Python."""
    logic = parse_logic(written)
    for a, b, c in product([True, False], repeat=3):
        rules = {"1": saying(a), "2": saying(b), "3": saying(c)}
        expected = eval(python, {}, {"a": a, "b": b, "c": c})  # noqa: S307
        assert logic.predicate(rules)(FACTS) is expected
        assert logic.holds({"1": a, "2": b, "3": c}) is expected


@pytest.mark.parametrize(
    ("written", "expected", "found"),
    [
        ("", "a rule number, not or (", "the end"),
        ("1 and", "a rule number, not or (", "the end"),
        ("1 2", "and, or, or the end", "2"),
        ("(1 or 2", ")", "the end"),
        ("1)", "and, or, or the end", ")"),
        ("and 1", "a rule number, not or (", "and"),
        ("1 & 2", "rule numbers, and, or, not, brackets", "& 2"),
        ("1 and not", "a rule number, not or (", "the end"),
        ("1 not 2", "and, or, or the end", "not"),
        ("not and 1", "a rule number, not or (", "and"),
        ("1 andy 2", "rule numbers, and, or, not, brackets", "andy 2"),
        ("__import__('os')", "rule numbers, and, or, not, brackets", "__import__('os')"),
    ],
)
def test_what_is_no_logic(written: str, expected: str, found: str) -> None:
    """Anything else is refused, with what was expected and what stood there."""
    with pytest.raises(LogicError) as error:
        parse_logic(written)
    assert (error.value.expected, error.value.found) == (expected, found)


@pytest.mark.parametrize(
    "written",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "not " * 10_000 + "1",
        " or ".join(["1"] * 201),
        "(" * 17 + "1" + ")" * 17,
    ],
)
def test_logic_is_bounded(written: str) -> None:
    """Depth and length are capped, so that no rule can exhaust the stack or the clock."""
    with pytest.raises(LogicError, match="at most"):
        parse_logic(written)


def test_numbers() -> None:
    """The numbers that occur are known, each once."""
    assert parse_logic("1 and (10 or 1) and 3").numbers() == {"1", "3", "10"}
