"""The names of operators, in all spellings that Voucherify's documents use, and how their values are written.

Decides which spelling means what. What an operator does to a value stands in ``ranges`` and ``comparisons``.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import inf

from streams.domain.faults import ABSENT, Place, nearest

_SYNONYMS: Mapping[str, str] = {
    "$greater_than": "$more_than",
    "$more_than_equal": "$more_than_or_equal",
    "$greater_than_equal": "$more_than_or_equal",
    "$greater_than_or_equal": "$more_than_or_equal",
    "$less_than_equal": "$less_than_or_equal",
    "$not_contains": "$not_contain",
}

ORDERED = (
    "$is",
    "$is_not",
    "$more_than",
    "$more_than_or_equal",
    "$less_than",
    "$less_than_or_equal",
    "$between",
)
"""Operators on whole numbers and on numbers."""

OPERATORS = (
    *ORDERED,
    *("$in", "$not_in", "$starts_with", "$ends_with", "$contains", "$not_contain"),
    *("$count", "$count_more", "$count_less"),
    *("$after", "$before", "$is_days_ago", "$more_than_ago", "$less_than_ago"),
    *("$is_days_in_future", "$more_than_future", "$less_than_future", "$next_month", "$anniversary_in_days"),
    *("$from", "$not_differ", "$not_intersect"),
    *("$timeframe", "$timeframe_absolute", "$timeframe_daily_hours", "$dow"),
    *("$in_location", "$has_value", "$is_unknown"),
)
"""The one name used inside for each operator."""

SPELLINGS: Mapping[str, str] = {
    **_SYNONYMS,
    **{spelled.removeprefix("$"): name for spelled, name in _SYNONYMS.items()},
    **{name.removeprefix("$"): name for name in OPERATORS},
}
"""Every other spelling, to the one name used inside."""

_ELSEWHERE = {
    "$exactly": "$is",
    "$eq": "$is",
    "$equals": "$is",
    "$ne": "$is_not",
    "$gt": "$more_than",
    "$gte": "$more_than_or_equal",
    "$lt": "$less_than",
    "$lte": "$less_than_or_equal",
    "$nin": "$not_in",
    "$exists": "$has_value",
}
"""What other systems call them; only hints."""


_SPEAKS_OF = {
    **dict.fromkeys(
        ("$count", "$count_more", "$count_less", "$not_differ", "$not_intersect"), "it speaks of lists"
    ),
    **dict.fromkeys(("$starts_with", "$ends_with"), "it speaks of text"),
    **dict.fromkeys(("$contains", "$not_contain"), "it speaks of text and lists"),
    **dict.fromkeys(ORDERED[2:], "it speaks of numbers"),
    **dict.fromkeys(("$after", "$before", "$next_month", "$anniversary_in_days"), "it speaks of dates"),
    **dict.fromkeys(("$is_days_ago", "$more_than_ago", "$less_than_ago"), "it speaks of dates"),
    **dict.fromkeys(("$is_days_in_future", "$more_than_future", "$less_than_future"), "it speaks of dates"),
    "$from": "it speaks of numbers and dates",
    "$in_location": "it speaks of geopoints",
    **dict.fromkeys(
        ("$timeframe", "$timeframe_absolute", "$timeframe_daily_hours", "$dow"),
        "it speaks of the clock, in validation rules",
    ),
}
"""Of what those speak that not every value understands; hints where they stand elsewhere."""


Written = tuple[tuple[str, tuple[object, ...]], ...]
"""Operators as written, each under its one name, with their values; all of them must hold."""

_WHOLE = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,40}\.?\d{0,40}|\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)


def conditions_at(
    place: Place, value: object, beside: Collection[str] = ()
) -> Iterator[tuple[Place, str, object]]:
    """The operators under ``conditions`` with their values, the spelling brought to one; all of them must hold.

    Other keys than those in ``beside`` are faults.
    """
    body = place.mapping(value)
    if body is None:
        return
    place.keys(body, {"conditions", *beside})
    inner = place.at("conditions")
    conditions = inner.mapping(body.get("conditions", ABSENT))
    if conditions is not None and not conditions:
        inner.fault("at least one operator with its value", conditions)
    for spelled, operand in (conditions or {}).items():
        yield inner.at(spelled), SPELLINGS.get(spelled, spelled), operand


def unknown_operator(place: Place, operator: str, known: Iterable[str]) -> None:
    """Note that an operator, written at this place, does not exist for this field."""
    usable = tuple(known)
    other = _ELSEWHERE.get(operator if operator.startswith("$") else f"${operator}")
    hint = f"use {other}" if other in usable else _SPEAKS_OF.get(operator) or nearest(operator, usable)
    place.fault("one of " + ", ".join(usable), place.path[-1], hint)


def values_of(operand: object) -> list[object]:
    """A list as it is, a bare value as a list of one."""
    return list(operand) if isinstance(operand, (list, tuple)) else [operand]


def number_of(value: object) -> int | float | None:
    """A number, also one that stands as text; none for anything else, truth values and infinities among them."""
    if isinstance(value, str):
        return _read(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < inf else None


def _read(text: str) -> int | float | None:
    if _WHOLE.fullmatch(text):
        return int(text)
    number = float(text) if _DECIMAL.fullmatch(text) else inf
    return number if abs(number) < inf else None
