"""Operators that speak of the clock alone: stretches of time, times of day, days of the week.

Decides whether an instant lies in what is written, and when that ends or begins next. They ask the clock at the instant
at which a rule is asked, whatever value stands beside them; times of day and days of the week are those of a time zone,
UTC without one. Each stretch lasts from its beginning up to, but not including, its end.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from streams.domain.calendars import LAST_DAY, Calendar, date_of, first_showing, shown_at
from streams.domain.durations import parse_duration
from streams.domain.instants import DAY, LATEST, Instant, instant_of
from streams.domain.moving_comparisons import Moving
from streams.domain.ranges import Counted, whole_numbers
from streams.domain.readings import instant_of_value
from streams.domain.still_comparisons import Use

_WEEK = 7
_AHEAD = 2 * _WEEK + 1
"""So many days ahead every day of the week has come, even where a zone left one out."""
_MINUTES = 24 * 60
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
_THURSDAY = 4
"""The day of the week of 1970-01-01, Sunday being 0."""
_UTC = ZoneInfo("UTC")
_LAST = LATEST - DAY
"""The last instant that has a date in every zone."""

Span = tuple[int, int]


class Recurring(NamedTuple):
    """A stretch of time that comes again and again."""

    start: int
    interval: int
    duration: int


class Hours(NamedTuple):
    """Minutes of the day, from one up to another, or over midnight into the next day, on days of the week."""

    start: int
    end: int
    days: frozenset[int]
    """On which it begins; 0 is Sunday."""

    def covers(self, weekday: int, minute: int) -> bool:
        """Whether it covers this minute of this day."""
        if self.start < self.end:
            return weekday in self.days and self.start <= minute < self.end
        return (weekday in self.days and minute >= self.start) or (
            (weekday - 1) % _WEEK in self.days and minute < self.end
        )


def day_of_week(use: Use) -> Moving | None:
    """``$dow``: today is one of these days, 0 being Sunday."""
    numbers = whole_numbers(use.place, use.operands, Counted("days of the week from Sunday", 6, None))
    if numbers is None:
        return None
    calendar, among = use.dates, frozenset(numbers)

    def holds(_value: object, now: Instant) -> bool:
        return _weekday(calendar.day_of(now)) in among

    def next_change(_value: object, now: Instant) -> Instant | None:
        today = calendar.day_of(now)
        ahead = (calendar.start_of(day) for day in range(today + 1, today + _AHEAD))
        return _first_otherwise(holds, now, ahead)

    return Moving(holds, next_change)


def stretch(use: Use) -> Moving | None:
    """``$timeframe_absolute``: now lies between two instants."""
    spans = [_span(use, operand) for operand in use.operands]
    sound = tuple(span for span in spans if span is not None)
    if not sound or len(sound) < len(spans):
        example = "2026-11-23T10:00:00Z;2026-11-30T10:00:00Z"
        use.place.fault(f'start and end with a semicolon between them, such as "{example}"', use.operands)
        return None

    def holds(_value: object, now: Instant) -> bool:
        return any(start <= now < end for start, end in sound)

    def next_change(_value: object, now: Instant) -> Instant | None:
        edges = sorted(edge for span in sound for edge in span if edge > now)
        return _first_otherwise(holds, now, map(Instant, edges))

    return Moving(holds, next_change)


def recurring(use: Use) -> Moving | None:
    """``$timeframe``: from a start on, at every interval, for a duration."""
    frames = [_recurring(use, operand) for operand in use.operands]
    sound = tuple(frame for frame in frames if frame is not None)
    if not sound or len(sound) < len(frames):
        example = "2026-11-23T10:00:00Z;P1D;PT1H"
        expected = "start, interval and duration, no longer than the interval, with semicolons between them"
        use.place.fault(f'{expected}, such as "{example}"', use.operands)
        return None

    def holds(_value: object, now: Instant) -> bool:
        return any(now >= one.start and (now - one.start) % one.interval < one.duration for one in sound)

    def next_change(_value: object, now: Instant) -> Instant | None:
        # Where frames overlap the answer may stay as it is: an edge is where it may change.
        edge = min((edge for one in sound for edge in _edges(one, now)), default=LATEST + 1)
        return Instant(edge) if edge <= LATEST else None

    return Moving(holds, next_change)


def daily_hours(use: Use) -> Moving | None:
    """``$timeframe_daily_hours``: the clocks show a time between two, on some days of the week."""
    hours = [_hours(operand) for operand in use.operands]
    sound = tuple(one for one in hours if one is not None)
    if not sound or len(sound) < len(hours):
        expected = (
            'two times of day and days of the week from 0, Sunday, such as "18:00;20:00;1,5" or "18:00;20:00"'
        )
        use.place.fault(expected, use.operands)
        return None
    calendar, zone = use.dates, ZoneInfo(use.dates.zone)

    def holds(_value: object, now: Instant) -> bool:
        shown = shown_at(zone, min(now, _LAST))
        weekday, minute = shown.isoweekday() % _WEEK, shown.hour * 60 + shown.minute
        return any(one.covers(weekday, minute) for one in sound)

    def next_change(_value: object, now: Instant) -> Instant | None:
        today = calendar.day_of(now)
        days = range(today, min(today + _AHEAD, LAST_DAY))
        edges = {edge for day in days for edge in _of_day(calendar, zone, day, sound)}
        return _first_otherwise(holds, now, iter(sorted(edge for edge in edges if edge > now)))

    return Moving(holds, next_change)


TIMED: Mapping[str, Callable[[Use], Moving | None]] = {
    "$timeframe": recurring,
    "$timeframe_absolute": stretch,
    "$timeframe_daily_hours": daily_hours,
    "$dow": day_of_week,
}
"""The operators that speak of the clock alone."""


def _first_otherwise(
    holds: Callable[[object, Instant], bool], now: Instant, ahead: Iterator[Instant]
) -> Instant | None:
    """The first of these instants at which the answer is not what it is now."""
    answer = holds(None, now)
    return next((at for at in ahead if at <= LATEST and holds(None, at) is not answer), None)


def _weekday(day: int) -> int:
    return (day + _THURSDAY) % _WEEK


def _span(use: Use, operand: object) -> Span | None:
    parts = operand.split(";") if isinstance(operand, str) else []
    instants = [instant_of_value(part.strip(), use.dates) for part in parts]
    if len(instants) != 2:
        return None
    start, end = instants
    return (start, end) if start is not None and end is not None and start < end else None


def _recurring(use: Use, operand: object) -> Recurring | None:
    parts = [part.strip() for part in operand.split(";")] if isinstance(operand, str) else []
    if len(parts) != 3:
        return None
    start = instant_of_value(parts[0], use.dates)
    try:
        interval, duration = parse_duration(parts[1]), parse_duration(parts[2])
    except ValueError:
        return None
    return Recurring(start, interval, duration) if start is not None and 0 < duration <= interval else None


def _edges(one: Recurring, now: int) -> Iterator[int]:
    """Where a recurring stretch begins or ends next."""
    if now < one.start:
        yield one.start
        return
    if one.duration == one.interval:
        return
    since = (now - one.start) // one.interval * one.interval + one.start
    if since + one.duration > now:
        yield since + one.duration
    yield since + one.interval


def _hours(operand: object) -> Hours | None:
    parts = [part.strip() for part in operand.split(";")] if isinstance(operand, str) else []
    if len(parts) not in {2, 3}:
        return None
    start, end = _minute(parts[0]), _minute(parts[1])
    days = parts[2].split(",") if len(parts) == 3 else "0123456"
    numbers = frozenset(int(day) for day in days if day.strip() in set("0123456"))
    sound = start is not None and end is not None and start != end and start < _MINUTES
    if start is None or end is None or not sound or len(numbers) < len(set(days)):
        return None
    return Hours(start, end, numbers)


def _minute(text: str) -> int | None:
    match = _CLOCK.fullmatch(text)
    minute = int(match[1]) * 60 + int(match[2]) if match else _MINUTES + 1
    return minute if minute <= _MINUTES else None


def _of_day(calendar: Calendar, zone: ZoneInfo, day: int, hours: tuple[Hours, ...]) -> Iterator[Instant]:
    """Every instant of a day at which the hours may begin or end: at their times, and where clocks are changed."""
    begins, ends = calendar.start_of(day), calendar.start_of(day + 1)
    yield begins
    midnight = datetime.combine(date_of(day), datetime.min.time())
    for minute in {edge for one in hours for edge in (one.start, one.end)}:
        shown = midnight + timedelta(minutes=minute)
        yield first_showing(zone, shown)
        yield instant_of(shown.replace(tzinfo=zone, fold=1))
    ahead = _ahead_of_utc(zone, begins)
    if _ahead_of_utc(zone, ends) != ahead:
        instants = range(begins, ends)
        yield Instant(begins + bisect_left(instants, 1, key=lambda at: _ahead_of_utc(zone, at) != ahead))


def _ahead_of_utc(zone: ZoneInfo, at: int) -> timedelta:
    return shown_at(zone, at) - shown_at(_UTC, at)
