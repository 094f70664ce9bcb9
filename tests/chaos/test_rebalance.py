"""Workers that join and leave all the time, politely or not, while purchases flow."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from typing import NamedTuple

import pytest

from tests.broker.installation import WorkerProcess, wait_until
from tests.chaos.trial import DYNAMIC, IMPATIENT, Trial, serves

pytestmark = [pytest.mark.broker, pytest.mark.chaos]


class Guest(NamedTuple):
    """A worker that does not stay."""

    name: str
    membership: dict[str, str]
    leave: Callable[[WorkerProcess], object]

    def visit(self, trial: Trial) -> None:
        """Join, get a share of the partitions, and leave."""
        with trial.worker(self.name, **self.membership) as worker:
            wait_until(partial(serves, worker, 1), f"{self.name} to have a share of the partitions")
            self.leave(worker)


def test_workers_that_join_and_leave_all_the_time_change_nothing(trial: Trial) -> None:
    """Two at a time come and go, static members and others, stopped and killed: nothing comes of it."""
    trial.installation.environment |= IMPATIENT
    manners = product(range(trial.form.rounds), (DYNAMIC, {}), (WorkerProcess.stop, WorkerProcess.kill))
    guests = [
        Guest(f"guest-{number}", membership, leave) for number, (_, membership, leave) in enumerate(manners)
    ]
    with trial.worker("steady") as steady:
        with trial.flowing(), ThreadPoolExecutor(2) as at_a_time:
            list(at_a_time.map(partial(Guest.visit, trial=trial), guests))
        trial.finish(steady)
