"""Dates and instants as events carry them: RFC 3339 and nothing looser.

``datetime.fromisoformat`` reads much that RFC 3339 does not allow (week dates, any separator, no offset); what is
accepted here is decided here. An instant is whole milliseconds since 1970-01-01T00:00:00Z.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_FIRST_DAY = date(1970, 1, 1).toordinal()

EARLIEST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
"""The instants of the years 1 to 9999."""


class Instant(int):
    """An instant that was read as one; JSON cannot give it, so no number in JSON is mistaken for a time."""

    __slots__ = ()


def parse_instant(text: str) -> int | None:
    """The instant, cut to milliseconds; ``None`` if the text is not RFC 3339 with an offset."""
    # The form of nearly all times: UTC, in whole seconds or milliseconds. What stands between the marks is left to
    # ``fromisoformat``, and the year is within bounds.
    marks, length = text[4:20:3], len(text)
    plain = (length == 24 and marks == "--T::." and text[23] == "Z") or (length == 20 and marks == "--T::Z")
    if not plain and _RFC3339.fullmatch(text) is None:
        return None
    try:
        since = datetime.fromisoformat(text if plain else text.upper()) - _EPOCH
    except ValueError:  # such as 30 February
        return None
    instant = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000  # twice as fast as //
    return instant if plain or EARLIEST <= instant <= LATEST else None


def format_instant(instant: int) -> str:
    """RFC 3339 in UTC: whole seconds as ``…:00Z``, else with milliseconds. For ``EARLIEST`` to ``LATEST`` only."""
    days, rest = divmod(instant, 86_400_000)
    seconds, milliseconds = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"{_written_day(days)}T{hour:02}:{minute:02}:{second:02}{fraction}Z"


@lru_cache(maxsize=4096)  # the days of a stream repeat
def _written_day(days: int) -> str:
    return date.fromordinal(days + _FIRST_DAY).isoformat()


def is_date(text: str) -> bool:
    """Whether the text is a date of the calendar, written ``2026-11-23``."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def days_of(text: str) -> int:
    """Days since 1970-01-01 of a date that ``is_date`` accepts."""
    return date.fromisoformat(text).toordinal() - _FIRST_DAY


def date_of(days: int) -> str | None:
    """The date that many days after 1970-01-01; ``None`` outside the years 1 to 9999."""
    ordinal = days + _FIRST_DAY
    return date.fromordinal(ordinal).isoformat() if 1 <= ordinal <= date.max.toordinal() else None
