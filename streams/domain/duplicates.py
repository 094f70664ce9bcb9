"""Which events were seen recently, by id: bounded in time and in number.

An entry is the digest of an id and the instant at which it arrived, 8 bytes each; entries stand one after the
other, the newest last. Does not know what a duplicate means for the customer.
"""

from hashlib import blake2b
from struct import Struct

from streams.domain.identities import EventId
from streams.domain.instants import Instant, Milliseconds

MOST = 256
"""Ids remembered of one customer; the oldest is forgotten for a new one."""

_UNUSED = blake2b(digest_size=8)
"""Copied for each id, which is cheaper than made anew."""
_ENTRY = Struct(">8sq")
_SIZE = _ENTRY.size
_entry = _ENTRY.pack
_arrival = Struct(">8xq").unpack_from
_FULL = MOST * _SIZE


def remember(recent: bytes, event_id: EventId, now: Instant, window: Milliseconds) -> bytes | None:
    """The recent ids with this one, those older than the window forgotten; none if it is a duplicate."""
    try:
        written = event_id.encode()
    except UnicodeEncodeError:  # naming the error handler for all costs as much as the digest
        written = event_id.encode("utf-8", "surrogatepass")
    hasher = _UNUSED.copy()
    hasher.update(written)
    digest = hasher.digest()
    if recent:
        oldest = now - window
        if _arrival(recent)[0] < oldest:
            recent = _since(recent, oldest)
        at = recent.find(digest)
        if at >= 0 and _is_entry(recent, digest, at):
            return None
        if len(recent) >= _FULL:
            recent = recent[_SIZE:]
    return recent + _entry(digest, now)


def _since(recent: bytes, oldest: int) -> bytes:
    """The entries that arrived at ``oldest`` or later."""
    start = 0
    while start < len(recent) and _arrival(recent, start)[0] < oldest:
        start += _SIZE
    return recent[start:]


def _is_entry(recent: bytes, digest: bytes, at: int) -> bool:
    """Whether the digest, found at ``at``, starts an entry there or later.

    The end of one entry and the start of the next may look like a digest.
    """
    while at > 0 and at % _SIZE:
        at = recent.find(digest, at + 1)
    return at >= 0
