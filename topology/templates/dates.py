"""The filter ``date``: an instant or a date as text, in a time zone, by a pattern.

Decides which directives there are: those of ``strftime`` that depend on neither machine, language nor the time that it
is now. ``now`` and ``today`` are no dates here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from liquid.exceptions import FilterArgumentError
from liquid.undefined import is_undefined

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DIRECTIVES: Mapping[str, Callable[[datetime], str]] = {
    "Y": lambda at: f"{at.year:04}",
    "y": lambda at: f"{at.year % 100:02}",
    "m": lambda at: f"{at.month:02}",
    "B": lambda at: _MONTHS[at.month - 1],
    "b": lambda at: _MONTHS[at.month - 1][:3],
    "d": lambda at: f"{at.day:02}",
    "e": lambda at: f"{at.day:2}",
    "j": lambda at: f"{at.timetuple().tm_yday:03}",
    "A": lambda at: _DAYS[at.weekday()],
    "a": lambda at: _DAYS[at.weekday()][:3],
    "u": lambda at: str(at.isoweekday()),
    "V": lambda at: f"{at.isocalendar().week:02}",
    "H": lambda at: f"{at.hour:02}",
    "I": lambda at: f"{(at.hour + 11) % 12 + 1:02}",
    "M": lambda at: f"{at.minute:02}",
    "S": lambda at: f"{at.second:02}",
    "p": lambda at: "AM" if at.hour < 12 else "PM",
    "F": lambda at: f"{at.year:04}-{at.month:02}-{at.day:02}",
    "T": lambda at: f"{at.hour:02}:{at.minute:02}:{at.second:02}",
    "z": lambda at: _offset(at),  # noqa: PLW0108  it stands below
    "%": lambda _at: "%",
}
_DIRECTIVE = re.compile(r"%(-?)(.)", re.DOTALL)


def date(value: object, pattern: object = "%F", zone: object = "UTC") -> str:
    """``value``, an ISO date or datetime, by ``pattern`` as the clocks of ``zone`` show it; nothing for nothing.

    ``%-d`` leaves out leading zeros and blanks.
    """
    if value is None or value == "" or is_undefined(value):
        return ""
    moment = _moment(value)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    moment = moment.astimezone(_zone(zone)) if isinstance(value, str) and len(value) > 10 else moment
    return _DIRECTIVE.sub(lambda found: _written(found, moment), str(pattern))


def _moment(value: object) -> datetime:
    try:
        return datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        message = f"date: expected an ISO date or datetime, found {value!r}"
        raise FilterArgumentError(message, token=None) from error


def _written(found: re.Match[str], moment: datetime) -> str:
    unpadded, letter = found.groups()
    directive = _DIRECTIVES.get(letter)
    if directive is None:
        known = " ".join(f"%{each}" for each in _DIRECTIVES)
        raise FilterArgumentError(f"date: expected one of {known}, found {found[0]}", token=None)
    written = directive(moment)
    return (written.lstrip("0 ") or "0") if unpadded else written


def _offset(at: datetime) -> str:
    offset = at.utcoffset()
    seconds = 0 if offset is None else round(offset.total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}"


def _zone(name: object) -> ZoneInfo:
    if name not in _zones():
        raise FilterArgumentError(f"date: expected a time zone, found {name!r}", token=None)
    return ZoneInfo(str(name))


@cache
def _zones() -> frozenset[object]:
    return frozenset(available_timezones() - {"localtime", "Factory"})
