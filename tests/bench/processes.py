"""One measured process with its children: started, watched, stopped.

Decides how CPU time and memory are added up. Knows nothing of Kafka and of what the process does.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_FAMILY_SECONDS = 0.5
"""How often the children are looked up; they rarely change, and looking costs CPU that the contestant wants."""


class Usage:
    """What a process and its children use."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._family: list[psutil.Process] = [self._root]
        self._looked_at = 0.0
        self.resident_bytes = 0
        """Resident memory at the last sample, children included."""
        self.peak_bytes = 0
        """The largest seen so far."""

    def sample(self) -> float:
        """CPU seconds so far, user and system, children included; also keeps the memory up to date."""
        if time.monotonic() - self._looked_at > _FAMILY_SECONDS:
            self._family = self._members()
            self._looked_at = time.monotonic()
        seconds, resident = 0.0, 0
        for member in self._family:
            try:
                times, memory = member.cpu_times(), member.memory_info()
            except psutil.NoSuchProcess:
                continue
            seconds += times.user + times.system
            resident += memory.rss
        self.resident_bytes = resident
        self.peak_bytes = max(self.peak_bytes, resident)
        return seconds

    def _members(self) -> list[psutil.Process]:
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return self._family


class Watched:
    """A running process; a context manager that leaves none of it behind."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as sink:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._usage = Usage(self._process.pid)
        self.sample = self._usage.sample

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def exit_code(self) -> int | None:
        """How it ended; ``None`` while it runs."""
        return self._process.poll()

    @property
    def peak_bytes(self) -> int:
        """Largest resident memory seen so far, children included."""
        return self._usage.peak_bytes

    def stop(self, *, patience: float = 15.0) -> float:
        """Ask it to end, after ``patience`` seconds make it; returns how many seconds that took."""
        asked = time.monotonic()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        return time.monotonic() - asked

    def last_words(self, lines: int = 15) -> str:
        """The end of what it printed."""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
