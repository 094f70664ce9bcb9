"""The commands of Tidemark that the demo runs beside itself: a worker, and a backtest.

Decides how they are started, watched and ended; not what they do. Both are tethered: they end with the demo.
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.demo.tether import PATIENCE

_LAST_WORDS = 15
"""Lines of a log that are shown when its process failed."""


class DemoError(Exception):
    """The demo cannot go on; the text says why and where to look."""


class Command:
    """One ``tidemark`` command that runs in a process of its own."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
        tidemark = str(Path(sys.executable).with_name("tidemark"))
        self._name = arguments[0]
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.demo.tether", tidemark, *arguments],
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for the demo, which then ends its processes
            )

    def check(self) -> None:
        """Raise ``DemoError`` if the process has ended."""
        code = self._process.poll()
        if code is not None:
            raise self.failure(f"ended with exit code {code}")

    def finish(self, patience: float) -> None:
        """Wait at most ``patience`` seconds for the command to end by itself; ``DemoError`` if it fails or does not."""
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            raise self.failure(f"did not end within {patience:.0f} s") from None
        if code:
            raise self.failure(f"ended with exit code {code}")

    def stop(self) -> int:
        """Ask the process to end, and return its exit code once it has."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            return self._process.wait(PATIENCE + 5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def failure(self, what: str) -> DemoError:
        """What went wrong, with the end of the log."""
        words = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_WORDS:]
        return DemoError(f"`tidemark {self._name}` {what}. The end of {self._log}:\n  " + "\n  ".join(words))


@contextmanager
def command(arguments: list[str], environment: Mapping[str, str], log: Path) -> Iterator[Command]:
    """A command that has ended when the block has."""
    started = Command(arguments, environment, log)
    try:
        yield started
    finally:
        started.stop()


def await_ready(worker: Command, address: str, patience: float) -> None:
    """Wait until ``address``/ready answers 200; ``DemoError`` if the worker ends or takes too long."""
    deadline = time.monotonic() + patience
    while not _answers(f"{address}/ready"):
        worker.check()
        if time.monotonic() > deadline:
            raise worker.failure(f"was not ready within {patience:.0f} s")
        time.sleep(0.1)


def cpu_seconds_of_children() -> float:
    """CPU time of all child processes that have ended so far, and of theirs."""
    times = os.times()
    return times.children_user + times.children_system


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - always http to this machine
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
