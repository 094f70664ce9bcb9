"""The ``logic`` of a validation rule, such as ``1 and not (2 or 3)``: a small language with its own parser.

``not`` binds closest, then ``and``, then ``or``; either case; brackets. Does not know what the numbers stand for.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from streams.domain.facts import Predicate, all_of, any_of, none_of

DEEPEST = 16
"""Brackets inside each other, each ``not`` counted as one."""
MOST_TERMS = 200
"""Rule numbers in one text."""

_TOKEN = re.compile(r"\s*(?:(\d+)|(and|or|not)\b|([()]))", re.IGNORECASE | re.ASCII)


class Joined(NamedTuple):
    """Parts that must all hold, or of which one must (``alternative``), the whole perhaps turned round."""

    alternative: bool
    parts: tuple["Joined | str", ...]
    negated: bool = False

    def numbers(self) -> frozenset[str]:
        """The numbers that occur."""
        return frozenset().union(
            *(part.numbers() if isinstance(part, Joined) else {part} for part in self.parts)
        )

    def predicate(self, rules: Mapping[str, Predicate]) -> Predicate:
        """The predicate over the numbered ones; every number must be there."""
        compiled = tuple(p.predicate(rules) if isinstance(p, Joined) else rules[p] for p in self.parts)
        joined = any_of(compiled) if self.alternative else all_of(compiled)
        return none_of(joined) if self.negated else joined

    def holds(self, answers: Mapping[str, bool]) -> bool:
        """What comes out if each number answers so; every number must be there."""
        each = (part.holds(answers) if isinstance(part, Joined) else answers[part] for part in self.parts)
        return (any(each) if self.alternative else all(each)) is not self.negated


class LogicError(ValueError):
    """The text is not logic; the message says what was expected, and ``found`` what stood there."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


def parse_logic(text: str) -> Joined:
    """Parse logic. Raises ``LogicError``."""
    parser = _Parser(_tokens(text))
    parsed = parser.either(1)
    if parser.ahead:
        raise LogicError("and, or, or the end", parser.ahead)
    return parsed


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at, end, terms = 0, len(text.rstrip()), 0
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise LogicError("rule numbers, and, or, not, brackets", text[at:].strip()[:20])
        tokens.append(match.group().strip().lower())
        terms += match.lastindex == 1
        if terms > MOST_TERMS:
            raise LogicError(f"at most {MOST_TERMS} rule numbers", "more")
        at = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens, one method a level of precedence."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def ahead(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def either(self, depth: int) -> Joined:
        parts = [self._both(depth)]
        while self.ahead == "or":
            self._at += 1
            parts.append(self._both(depth))
        return Joined(alternative=True, parts=tuple(parts))

    def _both(self, depth: int) -> Joined:
        parts = [self._one(depth)]
        while self.ahead == "and":
            self._at += 1
            parts.append(self._one(depth))
        return Joined(alternative=False, parts=tuple(parts))

    def _one(self, depth: int) -> "Joined | str":
        word = self.ahead
        if word.isdigit():
            self._at += 1
            return word
        if word not in {"(", "not"}:
            raise LogicError("a rule number, not or (", word or "the end")
        if depth >= DEEPEST:
            raise LogicError(f"at most {DEEPEST} brackets inside each other", word)
        self._at += 1
        if word == "not":
            return Joined(alternative=False, parts=(self._one(depth + 1),), negated=True)
        inner = self.either(depth + 1)
        if self.ahead != ")":
            raise LogicError(")", self.ahead or "the end")
        self._at += 1
        return inner
