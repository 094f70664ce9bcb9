"""Comparisons of one value: of a profile field, of customer metadata, of an attribute of an event.

Decides what each operator answers, also where the value is missing (or null) or of another type than the operator
speaks of. A refusal to match is the rule; what is said in the negative holds exactly when its positive does not:

==================================================  =======  ==========
operator                                            missing  other type
==================================================  =======  ==========
``$is`` ``$in``                                     no       no
``$is_not`` ``$not_in``                             yes      yes
``$more_than`` … ``$between`` (numbers)             no       no
``$starts_with`` ``$ends_with`` ``$contains``       no       no
``$not_contain``                                    yes      yes
``$after`` ``$before`` (ISO dates)                  no       no
``$count`` ``$count_more`` ``$count_less`` (lists)  no       no
``$has_value``                                      no       yes
``$is_unknown``                                     yes      no
==================================================  =======  ==========

Several values after one operator are alternatives: one of them for ``$is``, none of them for ``$is_not``. Text compares
by exact code points; true and false are no numbers; in a definition, a number may stand as text. Operators that
measure from today (``$more_than`` on a date, ``$is_days_ago``, …) are refused: nothing here moves with time.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from streams.domain.definitions import AttributeType
from streams.domain.faults import Place
from streams.domain.instants import parse_instant
from streams.domain.operators import conditions_at, number_of, unknown_operator, values_of

Accepts = Callable[[object], bool]


class Comparison(NamedTuple):
    """One operator with its operands as written, and the compiled answer."""

    operator: str
    operands: tuple[object, ...]
    accepts: Accepts


_EQUALITY = ("$is", "$is_not", "$in", "$not_in")
_NUMERIC = ("$more_than", "$more_than_or_equal", "$less_than", "$less_than_or_equal", "$between")
_TEXTUAL = ("$starts_with", "$ends_with", "$contains", "$not_contain")
_DATED = ("$after", "$before")
_COUNTED = ("$count", "$count_more", "$count_less")
_PRESENCE = ("$has_value", "$is_unknown")
_LISTED = ("$contains", "$not_contain")

_BY_TYPE: Mapping[AttributeType | None, tuple[str, ...]] = {
    None: (*_EQUALITY, *_NUMERIC, *_TEXTUAL, *_DATED, *_COUNTED, *_PRESENCE),
    "text": (*_EQUALITY, *_TEXTUAL, *_PRESENCE),
    "one_of": (*_EQUALITY, *_TEXTUAL, *_PRESENCE),
    "image_url": (*_EQUALITY, *_TEXTUAL, *_PRESENCE),
    "number": (*_EQUALITY, *_NUMERIC, *_PRESENCE),
    "boolean": (*_EQUALITY, *_PRESENCE),
    "date": (*_EQUALITY, *_DATED, *_PRESENCE),
    "datetime": (*_EQUALITY, *_DATED, *_PRESENCE),
    "list": (*_LISTED, *_COUNTED, *_PRESENCE),
    "geopoint": _PRESENCE,
    "object": _PRESENCE,
}
"""Which operators a value of each type understands; all of them where the type is not known beforehand."""


def comparisons_at(place: Place, value: object, kind: AttributeType | None) -> tuple[Comparison, ...] | None:
    """The comparisons written at a place for a value of a type, or none after noting faults."""
    found = [
        _comparison(here, operator, operand, kind) for here, operator, operand in conditions_at(place, value)
    ]
    sound = tuple(one for one in found if one is not None)
    return sound if found and len(sound) == len(found) else None


def _comparison(
    place: Place, operator: str, operand: object, kind: AttributeType | None
) -> Comparison | None:
    usable = _BY_TYPE[kind]
    if operator not in usable:
        unknown_operator(place, operator, usable)
        return None
    operands = values_of(operand)
    accepts = _builder(operator)(place, operator, operands, kind)
    return None if accepts is None else Comparison(operator, tuple(operands), accepts)


def passes(comparisons: tuple[Comparison, ...]) -> Accepts:
    """Whether a value passes all of them, as one function."""
    first, rest = comparisons[0].accepts, comparisons[1:]
    if not rest:
        return first
    others = passes(rest)
    return lambda value: first(value) and others(value)


_Builder = Callable[[Place, str, list[object], AttributeType | None], Accepts | None]


def _builder(operator: str) -> _Builder:
    for operators, builder in _BUILDERS:
        if operator in operators:
            return builder
    raise AssertionError(operator)


def _equality(
    place: Place, operator: str, operands: list[object], kind: AttributeType | None
) -> Accepts | None:
    accepted: set[object] = set()
    for operand in operands:
        forms = _forms(operand, kind)
        if not forms:
            place.fault(f"a {kind or 'text, number or truth value'}", operand)
        accepted.update(forms)
    if not operands:
        place.fault("at least one value", operands)
    if not accepted:
        return None
    read = _READERS.get(kind, _comparable)
    among = frozenset(accepted)
    if operator in {"$is", "$in"}:
        return lambda value: read(value) in among
    return lambda value: read(value) not in among


def _forms(operand: object, kind: AttributeType | None) -> set[object]:
    """What an operand may stand for among comparable values."""
    number, comparable = number_of(operand), _comparable(operand)
    truth = _TRUTHS.get(operand) if isinstance(operand, (str, bool)) else None
    match kind:
        case "number":
            return set() if number is None else {number}
        case "boolean":
            return set() if truth is None else {truth}
        case "date" | "datetime":
            instant = _instant(operand)
            return set() if instant is None else {instant}
        case "text" | "one_of" | "image_url":
            return {operand} if isinstance(operand, str) else set()
        case _:
            return {form for form in (number, comparable, truth) if form is not None}


_TRUE, _FALSE = ("boolean", True), ("boolean", False)
_TRUTHS: Mapping[object, object] = {True: _TRUE, False: _FALSE, "true": _TRUE, "false": _FALSE}


def _comparable(value: object) -> object:
    """A value such that equality means sameness: ``True`` is not 1; lists, mappings and null are like nothing."""
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    return value if isinstance(value, (str, int, float)) else None


def _instant(value: object) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        return parse_instant(value)
    except (ValueError, OverflowError):
        return None


_READERS: Mapping[AttributeType | None, Callable[[object], object]] = {"date": _instant, "datetime": _instant}


def _numeric(
    place: Place, operator: str, operands: list[object], _kind: AttributeType | None
) -> Accepts | None:
    wanted = 2 if operator == "$between" else 1
    numbers = [number for number in map(number_of, operands) if number is not None]
    if len(numbers) != len(operands) or len(numbers) != wanted or numbers != sorted(numbers):
        place.fault("two ascending numbers" if wanted == 2 else "one number", operands)
        return None
    first, last = numbers[0], numbers[-1]
    compare: Mapping[str, Callable[[int | float], bool]] = {
        "$more_than": lambda number: number > first,
        "$more_than_or_equal": lambda number: number >= first,
        "$less_than": lambda number: number < first,
        "$less_than_or_equal": lambda number: number <= first,
        "$between": lambda number: first <= number <= last,
    }
    holds = compare[operator]
    return lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and holds(value)


def _textual(
    place: Place, operator: str, operands: list[object], kind: AttributeType | None
) -> Accepts | None:
    if operator in _LISTED and kind in {None, "list"}:
        return _containing(place, operator, operands)
    texts = tuple(operand for operand in operands if isinstance(operand, str))
    if not texts or len(texts) != len(operands):
        place.fault("at least one text", operands)
        return None
    match operator:
        case "$starts_with":
            return lambda value: isinstance(value, str) and value.startswith(texts)
        case "$ends_with":
            return lambda value: isinstance(value, str) and value.endswith(texts)
        case "$contains":
            return lambda value: isinstance(value, str) and any(text in value for text in texts)
        case _:
            return lambda value: not (isinstance(value, str) and any(text in value for text in texts))


def _containing(place: Place, operator: str, operands: list[object]) -> Accepts | None:
    """A part of a text, or an element of a list, whichever the value turns out to be."""
    forms = [_forms(operand, None) for operand in operands]
    if not forms or not all(forms):
        place.fault("at least one text, number or truth value", operands)
        return None
    texts = tuple(operand for operand in operands if isinstance(operand, str))
    elements = frozenset().union(*forms)

    def contains(value: object) -> bool:
        if isinstance(value, str):
            return any(text in value for text in texts)
        return isinstance(value, list) and any(_comparable(element) in elements for element in value)

    return contains if operator == "$contains" else lambda value: not contains(value)


def _dated(
    place: Place, operator: str, operands: list[object], _kind: AttributeType | None
) -> Accepts | None:
    limit = _instant(operands[0]) if len(operands) == 1 else None
    if limit is None:
        place.fault(f"one ISO date or datetime, such as {date(2026, 11, 23).isoformat()}", operands)
        return None
    after = operator == "$after"

    def dated(value: object) -> bool:
        instant = _instant(value)
        return instant is not None and (instant > limit if after else instant < limit)

    return dated


def _counted(
    place: Place, operator: str, operands: list[object], _kind: AttributeType | None
) -> Accepts | None:
    number = number_of(operands[0]) if len(operands) == 1 else None
    if number is None or number != int(number) or number < 0:
        place.fault("one whole number of elements", operands)
        return None
    compare: Mapping[str, Callable[[int], bool]] = {
        "$count": lambda length: length == number,
        "$count_more": lambda length: length > number,
        "$count_less": lambda length: length < number,
    }
    holds = compare[operator]
    return lambda value: isinstance(value, list) and holds(len(value))


def _presence(
    place: Place, operator: str, operands: list[object], _kind: AttributeType | None
) -> Accepts | None:
    if operands not in ([], [True]):
        place.fault("true", operands)
        return None
    if operator == "$has_value":
        return lambda value: value is not None
    return lambda value: value is None


_BUILDERS: tuple[tuple[tuple[str, ...], _Builder], ...] = (
    (_EQUALITY, _equality),
    (_NUMERIC, _numeric),
    (_TEXTUAL, _textual),
    (_DATED, _dated),
    (_COUNTED, _counted),
    (_PRESENCE, _presence),
)
