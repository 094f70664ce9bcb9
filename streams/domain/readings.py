"""What a value may be read as where it is compared: something that equals, an instant, a day.

Decides that true is no number, that a number may stand as text in a definition, and that dates and datetimes are ISO
8601 text. A date stands for its first instant, in UTC or in the calendar given; a datetime without offset is UTC.
Does not know what values are compared for.
"""

from collections.abc import Mapping
from datetime import date

from streams.domain.calendars import FIRST_DAY, LAST_DAY, UTC_CALENDAR, Calendar, day_of_date
from streams.domain.definitions import AttributeType
from streams.domain.instants import parse_instant
from streams.domain.operators import number_of

_LONGEST_DATE = 10
_TRUE, _FALSE = ("boolean", True), ("boolean", False)
_TRUTHS: Mapping[object, object] = {True: _TRUE, False: _FALSE, "true": _TRUE, "false": _FALSE}


def comparable(value: object) -> object:
    """A value such that equality means sameness: ``True`` is not 1; lists, mappings and null are like nothing."""
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    return value if isinstance(value, (str, int, float)) else None


def instant_of_value(value: object, calendar: Calendar = UTC_CALENDAR) -> int | None:
    """The instant that a date or datetime stands for; none for anything else."""
    if not isinstance(value, str):
        return None
    try:
        if calendar is UTC_CALENDAR:
            return parse_instant(value)
        day = _date(value)
        return parse_instant(value) if day is None else calendar.start_of(day)
    except (ValueError, OverflowError):
        return None


def day_of_value(value: object, calendar: Calendar = UTC_CALENDAR) -> int | None:
    """The day of a date, or that in which a datetime lies; none for anything else."""
    if not isinstance(value, str):
        return None
    try:
        day = _date(value)
        day = calendar.day_of(parse_instant(value)) if day is None else day
    except (ValueError, OverflowError):
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def forms(operand: object, kind: AttributeType | None, calendar: Calendar = UTC_CALENDAR) -> set[object]:
    """What an operand may stand for among values of a type, as ``comparable`` or ``instant_of_value`` gives them."""
    number, same = number_of(operand), comparable(operand)
    truth = _TRUTHS.get(operand) if isinstance(operand, (str, bool)) else None
    found: set[object]
    match kind:
        case "number":
            found = {number}
        case "boolean":
            found = {truth}
        case "date" | "datetime":
            found = {instant_of_value(operand, calendar)}
        case "text" | "one_of" | "image_url":
            found = {operand if isinstance(operand, str) else None}
        case _:
            found = {number, same, truth}
    return found - {None}


def _date(text: str) -> int | None:
    """The day of a text that is a date alone."""
    if len(text) > _LONGEST_DATE:
        return None
    try:
        return day_of_date(date.fromisoformat(text))
    except ValueError:
        return None
