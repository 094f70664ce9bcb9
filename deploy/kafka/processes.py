"""A process that outlives the command that started it: known by its number and by when it began.

Decides how it is started apart from the terminal, recognised later, and ended. A number alone proves nothing, since
the system gives it to somebody else after a while; the time at which the process began tells the two apart.
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_LAUNCH = 'log="$1"; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!'
"""The shell starts the process and ends, so the process has no parent here that would have to wait for it."""


class BackgroundProcess(NamedTuple):
    """One process of this machine."""

    pid: int
    began: str
    """When it began, in the system's own words: to be compared, not to be read."""


def launch(command: Sequence[str], log: Path) -> BackgroundProcess:
    """Start the command in a session of its own, in the directory of ``log``, to which what it prints is added."""
    started = subprocess.run(
        ["/bin/sh", "-c", _LAUNCH, "launch", log.name, *command],
        cwd=log.parent,
        start_new_session=True,  # Ctrl-C in the terminal is not for it
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    pid = int(started.stdout)
    return BackgroundProcess(pid, _began(pid) or "")


def is_running(process: BackgroundProcess) -> bool:
    """Whether this very process still runs; one that ended and awaits burial does not."""
    return process.began != "" and _began(process.pid) == process.began


def terminate(process: BackgroundProcess, patience: float) -> bool:
    """Ask the process to end; after ``patience`` seconds make it. Returns whether asking was enough."""
    send(process, signal.SIGTERM)
    if wait_until_ended(process, patience):
        return True
    send(process, signal.SIGKILL)
    wait_until_ended(process, patience)
    return False


def send(process: BackgroundProcess, number: signal.Signals) -> None:
    """Send a signal to this very process; nothing happens if it has ended."""
    if is_running(process):
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            return


def wait_until_ended(process: BackgroundProcess, patience: float) -> bool:
    """Wait at most ``patience`` seconds for the process to end. Returns whether it did."""
    deadline = time.monotonic() + patience
    while is_running(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _began(pid: int) -> str | None:
    """When the process began, ``None`` if there is no such process."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None if Path("/proc/self").exists() else _began_by_ps(pid)
    except ProcessLookupError:
        return None
    fields = status.rpartition(")")[2].split()  # the name before it may hold anything
    state, threads, start_time = fields[0], int(fields[17]), fields[19]
    # A killed process counts as dead while threads of it still hold its files and ports.
    return None if state in "ZX" and threads <= 1 else start_time


def _began_by_ps(pid: int) -> str | None:
    """The same where there is no /proc."""
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    state, _, began = subprocess.run(command, capture_output=True, text=True, check=False).stdout.partition(
        " "
    )
    return began.strip() if began and not state.startswith("Z") else None
