"""A worker that stands still while others take over its partitions, and then wakes, spoils nothing."""

import signal
from functools import partial

import pytest

from tests.broker.installation import wait_until
from tests.chaos.faulty_worker import faulty, last_words
from tests.chaos.form import SHORT
from tests.chaos.trial import DYNAMIC, FENCED, IMPATIENT, Trial, is_back, says, serves, share

pytestmark = [pytest.mark.broker, pytest.mark.chaos]


def test_a_worker_that_was_frozen_changes_nothing_when_it_wakes(trial: Trial) -> None:
    """Frozen past its session, it finds its partitions gone, drops what it had open, and does its share again."""
    trial.installation.environment |= IMPATIENT
    with trial.worker("one") as first, trial.worker("two", **DYNAMIC) as second:
        with trial.flowing():
            for _ in range(trial.form.rounds):
                wait_until(partial(share, first, second), "the partitions to be shared")
                trial.go_on()
                asked = len(first.said())
                first.process.send_signal(signal.SIGSTOP)
                wait_until(partial(serves, second, 4), "the other worker to take over")
                first.process.send_signal(signal.SIGCONT)
                wait_until(partial(says, first, FENCED, asked), "the frozen worker to find out")
                wait_until(partial(is_back, first, asked), "the frozen worker to be back")
        trial.finish(first, second)


def test_a_worker_that_was_frozen_in_mid_commit_is_refused_when_it_wakes(trial: Trial) -> None:
    """Frozen with everything sent but the commit itself, it wakes after another took over: nothing of it counts."""
    if trial.form == SHORT:
        pytest.skip("in the long form only: make chaos")
    trial.installation.environment |= IMPATIENT
    frozen = trial.started("one", faulty(signal.SIGSTOP, "offsets-sent", 3))
    with frozen as first, trial.started("two", **DYNAMIC) as second:
        with trial.flowing():
            wait_until(
                partial(says, first, last_words(signal.SIGSTOP, "offsets-sent", 3)), "the worker to freeze"
            )
            wait_until(second.ready, "the other worker to be ready")
            wait_until(partial(serves, second, 4), "the other worker to take over")
            trial.go_on()
            first.process.send_signal(signal.SIGCONT)
            wait_until(partial(says, first, "transaction given up"), "the frozen worker to be refused")
            wait_until(partial(says, first, FENCED), "the frozen worker to know why")
            wait_until(partial(share, first, second), "the partitions to be shared")
        trial.finish(first, second)
