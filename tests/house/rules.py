"""The house rules: each takes one module and names the places that break it."""

import ast
from collections.abc import Iterator

from tests.house.source import Documented, Function, Source, dotted

MODULE_LINES = 300
FUNCTION_LINES = 35
PARAMETERS = 5
EMPTY_ROOMS = frozenset(
    {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}
)
"""Names under which anything could stand, so that nobody knows what does."""

_ENVIRONMENT = ("os.environ", "os.getenv", "os.environb")
_CLOCK_MODULES = ("time", "sched", "asyncio")
_CLOCK_CALLS = ("now", "utcnow", "today")


def long_modules(source: Source) -> Iterator[str]:
    """Modules beyond the budget of lines."""
    length = len(source.text.splitlines())
    if length > MODULE_LINES:
        yield f"{source.path}: {length} lines"


def long_functions(source: Source) -> Iterator[str]:
    """Functions beyond the budget of lines, their docstring not counted."""
    for function in source.functions():
        length = _last_line(function) - function.lineno + 1 - _docstring_lines(function)
        if length > FUNCTION_LINES:
            yield source.at(function, f"{function.name} has {length} lines")


def wide_functions(source: Source) -> Iterator[str]:
    """Functions with more parameters than a reader keeps in mind; ``self`` and ``cls`` are free."""
    for function in source.functions():
        given = function.args
        every = [
            *given.posonlyargs,
            *given.args,
            *given.kwonlyargs,
            *filter(None, (given.vararg, given.kwarg)),
        ]
        names = [parameter.arg for parameter in every if parameter.arg not in {"self", "cls"}]
        if len(names) > PARAMETERS:
            yield source.at(function, f"{function.name} has {len(names)} parameters")


def undocumented(source: Source) -> Iterator[str]:
    """Modules, public classes and public functions without a docstring; what a function holds inside is private."""
    if not ast.get_docstring(source.tree):
        yield f"{source.path}:1: the module has no docstring"
    for name, node in _public(source.tree):
        if not ast.get_docstring(node):
            yield source.at(node, f"{name} has no docstring")


def untold_tests(source: Source) -> Iterator[str]:
    """Tests whose docstring is not one plain sentence at its start."""
    for function in source.functions():
        if function.name.startswith("test_"):
            paragraph = (ast.get_docstring(function) or "").partition("\n\n")[0].strip()
            if len(paragraph.split()) < 3 or not paragraph.endswith("."):
                yield source.at(function, f"{function.name} does not say in a sentence what it holds")


def broad_excepts(source: Source) -> Iterator[str]:
    """Handlers that catch everything, and with it our own mistakes."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = [node.type] if not isinstance(node.type, ast.Tuple) else node.type.elts
            names = {"everything" if kind is None else dotted(kind).rpartition(".")[2] for kind in caught}
            if names & {"everything", "Exception", "BaseException"}:
                yield source.at(node, f"catches {', '.join(sorted(names))}")


def empty_names(source: Source) -> Iterator[str]:
    """Modules and packages whose name says nothing."""
    for part in (*source.path.parts[:-1], source.path.stem):
        if part.lower() in EMPTY_ROOMS:
            yield f"{source.path}: `{part}` says nothing about what it holds"


def environment_reads(source: Source) -> Iterator[str]:
    """Places that read the environment, directly or through click."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in _ENVIRONMENT:
            yield source.at(node, f"reads {dotted(node)}")
        if isinstance(node, ast.keyword) and node.arg in {"envvar", "auto_envvar_prefix"}:
            yield source.at(node.value, f"lets click read the environment by {node.arg}")
    for statement, name in source.imports():
        if name in _ENVIRONMENT:
            yield source.at(statement, f"imports {name}")


def clock_reads(source: Source) -> Iterator[str]:
    """Places that ask for the time, or import a module that is there to tell it."""
    for statement, name in source.imports():
        if name.partition(".")[0] in _CLOCK_MODULES:
            yield source.at(statement, f"imports {name}")
    for call, name in source.calls():
        if name.rpartition(".")[2] in _CLOCK_CALLS:
            yield source.at(call, f"calls {name}")


def sleeps(source: Source) -> Iterator[str]:
    """Calls that only let time pass."""
    for call, name in source.calls():
        if name.rpartition(".")[2] == "sleep":
            yield source.at(call, f"calls {name}")


def _last_line(function: Function) -> int:
    return function.end_lineno or function.lineno


def _docstring_lines(function: Function) -> int:
    if ast.get_docstring(function) is None:
        return 0
    first = function.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def _public(within: ast.Module | ast.ClassDef) -> Iterator[tuple[str, Documented]]:
    for node in within.body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                yield from ((f"{node.name}.{name}", member) for name, member in _public(node))
