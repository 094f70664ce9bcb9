"""Keys of the due index: customers ordered by the next instant at which time alone can change them.

An entry may be early or stale (the taker compares it with the state), never late. It is derived from the states, so a
restore rebuilds it.
"""

from streams.domain.instants import Instant

PREFIX = b"d"
_BIAS = 1 << 63
"""Shifts instants before 1970 so that they sort first as unsigned big-endian."""


def due_key(instant: Instant, customer: bytes) -> bytes:
    """The entry of a customer that is due at ``instant``."""
    return PREFIX + (instant + _BIAS).to_bytes(8, "big") + customer


def read_due_key(key: bytes) -> tuple[Instant, bytes]:
    """The instant and the customer of an entry."""
    return Instant(int.from_bytes(key[1:9], "big") - _BIAS), key[9:]
