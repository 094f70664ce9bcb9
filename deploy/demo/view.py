"""What there is to see of a run at one moment, in one place for screen and summary.

Holds and derives figures; draws nothing.
"""

import math
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy.demo.comparison import Comparison
from deploy.demo.feed import Feed
from deploy.demo.playbill import Playbill
from deploy.demo.tally import Tally
from deploy.demo.vitals import Vitals

_WINDOW = 3.0
"""Seconds over which a speed is taken."""


@dataclass
class View:
    """A run as it stands; the parts move on by themselves."""

    playbill: Playbill
    months: list[str]
    """All months of the history, such as ``1997-01``."""
    tally: Tally
    comparison: Comparison
    feed: Feed
    vitals: Vitals | None = None
    latencies: list[float] = field(default_factory=list)
    """Seconds from handing an event to Kafka to the first committed record that it caused, seen from outside."""
    replay_seconds: float = 0.0
    """From the first event sent to the last record seen; 0 until then."""
    _sent: deque[tuple[float, int]] = field(default_factory=deque)

    def speed(self) -> float:
        """Events sent per second, lately."""
        now = time.monotonic()
        self._sent.append((now, self.feed.sent))
        while self._sent[0][0] < now - _WINDOW:
            self._sent.popleft()
        began, before = self._sent[0]
        return (self.feed.sent - before) / (now - began) if now > began else 0.0


def quantile(values: Sequence[float], share: float) -> float:
    """The least value that at least ``share`` of the values do not exceed. ``ValueError`` without values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def months_between(first: str, last: str) -> list[str]:
    """The months from that of one ISO date to that of another, both included, such as ``1997-12``."""
    begin, end = (int(date[:4]) * 12 + int(date[5:7]) - 1 for date in (first, last))
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(begin, end + 1)]
