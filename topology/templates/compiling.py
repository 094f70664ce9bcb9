"""From a text in Liquid to what fills it in: parsed, looked through, and handed over with everything that it reads.

Decides what is refused before a template is ever used: mistakes of syntax, unknown tags and filters, wrong numbers of
arguments, what asks for the time, and what is too long or too deep. Knows nothing of customers and events.
"""

import inspect
from collections.abc import Iterator
from functools import cache
from typing import Final

from liquid import BoundTemplate
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, LoopExpression
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError, LiquidInterrupt
from liquid.expression import Expression
from liquid.static_analysis import Segments

from streams.domain.templates import Given, Step, Template, TemplateFailedError, TemplateRefusedError
from topology.templates.sandbox import Bounded, Sandbox, needs_environment
from topology.templates.values import plain

MOST_TEXT: Final = 20_000
"""Characters of a template."""
MOST_DEPTH: Final = 60
"""Blocks and parts of expressions inside one another."""

_FAILURES: Final = (
    *(LiquidError, LiquidInterrupt),
    # Filters meet whatever customers and events hold, and do not always say it in their own words.
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
)
_TAKEN: Final = frozenset({"customer", "event", "segment", "now", "today"})
_NO_TIME: Final = {"now": None, "today": None}
"""Stands before what the package would answer with the clock."""


def compile_template(text: str) -> Template:
    """Compile a text. Raises ``TemplateRefusedError`` with what is wrong and where."""
    if len(text) > MOST_TEXT:
        raise TemplateRefusedError(f"it has {len(text)} characters; at most {MOST_TEXT} are allowed")
    try:
        parsed = _sandbox().from_string(text)
        for node in parsed.nodes:
            _check(node, parsed, 0)
        reads = tuple(dict.fromkeys(_reads(parsed)))
    except LiquidError as error:
        raise TemplateRefusedError(_words(error)) from error

    def fill(given: Given) -> str:
        try:
            return parsed.render({**_NO_TIME, **plain(given)})
        except _FAILURES as error:
            raise TemplateFailedError(str(error).partition("\n")[0]) from error

    return Template(reads, fill)


@cache
def _sandbox() -> Sandbox:
    return Sandbox()


def _check(node: Node, parsed: BoundTemplate, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise TemplateRefusedError(f"it is nested more than {MOST_DEPTH} deep")
    for expression in node.expressions():
        if isinstance(expression, LoopExpression) and isinstance(expression.iterable, RangeLiteral):
            inner = [*expression.iterable.children(), *expression.children()[1:]]
        else:
            inner = [expression]
        for each in inner:
            _check_expression(each, depth + 1)
    for child in node.children(Bounded(parsed)):
        _check(child, parsed, depth + 1)


def _check_expression(expression: Expression, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise TemplateRefusedError(f"it is nested more than {MOST_DEPTH} deep")
    if isinstance(expression, RangeLiteral):
        raise TemplateRefusedError(f"{expression}: a range stands behind `for … in` only")
    if isinstance(expression, FilteredExpression):
        _check_filters(expression)
    for child in expression.children():
        _check_expression(child, depth + 1)


def _check_filters(expression: FilteredExpression) -> None:
    for number, each in enumerate(expression.filters or ()):
        found = _sandbox().filters.get(each.name)
        if found is None:
            raise TemplateRefusedError(f"there is no filter {each.name}")
        if each.name == "date" and number == 0 and str(expression.left).strip("'\"") in _NO_TIME:
            raise TemplateRefusedError("no template knows the time; use event.occurred_at")
        named = {argument.name: None for argument in each.args if hasattr(argument, "name")}
        positional = [None] * (len(each.args) - len(named))
        given = {"environment": None} if needs_environment(found) else {}
        try:
            inspect.signature(found).bind(None, *positional, **given, **named)
        except TypeError as error:
            raise TemplateRefusedError(f"filter {each.name}: {error}") from error


def _reads(parsed: BoundTemplate) -> Iterator[tuple[Step, ...]]:
    """The paths that a template takes from outside."""
    found = parsed.analyze(include_partials=False)
    taken = _TAKEN & found.locals.keys()
    if taken:  # assigned in one branch, it would be empty in the other
        raise TemplateRefusedError(f"{min(taken)} is a name of its own; assign to another")
    for variables in found.globals.values():
        for variable in variables:
            yield _steps(variable.segments)


def _steps(segments: Segments) -> tuple[Step, ...]:
    return tuple(step if isinstance(step, (str, int)) else None for step in segments)


def _words(error: LiquidError) -> str:
    """What is wrong, in one line, and where in the text."""
    found = error.context()
    if isinstance(error.__cause__, RecursionError):
        return f"it is nested more than {MOST_DEPTH} deep"
    message = str(error.message or "it cannot be read").splitlines()[0]
    return message if found is None else f"line {found[0]}, column {found[1] + 1}: {message}"
