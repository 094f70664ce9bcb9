"""Purchases that flow while something happens: a trickle as long as it takes, and then all the rest.

What ``tidemark apply``, ``produce`` and ``tick`` do is done in this process: starting them costs more than their work.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NoReturn

from streams.domain.instants import Instant
from tests.broker.installation import Installation
from tests.chaos.purchases import CHAOS_DEFINITIONS, LAST_DAY
from topology.connections import connect
from topology.definitions.planning import plan_directory
from topology.definitions.publish import apply_plan
from topology.lines import Line
from topology.producing import Sending, send_events, send_ticks
from topology.settings import Settings

DROP_SECONDS = 0.05
"""Between two drops of the trickle."""


def apply_definitions(installation: Installation) -> None:
    """Create the topics and publish the rules."""
    settings = Settings.from_environment(installation.environment)
    admin = connect(settings)
    planned = plan_directory(CHAOS_DEFINITIONS, settings, admin=admin)
    apply_plan(admin, planned, settings, applied_at=Instant(time.time_ns() // 1_000_000))


@contextmanager
def flowing(installation: Installation, lines: Sequence[Line], drops: int) -> Iterator[None]:
    """Purchases flow while the context is open; when it is left all are written, and the clock told to go on.

    A drop is one part in ``drops`` of what is left, so that a slow machine does not come too late.
    """
    left = threading.Event()
    with ThreadPoolExecutor(1) as sender:
        sending = sender.submit(write, installation, _trickle(lines, left, drops))
        try:
            yield
            assert not sending.done(), f"what should have happened in mid-stream did not: {sending.result()}"
        finally:
            left.set()
        assert sending.result() == len(lines)
    tick(installation)


def write(installation: Installation, lines: Iterable[Line]) -> int:
    """Send lines; returns how many the broker has taken."""
    settings = Settings.from_environment(installation.environment)
    tally = send_events(lines, settings, Sending(), _refused)
    assert not tally.failed, tally.failed[0]
    return tally.sent


def tick(installation: Installation) -> None:
    """Tell every partition that the last day has come."""
    send_ticks(Settings.from_environment(installation.environment), LAST_DAY)


def _trickle(lines: Sequence[Line], left: threading.Event, drops: int) -> Iterator[Line]:
    sent = 0
    while sent < len(lines):
        left.wait(DROP_SECONDS)
        rest = len(lines) - sent
        drop = rest if left.is_set() else max(1, rest // drops)
        yield from lines[sent : sent + drop]
        sent += drop


def _refused(line: Line, reason: str) -> NoReturn:
    raise AssertionError(f"line {line.number}: {reason}")
