"""Ticks on the wire: how an operator tells a partition that its stream clock reads a later time.

A tick is a record without key and value, with a header that holds the instant. Decides the header's name and
form; what a partition does with a tick is the agent's business. A record with the header is never an event.
"""

from streams.domain.instants import Instant, format_instant, parse_instant

TICK_HEADER = "tidemark-tick"
"""The header's name; its value is an instant in RFC 3339."""


def write_tick(instant: Instant) -> list[tuple[str, bytes]]:
    """The headers of a tick."""
    return [(TICK_HEADER, format_instant(instant).encode())]


def parse_tick(value: bytes | None) -> Instant | None:
    """The instant that the header's value holds; ``None`` if it holds none."""
    try:
        return parse_instant((value or b"").decode())
    except (ValueError, OverflowError):
        return None
