"""Which events were seen recently, by id: bounded in time and in number.

An entry is the digest of an id (8 bytes) and the instant at which it arrived (6 bytes); entries stand one after the
other, the newest last. Does not know what a duplicate means for the customer.
"""

from hashlib import blake2b

from streams.domain.identities import EventId
from streams.domain.instants import Instant, Milliseconds

MOST = 256
"""Ids remembered of one customer; the oldest is forgotten for a new one."""

_DIGEST = 8
_SIZE = 14
_FULL = MOST * _SIZE
_BIAS = 1 << 47
"""Shifts instants before 1970 so that they sort first as unsigned big-endian."""


def remember(recent: bytes, event_id: EventId, now: Instant, window: Milliseconds) -> bytes | None:
    """The recent ids with this one, those older than the window forgotten; none if it is a duplicate."""
    try:
        written = event_id.encode()
    except UnicodeEncodeError:  # naming the error handler for all costs as much as the digest
        written = event_id.encode("utf-8", "surrogatepass")
    digest = blake2b(written, digest_size=_DIGEST).digest()
    if recent:
        oldest = _arrival(now - window)
        if recent[_DIGEST:_SIZE] < oldest:
            recent = _since(recent, oldest)
        at = recent.find(digest)
        if at >= 0 and _is_entry(recent, digest, at):
            return None
        if len(recent) >= _FULL:
            recent = recent[_SIZE:]
    return recent + digest + _arrival(now)


def _arrival(instant: int) -> bytes:
    return max(instant + _BIAS, 0).to_bytes(6, "big")


def _since(recent: bytes, oldest: bytes) -> bytes:
    """The entries that arrived at ``oldest`` or later."""
    start = 0
    while start < len(recent) and recent[start + _DIGEST : start + _SIZE] < oldest:
        start += _SIZE
    return recent[start:]


def _is_entry(recent: bytes, digest: bytes, at: int) -> bool:
    """Whether the digest, found at ``at``, starts an entry there or later.

    The end of one entry and the start of the next may look like a digest.
    """
    while at > 0 and at % _SIZE:
        at = recent.find(digest, at + 1)
    return at >= 0
