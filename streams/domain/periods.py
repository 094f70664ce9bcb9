"""Periods of the calendar: the day, week, month, quarter or year in which an instant lies.

Decides where each begins and ends in the days of a time zone; a week begins on Monday. Does not know what is counted in
them.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from streams.domain.calendars import FIRST_DAY, LAST_DAY, Calendar, date_of, day_of_date
from streams.domain.instants import LATEST, Instant

_FAR = timedelta(days=367)
"""Longer than any period."""


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


_FIRST_DAYS: Final[Mapping[str, Callable[[date], date]]] = {
    "day": lambda day: day,
    "week": _week,
    "month": lambda day: day.replace(day=1),
    "quarter": _quarter,
    "year": lambda day: day.replace(month=1, day=1),
}
_LENGTHS: Final[Mapping[str, timedelta]] = {
    name: timedelta(days=days)
    for name, days in {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}.items()
}

PERIODS: Final = tuple(_FIRST_DAYS)
"""Their names."""


class Period(NamedTuple):
    """One kind of period, in the calendar of a time zone."""

    name: str
    calendar: Calendar

    def start(self, at: Instant) -> Instant:
        """The first instant of the period in which ``at`` lies."""
        return self.calendar.start_of(self._first_day(at))

    def end(self, at: Instant) -> Instant:
        """The first instant of the next period; none comes after the year 9999."""
        day = self.calendar.day_of(at)
        if not _is_inside(day):
            return LATEST
        # So many days after its beginning a period is over, and the next one is not.
        later = date_of(self._first_day(at)) + _LENGTHS[self.name]
        return self.calendar.start_of(day_of_date(_FIRST_DAYS[self.name](later)))

    def _first_day(self, at: Instant) -> int:
        day = self.calendar.day_of(at)
        # Where there are no dates, everything is one period.
        return day_of_date(_FIRST_DAYS[self.name](date_of(day))) if _is_inside(day) else day


def _is_inside(day: int) -> bool:
    """Whether the period of a day and the next one have dates."""
    return FIRST_DAY + _FAR.days < day < LAST_DAY - _FAR.days
