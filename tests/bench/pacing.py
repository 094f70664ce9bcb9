"""When a steady producer sends what: the plan, without a clock.

Decides how many events are due at a moment, and how late they were. An event that could not be sent in time is sent
late, never left out, and it counts from when it was sent; how late the latest was is told beside the latencies.
"""

from typing import NamedTuple


class Pace(NamedTuple):
    """So many events a second from a moment on, perhaps for so long."""

    start: float
    """Seconds since 1970."""
    rate: float
    """Events per second."""
    seconds: float | None = None
    """For how long; ``None`` until told to stop."""

    @property
    def total(self) -> int | None:
        """How many events that makes; ``None`` if it has no end."""
        return None if self.seconds is None else int(self.rate * self.seconds)

    def due(self, now: float) -> int:
        """How many events should have been sent up to ``now``: the first one at the start."""
        if now < self.start:
            return 0
        passed = int((now - self.start) * self.rate) + 1
        return passed if self.total is None else min(passed, self.total)

    def planned(self, number: int) -> float:
        """When event ``number``, counted from 0, should be sent."""
        return self.start + number / self.rate


class Sent(NamedTuple):
    """What a producer tells at its end."""

    events: int
    big: int
    """Big orders among them: each causes one record of the points rule."""
    latest_seconds: float
    """How late the latest event was sent."""
