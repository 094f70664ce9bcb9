"""One module as the house rules see it: its path, its text and its syntax tree."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef


class Source(NamedTuple):
    """A module, parsed."""

    path: Path
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, path: Path, text: str) -> Self:
        """Parse the text of a module."""
        return cls(path, text, ast.parse(text))

    def at(self, node: ast.stmt | ast.expr | ast.excepthandler, what: str) -> str:
        """Name a place in this module, so that an editor can jump there, and what is wrong with it."""
        return f"{self.path}:{node.lineno}: {what}"

    def functions(self) -> Iterator[Function]:
        """All functions and methods, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """All calls, with the dotted name of what is called as far as it is one: ``time.sleep``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, dotted(node.func)

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """All imported names, in full: ``time``, ``os.environ``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.expr) -> str:
    """The dotted name that an expression spells; a part that is no name is left empty."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
