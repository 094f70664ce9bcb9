"""Comparisons that time moves: how many days ago or ahead a value lies, next month, anniversaries.

Decides what each answers of a value at an instant, and at which instant it answers otherwise if the value stays.

Days are counted on one of two faces. One counts milliseconds from the value: *n days* are n times 24 hours. The other
counts the midnights of a calendar. On both, an operator holds during spans of the distance from the value to now, each
from its beginning up to, but not including, its end. Days ahead grow fewer: ``n`` of them begin a millisecond after
``n + 1`` would be left, and end a millisecond after ``n`` are.
"""

from collections.abc import Callable, Iterable
from datetime import MAXYEAR, date
from functools import partial
from typing import NamedTuple

from streams.domain.calendars import Calendar, date_of, day_of_date
from streams.domain.durations import MOST_DAYS
from streams.domain.instants import DAY, LATEST, Instant
from streams.domain.ranges import Counted, Range, range_of, whole_numbers
from streams.domain.readings import day_of_value, instant_of_value
from streams.domain.still_comparisons import Use, is_bare

Span = tuple[int, int]


class Moving(NamedTuple):
    """The answer of an operator that speaks of now."""

    holds: Callable[[object, Instant], bool]
    """Whether it holds of a value at an instant."""
    next_change: Callable[[object, Instant], Instant | None]
    """The first instant after this one at which the answer may differ, if the value stays; none if it never does."""


class Face(NamedTuple):
    """How days are counted."""

    position: Callable[[object], int | None]
    """Where it stands at a value; none for one that is no date."""
    reading: Callable[[Instant], int]
    """Where it stands at an instant."""
    begin: Callable[[int], Instant]
    """The first instant of a position."""
    day: int
    """How many positions make a day."""


AGO = {"$is_days_ago": "$is", "$more_than_ago": "$more_than", "$less_than_ago": "$less_than"}
AHEAD = {"$is_days_in_future": "$is", "$more_than_future": "$more_than", "$less_than_future": "$less_than"}
_MOST_AHEAD = 366
"""Days from a day to the next anniversary."""


def days_apart(use: Use) -> Moving | None:
    """The operators on days ago and on days in the future."""
    operator = {**AGO, **AHEAD}.get(use.operator, use.operator)
    wanted = {"$is": None, "$between": 2}.get(operator, 1)
    numbers = whole_numbers(use.place, use.operands, Counted("days", MOST_DAYS, wanted))
    if numbers is None:
        return None
    face = _elapsed() if use.calendar is None else _midnights(use.calendar)
    span = _ahead if use.operator in AHEAD else _ago
    ranges = [range_of(operator, one) for one in ([[n] for n in numbers] if wanted is None else [numbers])]
    spans = _apart(span(days, face.day) for days in ranges)
    return Moving(partial(_within, face, spans), partial(_next_edge, face, spans))


def _elapsed() -> Face:
    return Face(instant_of_value, int, Instant, DAY)


def _midnights(calendar: Calendar) -> Face:
    return Face(partial(day_of_value, calendar=calendar), calendar.day_of, calendar.start_of, 1)


def _ago(days: Range, day: int) -> Span:
    return days.low * day, (days.high + 1) * day


def _ahead(days: Range, day: int) -> Span:
    return 1 - (days.high + 1) * day, min(1 - days.low * day, 0)


def _apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same stretches with a gap between any two, ascending."""
    apart: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return tuple(apart)


def _within(face: Face, spans: tuple[Span, ...], value: object, now: Instant) -> bool:
    position = face.position(value)
    if position is None:
        return False
    distance = face.reading(now) - position
    return any(start <= distance < end for start, end in spans)


def _next_edge(face: Face, spans: tuple[Span, ...], value: object, now: Instant) -> Instant | None:
    position = face.position(value)
    if position is None:
        return None
    distance = face.reading(now) - position
    ahead = next((edge for span in spans for edge in span if edge > distance), None)
    at = None if ahead is None else face.begin(position + ahead)
    return None if at is None or at > LATEST else at


def next_month(use: Use) -> Moving | None:
    """``$next_month``: the value's month comes after the present one, whatever its year."""
    if not is_bare(use):
        return None
    calendar = use.dates

    def holds(value: object, now: Instant) -> bool:
        day = day_of_value(value, calendar)
        return day is not None and date_of(day).month == _today(calendar, now).month % 12 + 1

    def next_change(value: object, now: Instant) -> Instant | None:
        day = day_of_value(value, calendar)
        if day is None:
            return None
        month = date_of(day).month
        begins = month if holds(value, now) else (month - 2) % 12 + 1
        today = _today(calendar, now)
        year = today.year + (begins <= today.month)
        return calendar.start_of(day_of_date(date(year, begins, 1))) if year < MAXYEAR else None

    return Moving(holds, next_change)


def anniversary(use: Use) -> Moving | None:
    """``$anniversary_in_days``: so many days are left until the next anniversary of the value's day."""
    numbers = whole_numbers(use.place, use.operands, Counted("days", _MOST_AHEAD, None))
    if numbers is None:
        return None
    calendar, left = use.dates, frozenset(numbers)

    def holds(value: object, now: Instant) -> bool:
        day = day_of_value(value, calendar)
        return day is not None and _days_left(day, calendar.day_of(now)) in left

    def next_change(value: object, now: Instant) -> Instant | None:
        day = day_of_value(value, calendar)
        if day is None:
            return None
        today = calendar.day_of(now)
        answer = _days_left(day, today) in left
        edges = {at - n + after for at in _anniversaries(day, today) for n in left for after in (0, 1)}
        ahead = sorted(edge for edge in edges if edge > today)
        changed = (edge for edge in ahead if (_days_left(day, edge) in left) is not answer)
        edge = next(changed, None) or (ahead[-1] if ahead else None)
        return None if edge is None else calendar.start_of(edge)

    return Moving(holds, next_change)


def _today(calendar: Calendar, now: Instant) -> date:
    return date_of(calendar.day_of(now))


def _days_left(day: int, today: int) -> int | None:
    return next((at - today for at in _anniversaries(day, today)), None)


def _anniversaries(day: int, today: int) -> list[int]:
    """The next anniversaries of a day, today included: the first is a year after it."""
    born = date_of(day)
    first = max(date_of(today).year, born.year + 1)
    found = [_in_year(born, year) for year in range(first, min(first + 4, MAXYEAR))]
    return [at for at in found if at >= today]


def _in_year(born: date, year: int) -> int:
    leap = born.month == 2 and born.day == 29
    return day_of_date(date(year, 3, 1)) - 1 if leap else day_of_date(born.replace(year=year))
