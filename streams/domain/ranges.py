"""Comparisons of whole numbers, such as a count or elapsed days, as one range with holes.

``more than 3 and less than 9`` is the range 4 to 8; ``is not 5`` makes a hole in it. Knows not what is counted.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from streams.domain.faults import Place
from streams.domain.operators import ORDERED, Written, conditions_at, number_of, unknown_operator, values_of

UNBOUNDED: Final = 1 << 60
"""Above everything that is counted."""
MOST_APART: Final = 10_000
"""How far alternatives may lie apart: what stands between them is kept."""

_ALTERNATIVES = ("$is", "$is_not")


class Range(NamedTuple):
    """The whole numbers from ``low`` to ``high``, both included, without ``holes``."""

    low: int
    high: int
    holes: frozenset[int] = frozenset()

    def __and__(self, other: "Range") -> "Range":
        return Range(max(self.low, other.low), min(self.high, other.high), self.holes | other.holes)

    def holds(self, number: int) -> bool:
        """Whether a number is among them."""
        return self.low <= number <= self.high and number not in self.holes

    def steps(self) -> tuple[int, ...]:
        """The numbers above 0 at which a number that only grows comes in or goes out, ascending."""
        edges = {self.low, self.high + 1}
        for hole in self.holes:
            edges |= {hole, hole + 1}
        crossed = (edge for edge in edges if 0 < edge <= UNBOUNDED)
        return tuple(sorted(edge for edge in crossed if self.holds(edge) is not self.holds(edge - 1)))


EVERYTHING = Range(0, UNBOUNDED)


class Counted(NamedTuple):
    """Which whole numbers are asked for."""

    what: str
    """What they count."""
    largest: int
    wanted: int | None
    """How many of them: one, or two that ascend; none for any number of alternatives."""


def range_at(
    place: Place, value: object, what: str, largest: int, *, beside: Collection[str] = ()
) -> tuple[Range, Written] | None:
    """The range that the operators at a place leave, and these operators, or none after noting faults.

    ``what`` names what is counted; ``beside`` are further keys that are read elsewhere.
    """
    noted = len(place.noted)
    meant, written = EVERYTHING, list[tuple[str, tuple[object, ...]]]()
    for here, operator, operand in conditions_at(place, value, beside):
        if operator not in ORDERED:
            unknown_operator(here, operator, ORDERED)
            continue
        wanted = None if operator in _ALTERNATIVES else 2 if operator == "$between" else 1
        numbers = whole_numbers(here, operand, Counted(what, largest, wanted))
        if numbers is not None and operator == "$is" and max(numbers) - min(numbers) > MOST_APART:
            here.fault(f"values that lie at most {MOST_APART} apart", operand)
        elif numbers is not None:
            meant &= range_of(operator, numbers)
            written.append((operator, tuple(numbers)))
    return None if len(place.noted) > noted else (meant, tuple(written))


def whole_numbers(place: Place, operand: object, asked: Counted) -> list[int] | None:
    """The whole numbers written at a place, or none after noting a fault."""
    what, largest, wanted = asked
    numbers = [number_of(value) for value in values_of(operand)]
    whole = [int(n) for n in numbers if n is not None and n == int(n) and 0 <= n <= largest]
    many = len(whole) > 0 if wanted is None else len(whole) == wanted
    if many and len(whole) == len(numbers) and (wanted is None or whole == sorted(whole)):
        return whole
    expected = {1: "one whole number", 2: "two ascending whole numbers"}.get(wanted or 0, "whole numbers")
    place.fault(f"{expected} of {what}, 0 to {largest}", operand)
    return None


def range_of(operator: str, numbers: list[int]) -> Range:
    """The numbers that one operator of whole numbers leaves."""
    first = numbers[0]
    match operator:
        case "$is" | "$between":
            low, high = min(numbers), max(numbers)
            between = () if operator == "$between" else range(low, high)
            return Range(low, high, frozenset(between).difference(numbers))
        case "$is_not":
            return Range(0, UNBOUNDED, frozenset(numbers))
        case "$more_than":
            return Range(first + 1, UNBOUNDED)
        case "$more_than_or_equal":
            return Range(first, UNBOUNDED)
        case "$less_than":
            return Range(0, first - 1)
        case _:
            return Range(0, first)
