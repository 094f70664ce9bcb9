"""Errors of whoever writes event definitions: the definition is refused, and the text says where and what to do."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.json_values import step


class SchemaFault(NamedTuple):
    """One thing that is wrong with one definition."""

    file: str
    """The file, or ``event/NAME`` for a definition that came from elsewhere."""
    path: str
    """Where in the document, such as ``fields.rating.min``; empty for the document itself."""
    expected: str
    found: str

    def __str__(self) -> str:
        where = f"{self.file} at {self.path}" if self.path else self.file
        return f"{where}: expected {self.expected}, found {self.found}"


class SchemaError(Exception):
    """Event definitions that cannot be used; nothing of them may be. Shows every fault, one a line."""

    def __init__(self, faults: Sequence[SchemaFault]) -> None:
        self.faults = tuple(faults)
        self.file, self.path, self.expected, self.found = self.faults[0]
        super().__init__("\n".join(map(str, self.faults)))


class Place(NamedTuple):
    """A place in a definition that is being read."""

    file: str
    path: str = ""

    def at(self, key: str | int) -> "Place":
        """The member or item below this place."""
        return Place(self.file, f"{self.path}[{key}]" if isinstance(key, int) else step(self.path, key))

    def error(self, expected: str, found: str) -> SchemaError:
        """What is to be raised for this place."""
        return SchemaError([SchemaFault(self.file, self.path, expected, found)])
