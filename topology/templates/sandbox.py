"""Liquid within bounds: which tags and filters there are, and how much one template may do.

What is bounded is work that is counted, never time: so a template that fails fails everywhere, and for ever. Files,
other templates and the clock cannot be reached: tags and filters that could are not there, and ``now`` and ``today``
name nothing. Does not know what templates are for.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TextIO

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin.content import Literal
from liquid.builtin.illegal import Illegal
from liquid.builtin.output import Output
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.exceptions import LiquidError, LoopIterationLimitError

from topology.templates.dates import date

MOST_WORK: Final = 100_000
"""Characters and elements that all filters and loops of one template may go through."""
MOST_GIVEN: Final = 50_000
"""Characters and elements of all values that a template reads."""
MOST_ITERATIONS: Final = 1_000
"""Elements of one loop."""
MOST_OUTPUT: Final = 100_000
"""Bytes of the text that comes out."""
MOST_HELD: Final = 200_000
"""Bytes of all variables that a template assigns."""
MOST_BITS: Final = 512
"""Bits of a whole number."""

TAGS: Final = frozenset(
    (
        *("if", "unless", "case", "for", "break", "continue", "assign", "capture", "cycle", "echo"),
        *("comment", "#", "raw", "liquid", "increment", "decrement"),
        *(Literal.name, Output.name, Illegal.name),  # what is no tag: text, placeholders, mistakes
    )
)
FILTERS: Final = frozenset(
    (
        *("abs", "append", "at_least", "at_most", "base64_decode", "base64_encode", "base64_url_safe_decode"),
        *(
            "base64_url_safe_encode",
            "capitalize",
            "ceil",
            "compact",
            "concat",
            "date",
            "default",
            "divided_by",
        ),
        *(
            "downcase",
            "escape",
            "escape_once",
            "escapejs",
            "find",
            "find_index",
            "first",
            "floor",
            "has",
            "join",
        ),
        *("json", "last", "lstrip", "map", "minus", "modulo", "newline_to_br", "plus", "prepend", "reject"),
        *("remove", "remove_first", "remove_last", "replace", "replace_first", "replace_last", "reverse"),
        *("round", "rstrip", "size", "slice", "sort", "sort_natural", "split", "squish", "strip"),
        *("strip_newlines", "sum", "times", "truncate", "truncatewords", "uniq", "upcase", "url_decode"),
        *("url_encode", "where"),
    )
)
"""Not ``safe``, of no use without escaping of everything, nor ``strip_html``, whose time goes by the text's square."""
_CHARACTERS_A_STEP: Final = 10
"""Of the body of a loop: so many are one step of work, each time that it is gone through."""
_SQUARE: Final = frozenset({"uniq"})
"""Filters that compare every element with every other."""


class BoundsError(LiquidError):
    """A template does more than it may."""


class Work:
    """What one template has done so far."""

    def __init__(self, most: int = MOST_WORK) -> None:
        self.most = most
        self.done = 0

    def add(self, amount: int) -> None:
        """Count work. Raises ``BoundsError`` when it is too much."""
        self.done += amount
        if self.done > self.most:
            raise BoundsError(f"more than {self.most} steps or values", token=None)


class Bounded(RenderContext):
    """What is known while a template is filled in, and how much it has done."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.work = Work()
        self.steps = 1
        """Of one turn of the loop that begins next."""

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """Count the elements of a loop that begins."""
        if length > MOST_ITERATIONS:
            raise LoopIterationLimitError(f"a loop over more than {MOST_ITERATIONS} elements", token=None)
        self.work.add(length * self.steps)


class BoundedTemplate(BoundTemplate):
    """A template that is filled in within bounds."""

    context_class = Bounded


class _BoundedForNode(ForNode):
    @cached_property
    def _steps(self) -> int:
        return 1 + len(str(self.block)) // _CHARACTERS_A_STEP

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        over = self.expression.iterable.evaluate(context)
        if isinstance(over, range) and (over.stop - over.start) > MOST_ITERATIONS:
            raise LoopIterationLimitError(
                f"a loop over more than {MOST_ITERATIONS} elements", token=self.token
            )
        if isinstance(context, Bounded):
            context.steps = self._steps
        return super().render_to_output(context, buffer)


class _BoundedForTag(ForTag):
    node_class = _BoundedForNode


class Sandbox(Environment):
    """Liquid with the tags and filters that are harmless."""

    template_class = BoundedTemplate
    block_nesting_limit = 15
    context_depth_limit = 40
    local_namespace_limit = MOST_HELD
    output_stream_limit = MOST_OUTPUT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Keep what is known to be harmless of what the package brings; a new one must be looked at first."""
        super().setup_tags_and_filters(extra=extra)
        self.add_tag(_BoundedForTag)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS}
        self.add_filter("date", date)
        self.add_filter("json", _json)
        self.filters = {name: _bounded(name, each) for name, each in self.filters.items() if name in FILTERS}


def weight(value: object) -> int:
    """How much there is to go through in a value: characters, and elements at any depth."""
    if isinstance(value, str):
        return 1 + len(value)
    if isinstance(value, Mapping):
        return 1 + sum(weight(key) + weight(inner) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return 1 + sum(map(weight, value))
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise BoundsError(f"a whole number of more than {MOST_BITS} bits", token=None)
    return 1


def needs_environment(applied: object) -> bool:
    """Whether a filter, bounded or not, is handed the settings of Liquid."""
    asked = (applied, getattr(applied, "__wrapped__", None))
    return any(getattr(each, "with_environment", False) for each in asked)


def _bounded(name: str, applied: Callable[..., object]) -> Callable[..., object]:
    """The filter, its work counted before and after."""
    takes_environment = needs_environment(applied)

    def bounded(value: object, *arguments: object, context: Bounded, **named: object) -> object:
        inside = weight(value)
        context.work.add(inside + sum(map(weight, arguments)))
        context.work.add(_ahead(name, value, inside, arguments))
        if takes_environment:
            named["environment"] = context.env
        result = applied(value, *arguments, **named)
        context.work.add(weight(result))
        return result

    bounded.with_context = True  # type: ignore[attr-defined]  # how Liquid is told to hand it over
    bounded.__wrapped__ = applied  # type: ignore[attr-defined]  # so that its signature is found
    return bounded


def _ahead(name: str, value: object, inside: int, arguments: Sequence[object]) -> int:
    """The work of a filter whose result may be much larger than what it is given, before it is done."""
    if name in _SQUARE:
        return inside * inside
    if name == "join" and arguments:
        return inside * weight(arguments[0])
    if name == "replace" and len(arguments) > 1:
        old, new = str(arguments[0]), str(arguments[1])
        return str(value).count(old) * (1 + len(new))
    return 0


def _json(value: object) -> str:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
