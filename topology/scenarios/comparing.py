"""Records expected and records found, put side by side: what is missing, what is too much, what differs and where.

Decides which found record an expected one is held against: the two lists are aligned so that as few fields as possible
differ. Of a record only the fields that are written are compared; what stands in a field must be equal as a whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from streams.domain.faults import ABSENT

Record = Mapping[str, Any]

_GAP = 0.6
"""What a record without a counterpart costs; two of them cost more than a pair that has nothing in common."""
_MOST_PAIRS = 100_000
"""Beyond which nobody looks for the best way through both lists."""
_NAMES = frozenset({"segment_id", "distribution_id", "earning_rule_id", "kind"})
"""Fields that name what a record is about: records of different things are no pair."""


class FieldDifference(NamedTuple):
    """A field, or a part of one, that is not as expected."""

    path: str
    expected: object
    found: object


class Pair(NamedTuple):
    """An expected and a found record, by their places in the lists; one of them may be missing."""

    expected: int | None
    found: int | None
    differences: tuple[FieldDifference, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the found one is what was expected."""
        return self.expected is not None and self.found is not None and not self.differences


def compared(expected: Sequence[Record], found: Sequence[Record]) -> list[Pair]:
    """All records of both lists, each once, in order."""
    start = _agreeing(expected, found)
    pairs = [Pair(index, index) for index in range(start)]
    for left, right in _aligned(expected[start:], found[start:]):
        wanted = None if left is None else start + left
        came = None if right is None else start + right
        both = wanted is not None and came is not None
        differences = _differences(expected[wanted], found[came]) if both else ()  # type: ignore[index]
        pairs.append(Pair(wanted, came, tuple(differences)))
    return pairs


def same(expected: object, found: object) -> bool:
    """Whether two JSON values are equal; ``true`` is not 1, and 5 is 5.0."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return expected.keys() == found.keys() and all(same(expected[key], found[key]) for key in expected)
    if isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        return len(expected) == len(found) and all(map(same, expected, found))
    return expected == found


def _agreeing(expected: Sequence[Record], found: Sequence[Record]) -> int:
    """How many records agree from the beginning on."""
    for index, (wanted, came) in enumerate(zip(expected, found, strict=False)):
        if not _agree(wanted, came):
            return index
    return min(len(expected), len(found))


def _agree(expected: Record, found: Record) -> bool:
    return all(same(value, found.get(key)) for key, value in expected.items())


def _differences(expected: Record, found: Record) -> Iterator[FieldDifference]:
    for key, value in expected.items():
        yield from _inside(key, value, found.get(key))


def _inside(path: str, expected: object, found: object) -> Iterator[FieldDifference]:
    if same(expected, found):
        return
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key in {**expected, **found}:
            yield from _inside(f"{path}.{key}", expected.get(key, ABSENT), found.get(key, ABSENT))
    else:
        yield FieldDifference(path, expected, found)


def _aligned(expected: Sequence[Record], found: Sequence[Record]) -> Iterator[tuple[int | None, int | None]]:
    """The cheapest way through both lists, as pairs of places."""
    if len(expected) * len(found) > _MOST_PAIRS:
        yield from ((index, None) for index in range(len(expected)))
        yield from ((None, index) for index in range(len(found)))
        return
    costs = _costs(expected, found)
    way = [(0, 0)]
    while way[-1] != (len(expected), len(found)):
        here = way[-1]
        way.append(
            min(_following(here, costs), key=lambda to: costs[to] + _cost(expected, found, way[-1], to))
        )
    for (left, right), (below, beside) in pairwise(way):
        yield (left if below > left else None), (right if beside > right else None)


def _following(here: tuple[int, int], costs: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """The steps that lead on, those of both lists first."""
    left, right = here
    return [to for to in ((left + 1, right + 1), (left + 1, right), (left, right + 1)) if to in costs]


def _costs(expected: Sequence[Record], found: Sequence[Record]) -> dict[tuple[int, int], float]:
    """What it costs from each pair of places to the end of both lists."""
    costs: dict[tuple[int, int], float] = {}
    for left in range(len(expected), -1, -1):
        for right in range(len(found), -1, -1):
            here = (left, right)
            ways = [costs[to] + _cost(expected, found, here, to) for to in _following(here, costs)]
            costs[here] = min(ways, default=0.0)
    return costs


def _cost(
    expected: Sequence[Record], found: Sequence[Record], here: tuple[int, int], step: tuple[int, int]
) -> float:
    """Of one step: the share of fields that differ, if both lists move on."""
    left, right = here
    if step != (left + 1, right + 1):
        return _GAP
    fields, other = expected[left], found[right]
    wrong = [key for key, value in fields.items() if not same(value, other.get(key))]
    if not _NAMES.isdisjoint(wrong):
        return 3 * _GAP
    return len(wrong) / len(fields) if fields else 0.0
