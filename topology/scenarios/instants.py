"""Instants as they stand in a scenario.

Decides what is said of one that is none.
"""

from streams.domain.faults import Place
from streams.domain.instants import Instant, parse_instant


def instant_at(place: Place, written: object) -> Instant | None:
    """The instant written at a place, or none after noting a fault."""
    try:
        return parse_instant(written if isinstance(written, str) else "")
    except (ValueError, OverflowError):
        place.fault("an instant such as 2026-11-23T10:00:00Z", written)
        return None
