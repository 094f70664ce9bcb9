"""From when to when a definition is in force: ``start`` and ``end``, either of which may be missing."""

from collections.abc import Mapping

from streams.domain.faults import Place
from streams.domain.instants import Instant, parse_instant


def validity_at(place: Place, body: Mapping[str, object]) -> tuple[Instant | None, Instant | None]:
    """Start, and the first instant behind the end, as written at a place; faults are noted."""
    start, end = _instant(place, body, "start"), _instant(place, body, "end")
    if start is not None and end is not None and start >= end:
        place.at("end").fault("an instant after start", body["end"])
    return start, end


def _instant(place: Place, body: Mapping[str, object], key: str) -> Instant | None:
    written = body.get(key)
    if written is None:
        return None
    try:
        return parse_instant(str(written))
    except (ValueError, OverflowError):
        place.at(key).fault("an ISO date or datetime", written)
        return None
