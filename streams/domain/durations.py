"""Lengths of time as definitions write them: ISO 8601 durations of fixed length.

Months and years are refused, for they have no fixed length.
"""

import re

from streams.domain.faults import Place
from streams.domain.instants import DAY, Milliseconds

MOST_DAYS = 1_000_000
"""The longest duration in a definition: an instant that lies so far ahead can still be written."""

_SECOND = 1_000
_UNITS = {"weeks": 604_800_000, "days": 86_400_000, "hours": 3_600_000, "minutes": 60_000, "seconds": _SECOND}
_WRITTEN = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,7})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)


def parse_duration(text: str) -> Milliseconds:
    """Read ``P7D``, ``P2W``, ``PT36H``, ``P1DT12H``. Raises ``ValueError`` for anything else."""
    written = _WRITTEN.fullmatch(text)
    if written is None or not any(written.groups()):
        raise ValueError(text)
    return Milliseconds(sum(int(number or 0) * _UNITS[unit] for unit, number in written.groupdict().items()))


def duration_at(place: Place, value: object) -> Milliseconds | None:
    """The duration written at a place, longer than nothing, or a fault."""
    try:
        duration = parse_duration(value) if isinstance(value, str) else None
    except ValueError:
        duration = None
    if not duration or duration > MOST_DAYS * DAY:
        units = "a duration in weeks, days, hours, minutes or seconds, such as P7D or PT12H"
        place.fault(f"{units}, of at most {MOST_DAYS} days" if duration else units, value)
        return None
    return duration
