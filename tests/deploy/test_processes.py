import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.kafka.processes import BackgroundProcess, is_running, launch, send, terminate, wait_until_ended

PATIENT = "import signal; signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
)


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[BackgroundProcess]:
    """A process that waits until it is told to end."""
    process = launch([sys.executable, "-c", PATIENT], tmp_path / "log")
    yield process
    send(process, signal.SIGKILL)


def test_a_launched_process_runs_until_it_is_asked_to_end(patient: BackgroundProcess) -> None:
    """Asking is enough for a process that listens."""
    assert is_running(patient)
    assert terminate(patient, 10)
    assert not is_running(patient)


def test_a_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    """After the patience is over the process is gone all the same, and the caller is told."""
    log = tmp_path / "log"
    process = launch([sys.executable, "-c", STUBBORN], log)
    while "deaf" not in log.read_text():
        assert is_running(process)
    assert not terminate(process, 0.2)
    assert not is_running(process)


def test_a_number_that_was_given_to_somebody_else_is_not_our_process(patient: BackgroundProcess) -> None:
    """The time at which the process began tells it from a later one with its number, which is never signalled."""
    earlier = patient._replace(began="1")
    assert not is_running(earlier)
    send(earlier, signal.SIGKILL)
    assert is_running(patient)


def test_what_a_process_prints_goes_to_its_log(tmp_path: Path) -> None:
    """Both streams are kept, and what stood in the log before."""
    (tmp_path / "log").write_text("before\n")
    script = "import sys; print('out', flush=True); print('err', file=sys.stderr)"
    assert wait_until_ended(launch([sys.executable, "-c", script], tmp_path / "log"), 10)
    assert (tmp_path / "log").read_text() == "before\nout\nerr\n"


def test_a_program_that_cannot_run_has_ended(tmp_path: Path) -> None:
    """The reason stands in the log."""
    assert wait_until_ended(launch(["/no/such/program"], tmp_path / "log"), 10)
    assert "/no/such/program" in (tmp_path / "log").read_text()
