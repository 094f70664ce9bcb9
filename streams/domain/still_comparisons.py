"""Comparisons that time does not move: what each operator answers to a value alone.

A refusal to match is the rule, for a value that is missing as for one of another type; what is said in the negative
holds exactly when its positive does not. Knows not where the value stands, nor which operators a type understands.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from streams.domain.calendars import UTC_CALENDAR, Calendar
from streams.domain.definitions import AttributeType
from streams.domain.faults import Place
from streams.domain.operators import number_of
from streams.domain.ranges import Counted, whole_numbers
from streams.domain.readings import comparable, forms, instant_of_value

Accepts = Callable[[object], bool]
_MOST_ELEMENTS = 1_000_000


class Use(NamedTuple):
    """One operator as it is used at one place."""

    place: Place
    operator: str
    operands: list[object]
    kind: AttributeType | None
    """The type of the values; none if it is not known beforehand."""
    calendar: Calendar | None
    """In whose midnights days are counted, and in which a date is an instant; without one, UTC and days of 24 hours."""

    @property
    def dates(self) -> Calendar:
        """Where dates begin."""
        return self.calendar or UTC_CALENDAR


def equality(use: Use) -> Accepts | None:
    """``$is``, ``$in`` and their opposites."""
    kind, calendar = use.kind, use.dates
    accepted: set[object] = set()
    for operand in use.operands:
        meant = forms(operand, kind, calendar)
        if not meant:
            use.place.fault(f"a {kind or 'text, number or truth value'}", operand)
        accepted.update(meant)
    if not use.operands:
        use.place.fault("at least one value", use.operands)
    if not accepted:
        return None
    among, positive = frozenset(accepted), use.operator in {"$is", "$in"}
    if kind in {"date", "datetime"}:
        return lambda value: (instant_of_value(value, calendar) in among) is positive
    if positive:
        return lambda value: comparable(value) in among
    return lambda value: comparable(value) not in among


def numeric(use: Use) -> Accepts | None:
    """``$more_than`` to ``$between``, of numbers."""
    wanted = 2 if use.operator == "$between" else 1
    numbers = [number for number in map(number_of, use.operands) if number is not None]
    if len(numbers) != len(use.operands) or len(numbers) != wanted or numbers != sorted(numbers):
        use.place.fault("two ascending numbers" if wanted == 2 else "one number", use.operands)
        return None
    first, last = numbers[0], numbers[-1]
    compare: Mapping[str, Callable[[int | float], bool]] = {
        "$more_than": lambda number: number > first,
        "$more_than_or_equal": lambda number: number >= first,
        "$less_than": lambda number: number < first,
        "$less_than_or_equal": lambda number: number <= first,
        "$between": lambda number: first <= number <= last,
    }
    holds = compare[use.operator]
    return lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and holds(value)


def textual(use: Use) -> Accepts | None:
    """``$starts_with``, ``$ends_with``, and ``$contains`` of a text."""
    texts = tuple(operand for operand in use.operands if isinstance(operand, str))
    if not texts or len(texts) != len(use.operands):
        use.place.fault("at least one text", use.operands)
        return None
    match use.operator:
        case "$starts_with":
            return lambda value: isinstance(value, str) and value.startswith(texts)
        case "$ends_with":
            return lambda value: isinstance(value, str) and value.endswith(texts)
        case "$contains":
            return lambda value: isinstance(value, str) and any(text in value for text in texts)
        case _:
            return lambda value: not (isinstance(value, str) and any(text in value for text in texts))


def containing(use: Use) -> Accepts | None:
    """``$contains`` and its opposite: a part of a text or an element of a list, whichever the value turns out to be."""
    if use.kind not in {None, "list"}:
        return textual(use)
    meant = [forms(operand, None) for operand in use.operands]
    if not meant or not all(meant):
        use.place.fault("at least one text, number or truth value", use.operands)
        return None
    texts = tuple(operand for operand in use.operands if isinstance(operand, str))
    elements = frozenset().union(*meant)

    def contains(value: object) -> bool:
        if isinstance(value, str):
            return any(text in value for text in texts)
        return isinstance(value, list) and any(comparable(element) in elements for element in value)

    return contains if use.operator == "$contains" else lambda value: not contains(value)


def from_on(use: Use) -> Accepts | None:
    """``$from``: this number or more, this instant or later."""
    of_dates = use.kind in {"date", "datetime"}
    if not of_dates and (use.kind == "number" or all(number_of(one) is not None for one in use.operands)):
        return numeric(use._replace(operator="$more_than_or_equal"))
    return dated(use)


def compared_as_sets(use: Use) -> Accepts | None:
    """``$not_differ`` and ``$not_intersect``: of the elements of a list, a single value being a list of one."""
    meant = [frozenset(forms(operand, None)) for operand in use.operands]
    if not meant or not all(meant):
        use.place.fault("at least one text, number or truth value", use.operands)
        return None
    among = frozenset().union(*meant)
    if use.operator == "$not_intersect":
        return lambda value: among.isdisjoint(_elements(value))

    def same(value: object) -> bool:
        elements = _elements(value)
        return elements <= among and all(not one.isdisjoint(elements) for one in meant)

    return same


def _elements(value: object) -> set[object]:
    """The elements of a list as they compare; of a value, itself, and nothing of a mapping or null."""
    elements = {comparable(one) for one in (value if isinstance(value, list) else [value])}
    return elements if isinstance(value, list) else elements - {None}


def dated(use: Use) -> Accepts | None:
    """``$after``, ``$before`` and, of dates, ``$from``."""
    calendar, operator = use.dates, use.operator
    limit = instant_of_value(use.operands[0], calendar) if len(use.operands) == 1 else None
    if limit is None:
        one = "one number, ISO date" if operator == "$from" and use.kind is None else "one ISO date"
        use.place.fault(f"{one} or datetime, such as {date(2026, 11, 23).isoformat()}", use.operands)
        return None
    from_it = operator == "$from"

    def holds(value: object) -> bool:
        instant = instant_of_value(value, calendar)
        if instant is None:
            return False
        return instant < limit if operator == "$before" else instant > limit or (from_it and instant == limit)

    return holds


def counted(use: Use) -> Accepts | None:
    """``$count``, ``$count_more`` and ``$count_less``, of the elements of a list."""
    wanted = None if use.operator == "$count" else 1
    numbers = whole_numbers(use.place, use.operands, Counted("elements", _MOST_ELEMENTS, wanted))
    if numbers is None:
        return None
    first, among = numbers[0], frozenset(numbers)
    compare: Mapping[str, Callable[[int], bool]] = {
        "$count": lambda length: length in among,
        "$count_more": lambda length: length > first,
        "$count_less": lambda length: length < first,
    }
    holds = compare[use.operator]
    return lambda value: isinstance(value, list) and holds(len(value))


def presence(use: Use) -> Accepts | None:
    """``$has_value`` and ``$is_unknown``."""
    if not is_bare(use):
        return None
    if use.operator == "$has_value":
        return lambda value: value is not None
    return lambda value: value is None


def is_bare(use: Use) -> bool:
    """Whether nothing but true stands behind an operator that takes no value; otherwise that is a fault."""
    bare = len(use.operands) <= 1 and all(operand is True for operand in use.operands)
    if not bare:
        use.place.fault("true", use.operands)
    return bare
