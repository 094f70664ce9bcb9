"""Puts a question to all customers of some partitions: images of their stores, and processes that go through them.

Decides how many processes there are, and that a worker looks into few questions at a time. Whoever asked may go away at
any time; then the processes end, and so they do when the worker is killed.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from typing import IO, NamedTuple

import msgspec

from streams.domain.filters import Vocabulary
from streams.domain.instants import Instant
from streams.engine.images import Images
from streams.engine.questions import Question
from streams.engine.scan import ImageOf, Job
from streams.engine.state_store import StateStore

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

    def __init__(self, images: Images, processes: int | None = None) -> None:
        self._images = images
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
                _run([Job(question, vocabulary, tuple(share)) for share in shares if share], write)
        finally:
            self._free.release()


def _run(jobs: Sequence[Job], write: Write) -> None:
    """One process for each job, side by side; none outlives this."""
    one_at_a_time = threading.Lock()

    def write_whole(lines: bytes) -> None:
        with one_at_a_time:
            write(lines)

    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(len(jobs) or 1, thread_name_prefix="question"))
        processes = [stack.enter_context(_process(job)) for job in jobs]
        relays = [pool.submit(_relay, process, write_whole) for process in processes]
        try:
            for relay in relays:
                relay.result()
        finally:
            for process in processes:
                process.kill()
            wait(relays)  # nobody reads from a process any more when its pipe is closed


@contextmanager
def _process(job: Job) -> Iterator[subprocess.Popen[bytes]]:
    # In a group of its own: an interrupt from the terminal is the worker's to deal with.
    with subprocess.Popen(
        _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
    ) as process:
        try:
            assert process.stdin is not None  # noqa: S101 -- asked for above
            process.stdin.write(msgspec.json.encode(job))
            process.stdin.close()
            yield process
        finally:
            process.kill()


def _relay(process: subprocess.Popen[bytes], write: Write) -> None:
    """Pass on whole lines, and say in the log if the process failed: its own words stand there too."""
    assert process.stdout is not None  # noqa: S101 -- asked for above
    for lines in _lines(process.stdout):
        write(lines)
    if process.wait():
        logger.error("a process that looked into a question ended with %d", process.returncode)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """What comes, cut behind the last end of a line that has come."""
    rest = b""
    while chunk := os.read(stream.fileno(), _CHUNK_BYTES):
        whole, newline, tail = chunk.rpartition(b"\n")
        if newline:
            yield rest + whole + newline
            rest = tail
        else:
            rest += chunk
