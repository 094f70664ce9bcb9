"""Conditions on membership in segments, the same in filters and in validation rules.

Decides how they are written: ``{conditions: {$in: [a, b], $not_in: [c]}}``. What one says stands in ``conditions``.
"""

from collections.abc import Collection

from streams.domain.conditions import SegmentReference
from streams.domain.faults import Place
from streams.domain.identities import SegmentId
from streams.domain.operators import conditions_at, unknown_operator, values_of

_POSITIVE = ("$in", "$is")
_OPERATORS = (*_POSITIVE, "$not_in", "$is_not")


def memberships_at(place: Place, value: object, segments: Collection[str]) -> tuple[SegmentReference, ...]:
    """The references written at a place, all of which must hold; faults are noted."""
    return tuple(_reference(*written, segments) for written in conditions_at(place, value))


def _reference(place: Place, operator: str, operand: object, segments: Collection[str]) -> SegmentReference:
    if operator not in _OPERATORS:
        unknown_operator(place, operator, _OPERATORS)
    named = values_of(operand)
    for index, segment in enumerate(named):
        if not isinstance(segment, str) or segment not in segments:
            place.at(index).unknown("segment", segment, segments)
    if not named:
        place.fault("at least one segment", operand)
    return SegmentReference(frozenset(SegmentId(str(segment)) for segment in named), operator in _POSITIVE)
