"""Whose rejected records are to go: customers who were deleted, and when; and when it is worth looking for them.

Decides which record is meant, and how long deletions are gathered, since each look reads the whole topic. Pure: it
is told the time, and knows no broker.
"""

from typing import Final

from topology.rejected.committed import Committed
from topology.rejected.rejected_event import RejectedEvent

QUIET_SECONDS: Final = 5.0
"""So long no deletion came. It is also what a worker has to commit what it rejected just before the deletion."""
LONGEST_SECONDS: Final = 60.0
"""The first deletion waits no longer, however many come after it."""
MOST_DELETIONS: Final = 10_000
"""With so many there is no waiting: they are kept in memory."""
GRACE_MILLISECONDS: Final = 10_000
"""What was rejected so shortly after a deletion goes as well: clocks differ, and it was sent before."""


class Deletions:
    """Deleted customers whose rejected records have not been looked for yet."""

    def __init__(self) -> None:
        self._deleted_at: dict[bytes, int] = {}
        self._first = self._last = 0.0

    def __len__(self) -> int:
        return len(self._deleted_at)

    def add(self, customer: bytes, deleted_at: int, now: float) -> None:
        """A customer was deleted, in milliseconds since 1970; it is heard of ``now``, in monotonic seconds."""
        if not self._deleted_at:
            self._first = now
        self._last = now
        self._deleted_at[customer] = max(deleted_at, self._deleted_at.get(customer, deleted_at))

    def due(self, now: float) -> bool:
        """Whether it is time to look for them."""
        waited = now - self._last >= QUIET_SECONDS or now - self._first >= LONGEST_SECONDS
        return bool(self._deleted_at) and (waited or len(self) >= MOST_DELETIONS)

    def put_off(self, now: float) -> None:
        """Looking failed: wait as if they had just come."""
        self._first = self._last = now

    def clear(self) -> None:
        """They were looked for, or are somebody else's to look for."""
        self._deleted_at.clear()

    def mean(self, record: Committed, rejected: RejectedEvent) -> bool:
        """Whether a record is one of these customers', rejected before the deletion.

        It is theirs by the customer that was read in it, and by the key that it was received under. Who comes back
        after a deletion is somebody new, whose records stay.
        """
        customer = rejected.body["customer_id"]
        names = rejected.key, None if customer is None else str(customer).encode()
        return any(
            name in self._deleted_at and record.timestamp <= self._deleted_at[name] + GRACE_MILLISECONDS
            for name in names
            if name is not None
        )
