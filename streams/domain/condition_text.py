"""A compiled condition in words: the expression that it was compiled from, in its canonical form.

Decides no wording; that stands in ``expression_text``.
"""

from streams.domain.conditions import Condition, DaysSince, EventCount, ProfileField
from streams.domain.expression_text import named, tree_text
from streams.domain.operators import Written
from streams.domain.statements import Statement, joined


def condition_text(condition: Condition) -> str:
    """The expression of one condition."""
    key, within, written = _written(condition)
    parts = (Statement(key, within, named(key, operator, list(values))) for operator, values in written)
    return tree_text(joined(parts, alternative=False))


def _written(condition: Condition) -> tuple[str, str | None, Written]:
    if isinstance(condition, EventCount):
        window = None if condition.within is None else f"P{condition.within}D"
        return f"events.{condition.event}.count", window, condition.written
    if isinstance(condition, DaysSince):
        return f"events.{condition.event}.{condition.side}_occurred", None, condition.written
    if isinstance(condition, ProfileField):
        compared = tuple((one.operator, one.operands) for one in condition.comparisons)
        return ".".join(condition.path), None, compared
    operator = "$in" if condition.inside else "$not_in"
    return "segments", None, ((operator, tuple(sorted(condition.segments))),)
