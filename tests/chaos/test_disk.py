"""A disk that runs full under a worker's stores: it says so and ends, and when there is room again it goes on."""

import itertools
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.broker.events import home, review, send, written
from tests.broker.installation import WorkerProcess, wait_until
from tests.chaos.trial import Trial

pytestmark = [pytest.mark.broker, pytest.mark.chaos]

MEBIBYTE = 1 << 20
TALKERS = "talker-"
"""Customers who buy nothing and say much, so that a store's memory must go to the disk."""
HOW_MANY = 150
HOW_MUCH = "w" * 200_000


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A small disk of the test's own."""
    place = tmp_path / "small"
    place.mkdir()
    mounting = ("mount", "-t", "tmpfs", "-o", f"size={64 * MEBIBYTE}", "tidemark", str(place))
    if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a disk that can be filled")
    try:
        yield place
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left; returns the file that does."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(disk).free == 0
    return ballast


def talk(trial: Trial) -> None:
    """Make the memory of one store overflow."""
    talkers = (name for number in itertools.count() if home(name := f"{TALKERS}{number}") == 0)
    for talker in itertools.islice(talkers, HOW_MANY):
        profile = {"source_id": talker, "metadata": {"words": HOW_MUCH}}
        said = review(talker, occurred_at="1997-01-01T00:00:00Z") | {"customer": profile}
        send(trial.installation, talker, written(said))


def assert_ends_loudly(worker: WorkerProcess) -> None:
    """It ends with an error that tells of the disk."""
    wait_until(lambda: worker.process.poll() is not None, "the worker to end")
    assert worker.process.returncode == 1
    assert re.search("disk is full|no space left", worker.said(), re.IGNORECASE), worker.said()[-3000:]


def test_a_worker_whose_disk_is_full_says_so_and_loses_nothing(trial: Trial, small: Path) -> None:
    """In mid-stream and at its start it ends with an error that tells of the disk; with room it goes on."""
    state = {"TIDEMARK_STATE_DIRECTORY": str(small / "state")}
    with trial.flowing():
        with trial.worker(**state) as worker:
            trial.go_on()
            ballast = fill(small)
            talk(trial)
            assert_ends_loudly(worker)
        with trial.started(**state) as worker:
            assert_ends_loudly(worker)
        ballast.unlink()
    with trial.worker(**state) as worker:
        trial.finish(worker, besides=TALKERS)
