"""What the demo starts does not outlive it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FOREVER = "import os, time, sys; print(os.getpid(), flush=True); time.sleep(600)"


@pytest.fixture
def tethered() -> Iterator[subprocess.Popen[str]]:
    """A tether with a command that would run for ten minutes."""
    command = [sys.executable, "-m", "deploy.demo.tether", sys.executable, "-c", FOREVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    """What the command says first: its number."""
    assert process.stdout
    return process.stdout.readline().strip()


def test_the_command_ends_when_the_pipe_is_closed(tethered: subprocess.Popen[str]) -> None:
    """As it is when the one at the other end was killed."""
    number = first_line(tethered)
    assert tethered.stdin
    tethered.stdin.close()
    assert tethered.wait(10) == 128 + signal.SIGTERM
    assert not Path(f"/proc/{number}").exists()


def test_the_command_ends_when_its_tether_is_told_to(tethered: subprocess.Popen[str]) -> None:
    """SIGTERM goes through."""
    number = first_line(tethered)
    os.kill(tethered.pid, signal.SIGTERM)
    assert tethered.wait(10) == 128 + signal.SIGTERM
    assert not Path(f"/proc/{number}").exists()


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_that_of_the_command(code: int) -> None:
    """Also while the pipe stays open."""
    command = [sys.executable, "-m", "deploy.demo.tether", sys.executable, "-c", f"raise SystemExit({code})"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.wait(10) == code
