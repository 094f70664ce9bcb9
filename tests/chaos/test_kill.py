"""Workers that are killed while purchases flow: what is committed equals an undisturbed run, record for record."""

import random
import signal
from typing import get_args

import pytest

from streams.engine.transactions import Step
from tests.broker.installation import PATIENCE_SECONDS
from tests.chaos.faulty_worker import faulty, last_words
from tests.chaos.trial import Trial, says

pytestmark = [pytest.mark.broker, pytest.mark.chaos]

PARTITIONS_STORED = {"stored": 12}
"""Each partition of a commit is stored for itself; here the third commit, too, is reached."""


def test_a_kill_at_each_step_of_a_commit_changes_nothing(trial: Trial) -> None:
    """A worker that dies at a step of its third commit, or in mid-store, leaves nothing half done."""
    steps: list[tuple[Step, int]] = [(step, PARTITIONS_STORED.get(step, 3)) for step in get_args(Step)]
    in_mid_store: tuple[Step, int] = ("stored", 2)
    with trial.flowing():
        for step, nth in [*steps, in_mid_store] * trial.form.rounds:
            with trial.started(command=faulty(signal.SIGKILL, step, nth)) as worker:
                assert worker.process.wait(PATIENCE_SECONDS) == -signal.SIGKILL, worker.said()
                assert says(worker, last_words(signal.SIGKILL, step, nth))
    with trial.worker() as worker:
        trial.finish(worker)


def test_kills_at_random_change_nothing(trial: Trial) -> None:
    """A worker that is killed again and again, also before it has begun, loses and doubles nothing."""
    moments = random.Random(20)
    with trial.flowing():
        for _ in range(trial.form.kills):
            with trial.worker() as worker:
                trial.go_on(moments.choice((0, 1, 30, 100)))
                worker.kill()
    with trial.worker() as worker:
        trial.finish(worker)
