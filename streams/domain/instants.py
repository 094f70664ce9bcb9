"""Instants and durations as the heart counts them: whole milliseconds, UTC.

Knows how they are written (RFC 3339, ISO 8601) and nothing of what the time is now.
"""

from datetime import UTC, datetime, timedelta
from typing import NewType

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z."""

Milliseconds = NewType("Milliseconds", int)
"""A length of time."""

DAY = Milliseconds(86_400_000)

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
    moment = _EPOCH + timedelta(milliseconds=instant)
    precision = "seconds" if instant % 1000 == 0 else "milliseconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"
