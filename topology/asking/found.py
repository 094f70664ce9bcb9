"""Customers that were found, as text: a table for people, NDJSON and CSV for programs.

Decides the three forms. NDJSON goes through as it came, a table is kept until it is complete.
"""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

import msgspec

from streams.domain.columns import CUSTOMER_ID
from topology.printable import printable
from topology.tables import table

Format = Literal["table", "ndjson", "csv"]
FORMATS: tuple[Format, ...] = ("table", "ndjson", "csv")

Write = Callable[[bytes], object]
_WIDEST = 40
"""Characters of a cell of a table that are shown."""


class Form(Protocol):
    """Writes customers."""

    def add(self, customers: Sequence[bytes]) -> None:
        """Some more, each in JSON."""

    def end(self) -> None:
        """There are no more."""


def form_of(name: Format, columns: Sequence[str], write: Write) -> Form:
    """The form of this name, for customers with these columns beside the id."""
    head = (CUSTOMER_ID, *columns)
    forms: dict[Format, Callable[[], Form]] = {
        "table": lambda: _Table(head, write),
        "ndjson": lambda: _Lines(write),
        "csv": lambda: _Csv(head, write),
    }
    return forms[name]()


class _Lines:
    def __init__(self, write: Write) -> None:
        self._write = write

    def add(self, customers: Sequence[bytes]) -> None:
        self._write(b"\n".join(customers) + b"\n")

    def end(self) -> None:
        """Every line has its end."""


class _Csv:
    def __init__(self, head: Sequence[str], write: Write) -> None:
        self._head, self._write = head, write
        self._rows([head])

    def add(self, customers: Sequence[bytes]) -> None:
        self._rows(_cells(customer, self._head) for customer in customers)

    def end(self) -> None:
        """Every row has its end."""

    def _rows(self, rows: Any) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        self._write(text.getvalue().encode())


class _Table:
    def __init__(self, head: Sequence[str], write: Write) -> None:
        self._head, self._write = head, write
        self._rows: list[Sequence[str]] = []

    def add(self, customers: Sequence[bytes]) -> None:
        self._rows += ([_shown(cell) for cell in _cells(each, self._head)] for each in customers)

    def end(self) -> None:
        if self._rows:
            self._write(table(self._head, self._rows).encode() + b"\n")


def _cells(customer: bytes, head: Sequence[str]) -> list[str]:
    """What is not there is empty; lists of text are joined, what has more structure is JSON."""
    fields = msgspec.json.decode(customer)
    return [_cell(fields[name]) for name in head]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(value)
    return msgspec.json.encode(value).decode()


def _shown(cell: str) -> str:
    """One printable line: what stands here was written by whoever sent it."""
    cut = cell if len(cell) <= _WIDEST else cell[: _WIDEST - 1] + "…"
    return printable(cut.replace("\n", " ")) or "-"
