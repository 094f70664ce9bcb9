"""Filters in words: any valid filter as the one expression that says the same.

Decides the canonical text: which of several spellings is written, in which order, with which brackets. Reading a text
that was written here gives a filter that is written the same.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from streams.domain.expression_grammar import METRICS, SIGNS, WITHOUT_VALUE, parse_tree
from streams.domain.expression_tokens import name_written
from streams.domain.operators import SPELLINGS, number_of, values_of
from streams.domain.statements import (
    STRUCTURE,
    Joined,
    Operators,
    Statement,
    Tree,
    in_calendar,
    joined,
    negated,
)

_METRIC = {metric: word for word, metric in METRICS.items()}
_WRITTEN = {operator: sign for sign, operator in SIGNS.items()} | {"$not_in": "not in"}
_SEVERAL = {"$is": "$in", "$is_not": "$not_in"}
"""What an operator is called with several values."""
_OF_NUMBERS = frozenset(
    {
        *("$more_than", "$more_than_or_equal", "$less_than", "$less_than_or_equal", "$between"),
        *("$count", "$count_more", "$count_less", "$anniversary_in_days", "$dow"),
        *("$is_days_ago", "$more_than_ago", "$less_than_ago"),
        *("$is_days_in_future", "$more_than_future", "$less_than_future"),
    }
)
_LARGEST_PLAIN = 10**15
"""Whole numbers below are written without exponent."""


def write_expression(body: Mapping[str, object] | str) -> str:
    """The canonical expression of a valid filter body."""
    return tree_text(tree_of(body))


def tree_of(body: object) -> Tree:
    """The tree of a valid filter body."""
    if isinstance(body, str):
        return parse_tree(body)
    written: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    statements = [_statement(str(key), value) for key, value in written.items() if key not in STRUCTURE]
    groups = [tree_of(group) for group in written.get("groups", ())]
    tree = joined([*statements, *groups], alternative=written.get("junction") == "or")
    zone = written.get("calendar")
    tree = in_calendar(zone, tree) if zone else tree
    return negated(tree) if written.get("not") else tree


def tree_text(tree: Tree) -> str:
    """The canonical expression of a tree."""
    if isinstance(tree, Statement):
        return " and ".join(_conditions(tree))
    inner = (" or " if tree.alternative else " and ").join(_parts(tree))
    if tree.calendar is not None:
        inner = f"in calendar {_value(tree.calendar)} ({inner})"
    elif tree.negated:
        inner = f"({inner})"
    return f"not {inner}" if tree.negated else inner


def _parts(tree: Joined) -> Iterator[str]:
    """The members of a group, in brackets where they would be read otherwise without."""
    for member in tree.members:
        if isinstance(member, Statement):
            several = tree.alternative and len(member.operators) > 1
        else:
            several = not member.negated and member.calendar is None
        yield f"({tree_text(member)})" if several else tree_text(member)


def _statement(key: str, value: Mapping[str, Any]) -> Tree:
    within = value.get("within")
    return joined(
        (
            Statement(key, within, named(key, spelled, operand))
            for spelled, operand in value["conditions"].items()
        ),
        alternative=False,
    )


def named(key: str, spelled: str, operand: object) -> Operators:
    """An operator of a field under its one name, its values in their one form."""
    operator = SPELLINGS.get(spelled, spelled)
    values = values_of(operand)
    if operator[1:] in WITHOUT_VALUE and not values:
        values = [True]
    if key.startswith("events.") or operator in _OF_NUMBERS:
        values = [_number(value) for value in values]
    elif operator in _SEVERAL and len(values) != 1:
        operator = _SEVERAL[operator]
    return {operator: values}


def _number(value: object) -> object:
    number = number_of(value)
    whole = number is not None and abs(number) < _LARGEST_PLAIN and number == int(number)
    return value if number is None else int(number) if whole else number


def _conditions(statement: Statement) -> Iterator[str]:
    subject = _subject(statement.key, statement.within)
    for operator, values in statement.operators.items():
        yield f"{subject} {_predicate(operator, values)}"


def _subject(key: str, within: str | None) -> str:
    name, _, metric = key.removeprefix("events.").rpartition(".")
    if not key.startswith("events."):
        return "segment" if key == "segments" else name_written(key)
    window = "" if within is None else f", within {within}"
    return f"{_METRIC[metric]}({name_written(name)}{window})"


def _predicate(operator: str, values: Sequence[object]) -> str:
    word = operator[1:]
    if word in WITHOUT_VALUE and values == [True]:
        return word
    texts = [_value(value) for value in values]
    if operator == "$between" and len(texts) == 2:
        return f"between {texts[0]} and {texts[1]}"
    alone = len(texts) == 1 and operator not in _SEVERAL.values()
    return f"{_WRITTEN.get(operator, word)} {texts[0] if alone else '(' + ', '.join(texts) + ')'}"


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
