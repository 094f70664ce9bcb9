"""On which days something occurred, and how often: the newest 400 days, four bytes each.

An entry is the number of a day by UTC, from 1970-01-01 on, and how often something occurred on it, two bytes each; a
day's count stays at 65,535, and days that two bytes do not hold (from mid-2149 on) are not kept. Entries stand one
after the other, the newest day last. Does not know what occurred, nor which days are asked for.
"""

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Final

from streams.domain.instants import DAY

KEPT_DAYS: Final = 400
"""A day is kept while it is one of so many, the last of which is the newest with an entry."""

_SIZE: Final = 4
_LARGEST: Final = 0xFFFF
_ENTRY = Struct(">HH")
_entry = _ENTRY.pack
_read = _ENTRY.unpack_from


def with_one_more(days: bytes, at: int) -> bytes:
    """The counts with one more on the day of an instant."""
    day = at // DAY
    if days:
        newest, count = _read(days, -_SIZE)
        if day == newest:  # of most events, so asked first
            return days[:-_SIZE] + _entry(day, count + 1) if count < _LARGEST else days
        if not 0 <= day <= _LARGEST or day <= newest - KEPT_DAYS:
            return days
        if day < newest:
            return _with_late(days, day)
        if day - _read(days)[0] >= KEPT_DAYS:
            days = _since(days[_SIZE:], day - KEPT_DAYS + 1)
        return days + _entry(day, 1)
    return _entry(day, 1) if 0 <= day <= _LARGEST else days


def day_counts(counted: Iterable[tuple[int, int]]) -> bytes:
    """The entries of days with their counts, ascending."""
    return b"".join(_entry(day, count) for day, count in counted)


def counts_since(days: bytes, first: int) -> Iterator[tuple[int, int]]:
    """The days from ``first`` on with their counts, ascending."""
    return _ENTRY.iter_unpack(_since(days, first))


def _since(days: bytes, first: int) -> bytes:
    """The entries of a day and later ones."""
    if not days or _read(days)[0] >= first:
        return days
    return days[_place(days, first) :]


def _with_late(days: bytes, day: int) -> bytes:
    """The counts with one more on a day before the newest."""
    place = _place(days, day)
    found, count = _read(days, place)
    if found != day:
        return days[:place] + _entry(day, 1) + days[place:]
    return days[:place] + _entry(day, min(count + 1, _LARGEST)) + days[place + _SIZE :]


def _place(days: bytes, day: int) -> int:
    """Where the first entry of this day or a later one stands; the end if there is none."""
    low, high = 0, len(days) // _SIZE
    while low < high:
        middle = (low + high) // 2
        if _read(days, middle * _SIZE)[0] < day:
            low = middle + 1
        else:
            high = middle
    return low * _SIZE
