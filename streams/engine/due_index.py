"""Keys of the due index: customers ordered by the next instant at which time alone can change them.

An entry may be early or stale (the taker compares it with the state), never late. It is derived from the states, so a
restore rebuilds it.
"""

from streams.domain.instants import Instant

PREFIX = b"d"
ORDER_BYTES = 8
_BIAS = 1 << 63
"""Shifts instants before 1970 so that they sort first as unsigned big-endian."""


def order_of(instant: Instant) -> bytes:
    """The instant in bytes that sort as instants do."""
    return (instant + _BIAS).to_bytes(ORDER_BYTES, "big")


def due_key(instant: Instant, customer: bytes) -> bytes:
    """The entry of a customer that is due at ``instant``."""
    return ordered_key(order_of(instant), customer)


def ordered_key(order: bytes, customer: bytes) -> bytes:
    """The entry of a customer that is due at the instant that is written as ``order``."""
    return PREFIX + order + customer


def read_due_key(key: bytes) -> tuple[Instant, bytes]:
    """The instant and the customer of an entry."""
    behind = 1 + ORDER_BYTES
    return Instant(int.from_bytes(key[1:behind], "big") - _BIAS), key[behind:]
