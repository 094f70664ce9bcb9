"""Processes beside the stream stand back: they run while nothing else wants to, and hardly while records wait.

Decides when records wait, by how long those of the last transaction had waited, and that a process then runs for a
tenth of the time, lest it never come to its end: cores share caches and memory, so even who takes turns last is felt. A
process that is stopped outlives no worker: the kernel wakes a stopped group that has lost its parent, and then nobody
reads what it says.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from subprocess import Popen

_LEAST_PRIORITY = 19
_WAITED_SECONDS = 0.25
"""Records that waited longer want all there is: twice and a half what is usual."""
_RECENT_SECONDS = 5.0
_RUN_SECONDS = 0.05
_REST_SECONDS = 0.45


def stand_back(process: int) -> None:
    """Let a child run only while nothing else wants to: by priority alone others wait for the end of its time slice."""
    os.setpriority(os.PRIO_PROCESS, process, _LEAST_PRIORITY)
    if sys.platform == "linux":
        with suppress(PermissionError):  # where containers are not let choose, the priority has to do
            os.sched_setscheduler(process, os.SCHED_IDLE, os.sched_param(0))


class Freshness:
    """How long the records of the last transaction had waited when it was committed. For any thread."""

    def __init__(self) -> None:
        self._seen = 0.0, 0.0

    def committed(self, waited: Iterable[float]) -> None:
        """A transaction was committed whose records had waited so many seconds."""
        self._seen = max(waited, default=0.0), time.monotonic()

    def behind(self) -> bool:
        """Whether records wait, by what was seen lately."""
        waited, at = self._seen
        return waited > _WAITED_SECONDS and time.monotonic() - at < _RECENT_SECONDS


@contextmanager
def throttled(processes: Sequence[Popen[bytes]], behind: Callable[[], bool]) -> Iterator[None]:
    """While the context is open the processes, children of this one, stand back whenever it is ``behind``."""
    over = threading.Event()
    thread = threading.Thread(target=_throttle, args=(processes, behind, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _throttle(processes: Sequence[Popen[bytes]], behind: Callable[[], bool], over: threading.Event) -> None:
    while not over.wait(_RUN_SECONDS):
        if behind():
            for process in processes:
                process.send_signal(signal.SIGSTOP)
            over.wait(_REST_SECONDS)
            for process in processes:
                process.send_signal(signal.SIGCONT)
