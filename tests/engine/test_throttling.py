"""Processes beside the stream stand back while records wait, and end with their worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streams.engine.throttling import Freshness, stand_back, throttled
from tests.broker.installation import wait_until

BUSY = (sys.executable, "-c", "while True: pass")
TELLING = (sys.executable, "-c", "while True: print(0, flush=True)")


def state(pid: int) -> str:
    """One letter for what the kernel says of a process: T if it is stopped."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]


def test_records_wait_if_those_of_the_last_transaction_did() -> None:
    """The oldest of them counts; a transaction of nothing else than deadlines tells of none."""
    freshness = Freshness()
    assert not freshness.behind()
    freshness.committed([0.1, 3.0])
    assert freshness.behind()
    freshness.committed([0.1])
    assert not freshness.behind()
    freshness.committed([3.0])
    freshness.committed([])
    assert not freshness.behind()


def test_what_was_long_ago_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing comes any more, nothing waits."""
    freshness = Freshness()
    freshness.committed([3.0])
    later = time.monotonic() + 6
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert not freshness.behind()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the least priority is all there is")
def test_a_process_that_stands_back_runs_while_nothing_else_wants_to() -> None:
    """The kernel puts it behind all others."""
    with subprocess.Popen(BUSY) as process:
        stand_back(process.pid)
        assert os.sched_getscheduler(process.pid) == os.SCHED_IDLE
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == 19
        process.kill()


def test_a_process_stands_still_for_most_of_the_time_while_records_wait() -> None:
    """And goes on when none do; it is left running at the end."""
    waiting = [True]
    with subprocess.Popen(BUSY) as process:
        with throttled([process], lambda: waiting[0]):
            wait_until(lambda: state(process.pid) == "T", "the process to stand still")
            wait_until(lambda: state(process.pid) == "R", "it to have its turn")
            wait_until(lambda: state(process.pid) == "T", "it to stand still again")
        assert state(process.pid) != "T"
        process.kill()


def test_without_records_that_wait_a_process_is_let_alone() -> None:
    """Also one that has ended in the meantime is no matter."""
    with subprocess.Popen(BUSY) as process, throttled([process], lambda: False):
        seen = {state(process.pid) for _ in range(1_000)}
        process.kill()
        process.wait()
        assert "T" not in seen
    with subprocess.Popen((sys.executable, "-c", "")) as process, throttled([process], lambda: True):
        assert process.wait(timeout=60) == 0


def test_a_stopped_process_does_not_outlive_its_worker() -> None:
    """The worker is killed while the process stands still: the kernel wakes it, and it finds that nobody reads."""
    program = f"""
import subprocess, sys
process = subprocess.Popen({TELLING!r}, process_group=0, stdout=subprocess.PIPE)
import os, signal
os.kill(process.pid, signal.SIGSTOP)
print(process.pid, flush=True)
sys.stdin.read()
"""
    command = (sys.executable, "-c", program)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        stopped = int(worker.stdout.readline())
        wait_until(lambda: state(stopped) == "T", "the process to stand still")
        os.kill(worker.pid, signal.SIGKILL)

        def gone() -> bool:
            try:
                return state(stopped) == "Z"
            except FileNotFoundError:
                return True

        wait_until(gone, "the process to end")
