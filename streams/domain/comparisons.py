"""Comparisons of one value: of a profile field, of customer metadata, of an attribute of an event.

Decides which operators a value of each type understands. What each answers, also where the value is missing or of
another type, is told by the table in ``topology/definitions/README.md``. Does not know where the value stands.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from streams.domain import still_comparisons as still
from streams.domain.calendars import Calendar
from streams.domain.definitions import AttributeType
from streams.domain.facts import Facts, Predicate, all_of
from streams.domain.faults import Place
from streams.domain.geopoints import in_location
from streams.domain.instants import Instant
from streams.domain.moving_comparisons import AGO, AHEAD, Moving, anniversary, days_apart, next_month
from streams.domain.operators import conditions_at, unknown_operator, values_of
from streams.domain.still_comparisons import Accepts, Use
from streams.domain.timeframes import TIMED

LookUp = Callable[[Facts], object]
"""Finds the value."""


class Comparison(NamedTuple):
    """One operator with its operands as written, and the compiled answer."""

    operator: str
    operands: tuple[object, ...]
    answer: Accepts | Moving


_Build = Callable[[Use], Accepts | Moving | None]
_NUMERIC = ("$more_than", "$more_than_or_equal", "$less_than", "$less_than_or_equal", "$between")

_equality: Mapping[str, _Build] = dict.fromkeys(("$is", "$is_not", "$in", "$not_in"), still.equality)
_numeric: Mapping[str, _Build] = dict.fromkeys(_NUMERIC, still.numeric)
_listed: Mapping[str, _Build] = dict.fromkeys(("$contains", "$not_contain"), still.containing)
_sets: Mapping[str, _Build] = dict.fromkeys(("$not_differ", "$not_intersect"), still.compared_as_sets)
_from: Mapping[str, _Build] = {"$from": still.from_on}
_textual: Mapping[str, _Build] = {**dict.fromkeys(("$starts_with", "$ends_with"), still.textual), **_listed}
_counted: Mapping[str, _Build] = dict.fromkeys(("$count", "$count_more", "$count_less"), still.counted)
_dated: Mapping[str, _Build] = {
    **dict.fromkeys(("$after", "$before"), still.dated),
    **dict.fromkeys((*AGO, *AHEAD), days_apart),
    "$next_month": next_month,
    "$anniversary_in_days": anniversary,
}
_located: Mapping[str, _Build] = {"$in_location": in_location}
_presence: Mapping[str, _Build] = dict.fromkeys(("$has_value", "$is_unknown"), still.presence)

_text: Mapping[str, _Build] = {**_equality, **_textual, **_presence}
_date: Mapping[str, _Build] = {
    **_equality,
    **dict.fromkeys(_NUMERIC, days_apart),
    **_dated,
    **_from,
    **_presence,
}

_BY_TYPE: Mapping[AttributeType | None, Mapping[str, _Build]] = {
    None: {
        **_equality,
        **_numeric,
        **_textual,
        **_dated,
        **_from,
        **_counted,
        **_sets,
        **_located,
        **_presence,
    },
    "text": _text,
    "one_of": _text,
    "image_url": _text,
    "number": {**_equality, **_numeric, **_from, **_presence},
    "boolean": {**_equality, **_presence},
    "date": _date,
    "datetime": _date,
    "list": {**_listed, **_counted, **_sets, **_presence},
    "geopoint": {**_located, **_presence},
    "object": _presence,
}
"""Which operators a value of each type understands; all of them where the type is not known beforehand."""


class Subject(NamedTuple):
    """What is known of a value before it is there."""

    kind: AttributeType | None
    calendar: Calendar | None = None
    """In whose midnights days are counted; without one they have 24 hours."""


def comparisons_at(place: Place, value: object, subject: Subject) -> tuple[Comparison, ...] | None:
    """The comparisons written at a place for a value, or none after noting faults."""
    return _comparisons(place, value, subject, _BY_TYPE[subject.kind])


def timed_comparisons_at(place: Place, value: object, subject: Subject) -> tuple[Comparison, ...] | None:
    """The same where operators that speak of the clock alone may stand among them."""
    return _comparisons(place, value, subject, {**_BY_TYPE[subject.kind], **TIMED})


def clock_comparisons_at(
    place: Place, value: object, calendar: Calendar | None
) -> tuple[Comparison, ...] | None:
    """The comparisons written at a place for the clock alone."""
    return _comparisons(place, value, Subject(None, calendar), TIMED)


def _comparisons(
    place: Place, value: object, subject: Subject, usable: Mapping[str, _Build]
) -> tuple[Comparison, ...] | None:
    found = [
        _comparison(here, operator, operand, subject, usable)
        for here, operator, operand in conditions_at(place, value)
    ]
    sound = tuple(one for one in found if one is not None)
    return sound if found and len(sound) == len(found) else None


def accepts_of(comparisons: tuple[Comparison, ...]) -> Accepts | None:
    """Whether a value passes all comparisons, as a function of it alone; none if time moves one of them."""
    answers = [one.answer for one in comparisons if not isinstance(one.answer, Moving)]
    return _all(answers) if len(answers) == len(comparisons) else None


def predicate_of(look: LookUp, comparisons: tuple[Comparison, ...]) -> Predicate:
    """Holds when the value that ``look`` finds passes all comparisons."""
    accepts = accepts_of(comparisons)
    if accepts is not None:
        return lambda facts: accepts(look(facts))
    return all_of(tuple(_predicate(look, one.answer) for one in comparisons))


def moves(comparisons: tuple[Comparison, ...]) -> bool:
    """Whether time may change the answer of a comparison."""
    return any(isinstance(one.answer, Moving) for one in comparisons)


def next_change_of(value: object, comparisons: tuple[Comparison, ...], now: Instant) -> Instant | None:
    """The first instant after now at which time may change an answer of a comparison, if the value stays."""
    moving = (one.answer for one in comparisons if isinstance(one.answer, Moving))
    changes = (answer.next_change(value, now) for answer in moving)
    return min((change for change in changes if change is not None), default=None)


def _comparison(
    place: Place, operator: str, operand: object, subject: Subject, usable: Mapping[str, _Build]
) -> Comparison | None:
    if operator not in usable:
        unknown_operator(place, operator, usable)
        return None
    operands = values_of(operand)
    answer = usable[operator](Use(place, operator, operands, *subject))
    return None if answer is None else Comparison(operator, tuple(operands), answer)


def _all(answers: Sequence[Accepts]) -> Accepts:
    first, rest = answers[0], answers[1:]
    if not rest:
        return first
    others = _all(rest)
    return lambda value: first(value) and others(value)


def _predicate(look: LookUp, answer: Accepts | Moving) -> Predicate:
    if isinstance(answer, Moving):
        holds = answer.holds
        return lambda facts: holds(look(facts), facts.now)
    return lambda facts: answer(look(facts))
