"""Instants and durations as the heart counts them: whole milliseconds, UTC.

Knows how they are written (RFC 3339, ISO 8601) and nothing of what the time is now.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NewType

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z."""

Milliseconds = NewType("Milliseconds", int)
"""A length of time."""

DAY = Milliseconds(86_400_000)

LATEST: Final = Instant(253_402_300_799_999)
"""The last millisecond of the year 9999: what lies behind it cannot be written, and never comes."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware datetime, cut to milliseconds."""
    return Instant((moment - _EPOCH) // _MILLISECOND)


def parse_instant(text: str) -> Instant:
    """Read RFC 3339 or an ISO date; without an offset it is UTC. Raises ``ValueError``."""
    moment = datetime.fromisoformat(text)
    return instant_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def format_instant(instant: Instant) -> str:
    """Write RFC 3339 in UTC: whole seconds as ``…:00Z``, else with milliseconds."""
    minutes, rest = divmod(instant, 60_000)
    seconds, milliseconds = divmod(rest, 1000)
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"{_written_minute(minutes)}:{seconds:02}{fraction}Z"


@lru_cache(maxsize=4096)  # the minutes of a stream repeat, and every effect has an instant of its own
def _written_minute(minutes: int) -> str:
    return (_EPOCH + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat(timespec="minutes")
