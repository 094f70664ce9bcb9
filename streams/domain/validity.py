"""From when to when a definition is in force: ``start`` and ``end``, either of which may be missing."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from streams.domain.faults import Place
from streams.domain.instants import Instant, parse_instant


class Validity(NamedTuple):
    """A stretch of time."""

    start: Instant | None = None
    end: Instant | None = None
    """The first instant behind it."""

    def refusal(self, at: Instant) -> Literal["not_started", "ended"] | None:
        """Why an instant does not lie within; none if it does."""
        if self.start is not None and at < self.start:
            return "not_started"
        return "ended" if self.end is not None and at >= self.end else None

    def opens(self, at: Instant) -> Instant | None:
        """The start, if an instant lies before it."""
        return self.start if self.start is not None and at < self.start else None


def validity_at(place: Place, body: Mapping[str, object]) -> Validity:
    """The validity written at a place; faults are noted."""
    start, end = _instant(place, body, "start"), _instant(place, body, "end")
    if start is not None and end is not None and start >= end:
        place.at("end").fault("an instant after start", body["end"])
    return Validity(start, end)


def _instant(place: Place, body: Mapping[str, object], key: str) -> Instant | None:
    written = body.get(key)
    if written is None:
        return None
    try:
        return parse_instant(str(written))
    except (ValueError, OverflowError):
        place.at(key).fault("an ISO date or datetime", written)
        return None
