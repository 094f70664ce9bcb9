"""Filters as a person types them, turned into their JSON form, which is then checked and compiled like any other.

Decides how long a text may be, and how what is wrong with it is told: the place, what was expected, what stood there.
The grammar stands in ``expression_grammar``.
"""

import json
from collections import Counter
from typing import Final, NoReturn

from streams.domain.definitions import DefinitionError, Fault
from streams.domain.expression_grammar import parse_tree
from streams.domain.expression_tokens import ExpressionError, Token
from streams.domain.faults import Place, cut, shown
from streams.domain.statements import Tree, body_of

MOST_CHARACTERS: Final = 1_000_000


def parse_expression(text: str) -> dict[str, object]:
    """The JSON form of an expression. Raises ``DefinitionError``, with the place in the text."""
    place = Place("filter", "expression", (), [])
    body = expression_at(place, text)
    if body is None:
        raise DefinitionError(place.noted)
    return body


def filter_body(text: str) -> dict[str, object]:
    """The JSON form of a filter that somebody typed: JSON if it begins with a brace, else an expression.

    Raises ``DefinitionError``, with the place in the text.
    """
    if not text.lstrip().startswith("{"):
        return parse_expression(text)
    place = Place("filter", "json", (), [])
    try:
        body: dict[str, object] = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        here = text[error.pos : error.pos + 20]
        found = f"{shown(here) if here else 'the end'} at {_position(text, error.pos)}"
        place.noted.append(Fault(place.kind, place.id, place.path, "JSON", found, error.msg))
    except (RecursionError, ValueError) as error:
        place.fault("JSON", str(error))
    else:
        return body
    raise DefinitionError(place.noted)


def expression_at(place: Place, text: str) -> dict[str, object] | None:
    """The JSON form of an expression written at a place, or none after noting what is wrong with it."""
    tree = tree_at(place, text)
    return None if tree is None else body_of(tree)


def tree_at(place: Place, text: str) -> Tree | None:
    """The tree of an expression written at a place, or none after noting what is wrong with it."""
    if len(text) > MOST_CHARACTERS:
        place.fault(f"at most {MOST_CHARACTERS} characters", len(text))
        return None
    try:
        return parse_tree(text)
    except ExpressionError as error:
        found = f"{_shown(error.found)} at {_position(text, error.found.at)}"
        place.noted.append(Fault(place.kind, place.id, place.path, error.expected, found, error.hint))
        return None


def _position(text: str, at: int) -> str:
    """Where a word stands, lines and columns counted from 1."""
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return f"line {line}, column {column}" if "\n" in text else f"column {column}"


def _shown(token: Token) -> str:
    """A word as it stands there, in quotes if it has none of its own."""
    if token.kind == "end":
        return "the end"
    return shown(token.written) if token.kind in {"word", "sign"} else cut(token.written)


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A mapping; raises ``ValueError`` for a key that stands twice, since one of the two would be lost."""
    body = dict(pairs)
    if len(body) < len(pairs):
        ((key, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"{key} twice in one mapping")
    return body


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
