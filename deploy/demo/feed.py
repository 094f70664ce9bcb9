"""The events going in: a thread that sends the purchases as ``tidemark produce`` would.

Decides that no more of them are under way than the others can follow. Knows how far it has come and when each event
left; what becomes of them is seen elsewhere.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, Self

from deploy.demo.cdnow import PurchaseEvent, as_line
from deploy.demo.processes import DemoError
from topology.lines import Line
from topology.producing import Sending, Tally, send_events
from topology.settings import Settings

_LOOK_AGAIN = 0.002
"""Seconds between two looks at how many events are under way."""


class Pace(NamedTuple):
    """How fast events are sent."""

    under_way: int
    """As many events may have been sent without a record of theirs having been seen."""
    rate: float | None = None
    """Events per second at most; ``None`` for as fast as the others follow."""


class Feed:
    """Sends ``events`` within its block."""

    def __init__(self, events: Sequence[PurchaseEvent], settings: Settings, pace: Pace) -> None:
        self.total = len(events)
        self.pace = pace
        self.sent = 0
        self.instant = events[0]["occurred_at"]
        """When the latest event occurred."""
        self.left_at: dict[str, float] = {}
        """When each event was handed to Kafka (monotonic seconds), by id; whoever sees a record of it takes it out.

        The few events that cause nothing stay.
        """
        self._events = events
        self._settings = settings
        self._sending = Sending(pace.rate)
        self._refused: list[str] = []
        self._stopping = threading.Event()
        self._thread = ThreadPoolExecutor(1, "feed")
        self._outcome: Future[Tally] | None = None

    def __enter__(self) -> Self:
        self._outcome = self._thread.submit(
            send_events,
            self._lines(),
            self._settings,
            self._sending,
            lambda _, why: self._refused.append(why),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.shutdown()

    @property
    def done(self) -> bool:
        """Whether there is no more to send. Raises whatever broke the feed off, ``DemoError`` if Kafka took too few."""
        if self._outcome is None or not self._outcome.done():
            return False
        outcome = self._outcome.result()
        if outcome.sent < self.total:
            reasons = "; ".join([*self._refused[:1], *outcome.failed[:1]])
            raise DemoError(f"Kafka took {outcome.sent:,} of {self.total:,} events: {reasons or 'stopped'}")
        return True

    def _lines(self) -> Iterator[Line]:
        for number, event in enumerate(self._events, start=1):
            while len(self.left_at) >= self.pace.under_way and not self._stopping.is_set():
                time.sleep(_LOOK_AGAIN)
            if self._stopping.is_set():
                return
            line = Line(number, as_line(event).encode())
            self.left_at[event["id"]] = time.monotonic()
            yield line
            self.sent = number
            self.instant = event["occurred_at"]
