"""Puts a question to all customers of some partitions: images of their stores, and processes that go through them.

Decides how many processes there are, that they stand back while records wait, and that a worker looks into few
questions at a time. Whoever asked may go away at any time; then the processes end, and so they do when the worker is
killed.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import msgspec

from streams.domain.filters import Vocabulary
from streams.domain.instants import Instant
from streams.engine.images import Images
from streams.engine.questions import Question
from streams.engine.scan import ImageOf, Job
from streams.engine.state_store import StateStore
from streams.engine.throttling import stand_back, throttled

logger = logging.getLogger(__name__)

_COMMAND = (sys.executable, "-m", "streams.engine.scan")
_AT_A_TIME = 2
_MOST_PROCESSES = 4
"""For one question; each takes some 40 MiB, whatever the number of customers."""
_CHUNK_BYTES = 1 << 18

Write = Callable[[bytes], object]
"""Takes whole lines. Raises ``OSError`` when nobody listens any more."""


class Busy(Exception):  # noqa: N818 -- no error: it can be asked again later
    """As many questions as a worker looks into at a time are being looked into."""


class Asked(NamedTuple):
    """A partition that is to be gone through."""

    store: StateStore
    now: Instant
    """The reading of its clock."""


class Scanner:
    """Looks into questions. For any thread but the event loop's."""

    def __init__(
        self, images: Images, processes: int | None = None, behind: Callable[[], bool] = lambda: False
    ) -> None:
        """``behind`` tells whether records wait; then questions do."""
        self._images = images
        self._behind = behind
        self._processes = processes or min(_MOST_PROCESSES, os.cpu_count() or 1)
        self._free = threading.Semaphore(_AT_A_TIME)

    def scan(
        self, question: Question, vocabulary: Vocabulary, asked: Mapping[int, Asked], write: Write
    ) -> None:
        """Write the answers of all these partitions, each as it comes; see ``scan`` for their form. Raises ``Busy``.

        A partition that went away meanwhile, or could not be gone through, has no last line.
        """
        if not self._free.acquire(blocking=False):
            raise Busy
        try:
            with self._images.of({number: each.store for number, each in asked.items()}) as paths:
                images = [ImageOf(number, str(path), asked[number].now) for number, path in paths.items()]
                shares = [images[start :: self._processes] for start in range(self._processes)]
                jobs = [Job(question, vocabulary, tuple(share)) for share in shares if share]
                _run(jobs, write, self._behind)
        finally:
            self._free.release()


def _run(jobs: Sequence[Job], write: Write, behind: Callable[[], bool]) -> None:
    """One process for each job, side by side; none outlives this. Raises what ``write`` raises."""
    one_at_a_time, failures = threading.Lock(), list[OSError]()

    def relay(process: subprocess.Popen[bytes]) -> None:
        try:
            for lines in _lines(process):
                with one_at_a_time:
                    write(lines)
        except OSError as failure:
            failures.append(failure)
            for each in processes:
                each.kill()
        if process.wait() and not failures:
            # Its own words stand in the log above.
            logger.error("a process that looked into a question ended with %d", process.returncode)

    with ExitStack() as stack:
        processes = [stack.enter_context(_process(job)) for job in jobs]
        # A worker that is told to stop waits for no reader.
        relays = [threading.Thread(target=relay, args=(process,), daemon=True) for process in processes]
        for each in relays:
            each.start()
        with throttled(processes, behind):
            for each in relays:
                each.join()
    if failures:
        raise failures[0]


@contextmanager
def _process(job: Job) -> Iterator[subprocess.Popen[bytes]]:
    # In a group of its own: an interrupt from the terminal is the worker's to deal with.
    with subprocess.Popen(
        _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
    ) as process:
        try:
            stand_back(process.pid)
            assert process.stdin is not None  # noqa: S101 -- asked for above
            process.stdin.write(msgspec.json.encode(job))
            process.stdin.close()
            yield process
        finally:
            process.kill()


def _lines(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """What a process says, cut behind the last end of a line that has come."""
    assert process.stdout is not None  # noqa: S101 -- asked for above
    rest = b""
    while chunk := os.read(process.stdout.fileno(), _CHUNK_BYTES):
        whole, newline, tail = chunk.rpartition(b"\n")
        if newline:
            yield rest + whole + newline
            rest = tail
        else:
            rest += chunk
