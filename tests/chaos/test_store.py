"""Local stores that are damaged, gone, of another format, or out of room: the changelog makes up for all of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rocksdict import Options, Rdict

from tests.broker.events import PARTITIONS
from tests.broker.installation import WorkerProcess, wait_until
from tests.chaos.trial import Trial, serves

pytestmark = [pytest.mark.broker, pytest.mark.chaos]

ATTEMPTS = 6
"""After so many starts a worker will not do any more."""


def overwrite(pattern: str, start: int, length: int) -> Callable[[Path], None]:
    """Damage that leaves files as long as they were; ``start`` counts from the end if negative."""

    def damage(store: Path) -> None:
        files = list(store.glob(pattern))
        assert files, f"no {pattern} in {store}"
        for file in files:
            content = bytearray(file.read_bytes())
            begin = start if start >= 0 else max(0, len(content) + start)
            end = min(len(content), begin + length)
            content[begin:end] = os.urandom(end - begin)
            file.write_bytes(content)

    return damage


def remove(pattern: str) -> Callable[[Path], None]:
    """Damage that takes files away."""

    def damage(store: Path) -> None:
        files = list(store.glob(pattern))
        assert files, f"no {pattern} in {store}"
        for file in files:
            file.unlink()

    return damage


def make_older(store: Path) -> None:
    """Let the store say that it is of a format which this version does not read."""
    database = Rdict(str(store), Options(raw_mode=True))
    assert database[b"mformat"]
    database[b"mformat"] = b"\x00"
    database.close()


DAMAGES: tuple[tuple[Callable[[Path], None], ...], ...] = (
    (
        overwrite("*.sst", 0, 500),
        overwrite("MANIFEST-*", 0, 500),
        overwrite("CURRENT", 0, 500),
        shutil.rmtree,
    ),
    (overwrite("*.sst", -50, 50), remove("*.sst"), remove("CURRENT"), make_older),
)
"""What happens to the stores of partitions 0, 1, 2 and 3 while no worker has them open."""


@contextmanager
def restarted(trial: Trial) -> Iterator[WorkerProcess]:
    """A worker that serves every partition, started anew when it ends, as a supervisor would."""

    def settled() -> bool:
        if worker.process.poll() is not None:
            return True
        try:
            return worker.ready() and serves(worker, PARTITIONS)
        except OSError:
            return False  # it is ending

    for _ in range(ATTEMPTS):
        with trial.started() as worker:
            wait_until(settled, "the worker to serve everything, or to end")
            if worker.process.poll() is None:
                yield worker
                return
    raise AssertionError(f"the worker ended {ATTEMPTS} times:\n{worker.said()[-3000:]}")


def test_damaged_and_missing_stores_are_restored(trial: Trial) -> None:
    """Whatever became of a store while the worker was down, the partition goes on from the changelog."""
    with trial.flowing():
        for damages in DAMAGES * trial.form.rounds:
            with restarted(trial) as worker:
                trial.go_on()
                worker.stop()
            for number, damage in enumerate(damages):
                damage(worker.stores / str(number))
    with restarted(trial) as worker:
        trial.finish(worker)
    asides = {path.name for path in worker.stores.glob("*.aside")}
    assert asides >= {"0.aside", "1.aside", "2.aside", "3.aside"}
