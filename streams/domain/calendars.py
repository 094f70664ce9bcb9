"""Days as the calendar of a time zone counts them: by number, from 1970-01-01 on.

Decides where a day begins: at the first instant that bears its date, be that midnight or not. A day lasts until the
next one begins, so its number never goes back, whatever the clocks of the zone do; a date that a zone left out is a
day without length. Does not know what days are counted for.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from streams.domain.faults import Place, nearest
from streams.domain.instants import DAY, Instant, instant_of

_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DAY: Final = date.min.toordinal() - _EPOCH_ORDINAL
LAST_DAY: Final = date.max.toordinal() - _EPOCH_ORDINAL
"""The days that have a date: those of the years 1 to 9999."""


class Calendar(NamedTuple):
    """How one time zone counts days."""

    zone: str
    day_of: Callable[[int], int]
    """The day in which an instant lies."""
    start_of: Callable[[int], Instant]
    """The first instant of a day, or of the day after one without length."""


UTC_CALENDAR: Final = Calendar("UTC", lambda instant: instant // DAY, lambda day: Instant(day * DAY))


def calendar_at(place: Place, zone: object) -> Calendar | None:
    """The calendar of the time zone named at a place, or none after noting a fault."""
    zones = _zones()
    if isinstance(zone, str) and zone in zones:
        return calendar_of(zone)
    place.fault(
        "a time zone, such as Europe/Warsaw", zone, nearest(str(zone).title().replace(" ", "_"), zones)
    )
    return None


@cache
def calendar_of(zone: str) -> Calendar:
    """The calendar of a time zone that exists."""
    rules = ZoneInfo(zone)

    @lru_cache(maxsize=8192)  # some years of days, for each of which it costs microseconds to ask the zone
    def start_of(day: int) -> Instant:
        return _first_instant(rules, day) if FIRST_DAY < day < LAST_DAY else Instant(day * DAY)

    def day_of(instant: int) -> int:
        day = instant // DAY + 1  # no zone is a whole day ahead of UTC
        while start_of(day) > instant:
            day -= 1
        return day

    return Calendar(zone, day_of, start_of)


def date_of(day: int) -> date:
    """The date of a day that has one."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def day_of_date(written: date) -> int:
    """The number of the day with this date."""
    return written.toordinal() - _EPOCH_ORDINAL


def _first_instant(rules: ZoneInfo, day: int) -> Instant:
    return first_showing(rules, datetime.fromordinal(day + _EPOCH_ORDINAL))


def first_showing(rules: ZoneInfo, shown: datetime) -> Instant:
    """The first instant at which the clocks of a zone show this, or something later on because they skipped it."""
    first = instant_of(shown.replace(tzinfo=rules))
    second = instant_of(shown.replace(tzinfo=rules, fold=1))
    if first <= second:  # it is shown once, or twice: then the first time counts
        return first
    # The clocks skip it: they are put forward over it somewhere between the two.
    skipped = range(second, first)
    return Instant(second + bisect_left(skipped, shown, key=lambda instant: shown_at(rules, instant)))


def shown_at(rules: ZoneInfo, instant: int) -> datetime:
    """What the clocks of a zone show."""
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(rules).replace(tzinfo=None)


@cache
def _zones() -> Collection[str]:
    """The names of zones that are the same on every machine, in order."""
    return dict.fromkeys(sorted(available_timezones() - {"localtime", "Factory"}))
