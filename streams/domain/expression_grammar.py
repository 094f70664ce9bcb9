"""The grammar of expressions, such as ``count(new_review) > 1 and not segment in ("blocked")``.

Decides which texts are expressions and how they are read: ``not`` binds closest, then ``and``, then ``or``. Does not
know which events, fields and segments there are, nor which values an operator takes.
"""

import json
from collections.abc import Callable, Mapping
from typing import Final, NoReturn

from streams.domain.expression_tokens import ExpressionError, Token, name_of, tokens
from streams.domain.faults import nearest
from streams.domain.operators import OPERATORS, SPELLINGS
from streams.domain.statements import STRUCTURE, Statement, Tree, in_calendar, joined, negated

DEEPEST: Final = 64
"""Brackets inside each other, each ``not`` counted as one."""

METRICS: Mapping[str, str] = {"count": "count", "last": "last_occurred", "first": "first_occurred"}
"""What stands before the brackets around an event, and the metric that it stands for."""

SIGNS: Mapping[str, str] = {
    "=": "$is",
    "!=": "$is_not",
    ">": "$more_than",
    ">=": "$more_than_or_equal",
    "<": "$less_than",
    "<=": "$less_than_or_equal",
}
"""Operators that are written as signs."""

WITHOUT_VALUE = ("has_value", "is_unknown", "next_month")
"""Operators after which nothing needs to stand."""

_WORDS = tuple(operator.removeprefix("$") for operator in OPERATORS)
_MEANT = {
    "==": "=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
    "$": "the operator without its $",
    "null": "is_unknown or has_value",
}
"""What other languages write."""

_A_CONDITION = "a condition, such as count(new_review) > 1"
_AN_OPERATOR = "an operator, such as = or starts_with"
_A_VALUE = "a number, text in double quotes, true or false"


def parse_tree(text: str) -> Tree:
    """The tree of an expression. Raises ``ExpressionError``."""
    return _Parser(text).whole()


class _Words:
    """The words of a text, one ahead."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self.ahead = next(self._tokens)

    def take(self) -> Token:
        taken, self.ahead = self.ahead, next(self._tokens)
        return taken

    def took(self, word: str) -> bool:
        """Whether the next word is this one; it is behind us then."""
        return self.ahead.is_(word) and bool(self.take())

    def need(self, word: str) -> None:
        if not self.took(word):
            self.refuse(word)

    def refuse(self, expected: str, hint: str | None = None) -> NoReturn:
        meant = _MEANT.get(self.ahead.written)
        raise ExpressionError(expected, self.ahead, f"use {meant}" if meant else hint)


class _Parser(_Words):
    """Recursive descent, one method a level of precedence."""

    def whole(self) -> Tree:
        tree = self._either(0)
        if self.ahead.kind != "end":
            self.refuse("and, or, or the end")
        return tree

    def _either(self, depth: int) -> Tree:
        return self._parted("or", self._both, depth)

    def _both(self, depth: int) -> Tree:
        return self._parted("and", self._one, depth)

    def _parted(self, junction: str, part: Callable[[int], Tree], depth: int) -> Tree:
        parts = [part(depth)]
        while self.took(junction):
            parts.append(part(depth))
        return joined(parts, alternative=junction == "or")

    def _one(self, depth: int) -> Tree:
        if depth > DEEPEST:
            self.refuse(f"at most {DEEPEST} brackets inside each other")
        if self.took("not"):
            return negated(self._one(depth + 1))
        if self.took("in"):
            self.need("calendar")
            zone = self._text('a time zone, such as "Europe/Warsaw"')
            self.need("(")
            return in_calendar(zone, self._bracketed(depth))
        return self._bracketed(depth) if self.took("(") else self._statement()

    def _bracketed(self, depth: int) -> Tree:
        inner = self._either(depth + 1)
        self.need(")")
        return inner

    def _statement(self) -> Tree:
        if self.ahead.kind not in {"word", "name"} or self.ahead.written.lower() in {"and", "or", *STRUCTURE}:
            self.refuse(_A_CONDITION)
        subject = self.take()
        key, within = self._metric(subject) if self.ahead.is_("(") else (name_of(subject), None)
        operator, values = self._operator()
        return Statement("segments" if key == "segment" else key, within, {operator: values})

    def _metric(self, before: Token) -> tuple[str, str | None]:
        """``(EVENT)`` or ``(EVENT, within P30D)`` behind ``count``, ``last`` or ``first``."""
        metric = METRICS.get(before.written.lower())
        if metric is None:
            raise ExpressionError("count, last or first before (", before, nearest(before.written, METRICS))
        self.need("(")
        if self.ahead.kind not in {"word", "number", "name"}:
            self.refuse("the name of an event")
        event = name_of(self.take())
        within = None
        if metric == "count" and self.took(","):
            self.need("within")
            if self.ahead.kind != "word":
                self.refuse("a duration, such as P30D")
            within = self.take().written
        self.need(")")
        return f"events.{event}.{metric}", within

    def _operator(self) -> tuple[str, list[object]]:
        """An operator and its values."""
        sign = SIGNS.get(self.ahead.written)
        if sign is not None and self.take():
            return sign, self._values()
        if self.took("not"):
            self.need("in")
            return "$not_in", self._values()
        if self.took("between"):
            return "$between", self._values() if self.ahead.is_("(") else self._limits()
        word = self.ahead.written.lower()
        operator = SPELLINGS.get(word)
        if self.ahead.kind != "word" or operator is None:
            self.refuse(_AN_OPERATOR, nearest(word, _WORDS))
        self.take()
        if word in WITHOUT_VALUE and not self._value_ahead():
            return operator, [True]
        return operator, self._values()

    def _limits(self) -> list[object]:
        low = self._value()
        self.need("and")
        return [low, self._value()]

    def _values(self) -> list[object]:
        """One value, or several in brackets."""
        if not self.took("("):
            return [self._value()]
        values = [self._value()]
        while self.took(","):
            values.append(self._value())
        self.need(")")
        return values

    def _value_ahead(self) -> bool:
        return self.ahead.kind in {"number", "text"} or any(map(self.ahead.is_, ("(", "{", "true", "false")))

    def _value(self) -> object:
        if not self.took("{"):
            return self._scalar()
        value: dict[str, object] = {}
        while not value or self.took(","):
            name = self._text("a name in double quotes")
            self.need(":")
            value[name] = self._scalar()
        self.need("}")
        return value

    def _scalar(self) -> object:
        for truth in (True, False):
            if self.took(str(truth).lower()):
                return truth
        if self.ahead.kind == "number":
            return self._number()
        if self.ahead.kind == "word":
            self.refuse(_A_VALUE, f'put "{self.ahead.written}" in double quotes')
        return self._text(_A_VALUE)

    def _number(self) -> int | float:
        written = self.ahead.written
        try:
            number = int(written) if written.lstrip("-").isdigit() else float(written)
        except ValueError:  # more digits than are read
            self.refuse("a number of fewer digits")
        if abs(number) == float("inf"):
            self.refuse("a smaller number")
        self.take()
        return number

    def _text(self, expected: str) -> str:
        """What stands in double quotes."""
        if self.ahead.kind != "text":
            self.refuse(expected)
        try:
            text = json.loads(self.ahead.written, strict=False)
        except ValueError:
            self.refuse("the escapes of JSON in a text")
        self.take()
        return str(text)
