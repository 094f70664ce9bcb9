"""Where a scenario runs: installations on one cluster, workers that are real processes, and nothing left behind.

Decides names, directories and what is removed at the end. Knows no scenario.
"""

import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.bench.cluster import Cluster
from tests.bench.processes import Usage
from tests.bench.ruleset import Shape, write_definitions
from tests.broker.installation import Installation, WorkerProcess, wait_until

INPUT = "custom-events"


class Ground:
    """A cluster, a directory, and somebody to tell how far it is."""

    def __init__(self, bootstrap: str, directory: Path, tell: Callable[[str], None]) -> None:
        self.bootstrap = bootstrap
        self.cluster = Cluster(bootstrap)
        self.tell = tell
        self._directory = directory.absolute()

    @contextmanager
    def installation(self, shape: Shape | None = None) -> Iterator[Installation]:
        """Topics with definitions applied, on the wall clock; topics and stores are removed at the end."""
        name = f"bench-{secrets.token_hex(4)}"
        directory = self._directory / name
        installation = Installation(self.bootstrap, f"{name}.", directory, clock="wall")
        try:
            installation.apply(write_definitions(directory / "definitions", shape or Shape()))
            yield installation
        finally:
            self.cluster.delete(installation.prefix)
            shutil.rmtree(directory, ignore_errors=True)

    def fill(self, installation: Installation, records: Iterable[tuple[str, bytes]]) -> None:
        """Write events; returns when all are acknowledged."""
        self.cluster.fill(installation.prefix + INPUT, records)


class State(NamedTuple):
    """What a worker says of itself."""

    ready: bool
    joined: bool
    """Whether the group told it what is its."""
    serving: frozenset[int]


class RunningWorker(WorkerProcess):
    """A worker process that can be asked what it uses."""

    def __init__(self, installation: Installation, name: str) -> None:
        self.started_at = time.time()
        super().__init__(installation, name, environment={"TIDEMARK_GROUP_INSTANCE_ID": ""})
        self.usage = Usage(self.process.pid)

    def lag_records(self) -> int:
        """How many records wait, as the worker saw it last."""
        metrics = self.metrics()
        return int(sum(value for name, value in metrics.items() if name.startswith("tidemark_lag_records{")))

    def state(self) -> State | None:
        """What /ready says; ``None`` while nobody answers."""
        told = self.told()
        return None if told is None else State(told["ready"], told["joined"], frozenset(told["serving"]))


@contextmanager
def started(installation: Installation, *names: str) -> Iterator[list[RunningWorker]]:
    """Workers that were started this moment, as dynamic members of the group; killed at the end if they still run."""
    with ExitStack() as stack:
        workers = []
        for name in names:
            workers.append(RunningWorker(installation, name))
            stack.callback(_end, workers[-1])
        yield workers


@contextmanager
def ready(installation: Installation, name: str) -> Iterator[RunningWorker]:
    """A worker that is ready; stopped at the end."""
    with started(installation, name) as (worker,):
        wait_until(worker.ready, "the worker to be ready")
        yield worker
        if worker.process.poll() is None:
            worker.stop()


def _end(worker: WorkerProcess) -> None:
    if worker.process.poll() is None:
        worker.kill()
