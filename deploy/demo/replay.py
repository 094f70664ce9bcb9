"""The replay: events in, records out, until the stream has said everything or says nothing more.

Decides when the run is over. Knows neither how the worker was started nor how a view is shown.
"""

import time

from deploy.demo.processes import Command
from deploy.demo.screen import Screen
from deploy.demo.tally import Record
from deploy.demo.view import View
from deploy.demo.vitals import ask
from deploy.demo.watch import Watch
from streams.domain.instants import Instant
from topology.producing import send_ticks
from topology.settings import Settings

_AT_ONCE = 5_000
"""Most records that are entered between two looks at the rest."""

_DRAW_EVERY = 0.25
_ASK_EVERY = 1.0

PATIENCE = 20.0
"""Seconds without a record after which what is still outstanding will not come."""

_QUIET = 2.0
"""Seconds to listen for records that nobody expects, after the last one expected."""


class Replay:
    """One run through the history; ``run`` moves ``view`` on."""

    def __init__(self, view: View, outputs: Watch, worker: Command, screen: Screen, address: str) -> None:
        self._view = view
        self._outputs = outputs
        self._worker = worker
        self._screen = screen
        self._address = address
        self._drawn = self._asked = 0.0
        self._last_record = time.monotonic()

    def run(self, settings: Settings, end: Instant) -> None:
        """Watch until all events are in, move the clock to ``end``, and watch until nothing more comes.

        Raises ``DemoError`` if feed or worker break off.
        """
        began = time.monotonic()
        while not self._view.feed.done:
            self._step()
            if self._silent_for() > PATIENCE:
                raise self._worker.failure(f"decides nothing: no record has come for {PATIENCE:.0f} s")
        send_ticks(settings, end)
        while self._view.comparison.outstanding and self._silent_for() < PATIENCE:
            self._step()
        self._view.replay_seconds = self._last_record - began
        while self._silent_for() < _QUIET:
            self._step()
        self._view.vitals = ask(self._address) or self._view.vitals

    def _silent_for(self) -> float:
        return time.monotonic() - self._last_record

    def _step(self) -> None:
        for topic, record in self._outputs.records(_AT_ONCE, 0.1):
            self._last_record = time.monotonic()
            self._view.tally.take(topic, record)
            self._view.comparison.take(topic, record)
            self._time(record)
        now = time.monotonic()
        if now - self._asked > _ASK_EVERY:
            self._asked = now
            self._worker.check()
            self._view.vitals = ask(self._address) or self._view.vitals
        if now - self._drawn > _DRAW_EVERY:
            self._drawn = now
            self._screen.draw(self._view)

    def _time(self, record: Record) -> None:
        """Note how long the first record of an event took."""
        event = record.get("event")
        cause = event["id"] if event else record.get("event_id") or ""
        left_at = self._view.feed.left_at.pop(cause, None)
        if left_at is not None:
            self._view.latencies.append(time.monotonic() - left_at)
