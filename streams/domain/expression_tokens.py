"""The words of an expression, with where each begins.

Decides what one word is: a name, a number, a quoted text, a sign. Does not know in which order they make sense.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

TokenKind = Literal["number", "word", "text", "name", "sign", "end"]

PLAIN_NAME = r"[\w.-]+"
"""What may be a name without backquotes."""

_TOKEN = re.compile(
    rf"""\s*+(?:
      (?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.-]))
    | (?P<word>{PLAIN_NAME})
    | (?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+")
    | (?P<name>`(?:[^`]|``)*+`)
    | (?P<sign>[=!<>&|]+|\S)
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_QUOTES = ('"', "`")


class Token(NamedTuple):
    """One word."""

    kind: TokenKind
    written: str
    """As it stands in the text, backquotes included. Empty at the end."""
    at: int
    """Characters before it."""

    def is_(self, word: str) -> bool:
        """Whether it is this word, in either case, or this sign."""
        return self.kind in {"word", "sign"} and self.written.lower() == word


class ExpressionError(ValueError):
    """The text is no expression: what was expected at a place, what stood there, perhaps a hint."""

    def __init__(self, expected: str, found: Token, hint: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.found = found
        self.hint = hint


def tokens(text: str) -> Iterator[Token]:
    """The words in order, and the end again and again. Raises ``ExpressionError`` for a quote that is not closed."""
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        assert match is not None  # noqa: S101  any character is a sign
        kind = cast("TokenKind", match.lastgroup)
        token = Token(kind, match[kind], match.start(kind))
        if kind == "sign" and token.written in _QUOTES:
            raise ExpressionError(f"a closing {token.written}", Token("end", "", len(text)))
        yield token
        at = match.end()


def name_of(token: Token) -> str:
    """The name that a word stands for."""
    return token.written[1:-1].replace("``", "`") if token.kind == "name" else token.written


def name_written(name: str) -> str:
    """A name as an expression writes it: in backquotes where needed."""
    return name if re.fullmatch(PLAIN_NAME, name) else f"`{name.replace('`', '``')}`"
