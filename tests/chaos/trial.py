"""One installation that is disturbed while purchases flow, and the question whether anything came of it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial

from confluent_kafka import KafkaException

from tests.broker.events import PARTITIONS
from tests.broker.installation import Installation, WorkerProcess, wait_until
from tests.chaos.flow import flowing
from tests.chaos.form import Form
from tests.chaos.outcome import OUTPUTS, Outcome, assert_equal, assert_gapless, besides_these, missing
from topology.lines import Line

IMPATIENT = {
    "TIDEMARK_KAFKA_SESSION_TIMEOUT_MS": "2000",
    "TIDEMARK_KAFKA_HEARTBEAT_INTERVAL_MS": "300",
    "TIDEMARK_KAFKA_TRANSACTION_TIMEOUT_MS": "3000",
}
"""For tests that wait until a worker counts as dead."""
DYNAMIC = {"TIDEMARK_GROUP_INSTANCE_ID": ""}
"""For a worker that is no static member."""
FENCED = "fenced: partitions"
"""What a worker says when it finds out that its partitions are another's."""


class Trial:
    """An installation, what is sent to it, and what must come out whatever happens meanwhile."""

    def __init__(
        self, installation: Installation, lines: Sequence[Line], undisturbed: Outcome, form: Form
    ) -> None:
        self.installation = installation
        self.worker = installation.worker
        self.started = installation.started
        self.form = form
        self._lines = lines
        self._undisturbed = undisturbed

    def flowing(self) -> AbstractContextManager[None]:
        """Purchases flow while the context is open; when it is left all are written."""
        return flowing(self.installation, self._lines, self.form.drops)

    def go_on(self, events: int = 30) -> None:
        """Wait until so many more events are consumed."""
        wait_until(_grows(self.installation.consumed, events), f"{events} events to be consumed")

    def pile_up(self, events: int = 50) -> None:
        """Wait until so many more events are written, consumed or not."""
        wait_until(_grows(self.installation.written, events), f"{events} events to be written")

    def finish(self, *workers: WorkerProcess, besides: str = "") -> None:
        """Let the workers do all that is left and stop; what they committed equals the undisturbed run.

        Customers whose names begin with ``besides`` do not matter; they bought nothing.
        """
        try:
            wait_until(partial(self._complete, workers, besides), "everything to come out")
        except AssertionError as late:
            for worker in workers:  # what is missing says more
                late.add_note(f"{worker.name}: {worker.told()}\n{worker.said()[-4_000:]}")
            late.add_note(missing(Outcome.of(self.installation, besides), self._undisturbed))
            raise
        with ThreadPoolExecutor() as each:
            assert max(each.map(WorkerProcess.stop, workers)) < 10
        found = Outcome.of(self.installation, besides)
        assert_equal(found, self._undisturbed)
        assert_gapless(found)

    def _complete(self, workers: Sequence[WorkerProcess], besides: str) -> bool:
        for worker in workers:
            assert worker.process.poll() is None, f"{worker.name} ended:\n{worker.said()[-3000:]}"
        read = self.installation.read_all(OUTPUTS)
        return sum(len(besides_these(its, besides)) for its in read.values()) >= self._undisturbed.size()


def _grows(count: Callable[[], int], by: int) -> Callable[[], bool]:
    """Whether a count is greater by so much than when it was first to be had; a broker may be on its way back."""
    first: list[int] = []

    def grown() -> bool:
        try:
            first.append(count())
        except KafkaException:
            return False
        return first[-1] >= first[0] + by

    return grown


def says(worker: WorkerProcess, words: str, after: int = 0) -> bool:
    """Whether the worker logged the words, behind so many characters."""
    return words in worker.said()[after:]


def is_back(worker: WorkerProcess, after: int) -> bool:
    """Whether the worker, behind so many characters, found out and then took partitions up again."""
    return "reading on from" in worker.said()[after:].partition(FENCED)[2]


def serves(worker: WorkerProcess, partitions: int) -> bool:
    """Whether the worker has at least so many partitions in service."""
    return worker.metrics()["tidemark_partitions"] >= partitions


def share(one: WorkerProcess, two: WorkerProcess) -> bool:
    """Whether two workers have all partitions in service between them; one that has lost some may not know it yet."""
    served = [worker.metrics()["tidemark_partitions"] for worker in (one, two)]
    return min(served) > 0 and sum(served) == PARTITIONS
