"""Comparisons of whole numbers, such as a count or elapsed days, as one range with holes.

``more than 3 and less than 9`` is the range 4 to 8; ``is not 5`` makes a hole in it. Knows not what is counted.
"""

from typing import Final, NamedTuple

from streams.domain.faults import Place
from streams.domain.operators import ORDERED, Written, conditions_at, number_of, unknown_operator, values_of

UNBOUNDED: Final = 1 << 60
"""Above everything that is counted."""


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


def range_at(place: Place, value: object, what: str, largest: int) -> tuple[Range, Written] | None:
    """The range that the operators at a place leave, and these operators, or none after noting faults.

    ``what`` names what is counted.
    """
    noted = len(place.noted)
    meant, written = EVERYTHING, list[tuple[str, tuple[object, ...]]]()
    for here, operator, operand in conditions_at(place, value):
        if operator not in ORDERED:
            unknown_operator(here, operator, ORDERED)
            continue
        numbers = _whole_numbers(here, operand, what, largest, 2 if operator == "$between" else 1)
        if numbers is not None:
            meant &= _range_of(operator, numbers)
            written.append((operator, tuple(numbers)))
    return None if len(place.noted) > noted else (meant, tuple(written))


def _whole_numbers(place: Place, operand: object, what: str, largest: int, wanted: int) -> list[int] | None:
    numbers = [number_of(value) for value in values_of(operand)]
    whole = [int(n) for n in numbers if n is not None and n == int(n) and 0 <= n <= largest]
    if len(whole) == len(numbers) == wanted and whole == sorted(whole):
        return whole
    many = "one whole number" if wanted == 1 else "two ascending whole numbers"
    place.fault(f"{many} of {what}, 0 to {largest}", operand)
    return None


def _range_of(operator: str, numbers: list[int]) -> Range:
    first, last = numbers[0], numbers[-1]
    match operator:
        case "$is" | "$between":
            return Range(first, last)
        case "$is_not":
            return Range(0, UNBOUNDED, frozenset({first}))
        case "$more_than":
            return Range(first + 1, UNBOUNDED)
        case "$more_than_or_equal":
            return Range(first, UNBOUNDED)
        case "$less_than":
            return Range(0, first - 1)
        case _:
            return Range(0, first)
