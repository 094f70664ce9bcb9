"""A network between worker and broker that goes and comes back, or is slow."""

from functools import partial

import pytest

from tests.broker.installation import wait_until
from tests.chaos.conftest import Private
from tests.chaos.trial import DYNAMIC, FENCED, IMPATIENT, Trial, is_back, says, serves, share

pytestmark = [pytest.mark.broker, pytest.mark.chaos]

SLOW = 1_000_000
"""Bytes a second: a transaction of everything that waits takes longer than it may."""
LITTLE_ROOM = {
    "TIDEMARK_KAFKA_QUEUE_BUFFERING_MAX_MESSAGES": "200",
    "TIDEMARK_KAFKA_TRANSACTION_TIMEOUT_MS": "3000",
}
"""For a producer that is full when two hundred records wait, and has little time to get rid of them."""


def test_a_short_cut_changes_nothing(private: Private, private_trial: Trial) -> None:
    """A worker that is cut off for less than its session goes on, whether connections hang or are closed."""
    trial, proxy = private_trial, private.proxy
    with trial.worker(TIDEMARK_BOOTSTRAP=proxy.address) as worker:
        with trial.flowing():
            for disconnect in [proxy.cut, proxy.reset] * trial.form.rounds:
                trial.go_on()
                disconnect()
                trial.pile_up()
                proxy.heal()
            trial.go_on()
        assert not says(worker, FENCED)
        trial.finish(worker)


def test_a_worker_that_is_cut_off_for_long_is_fenced_and_comes_back(
    private: Private, private_trial: Trial
) -> None:
    """Its partitions go to a worker that is not cut off; healed, it finds out, and does its share again."""
    trial, proxy = private_trial, private.proxy
    trial.installation.environment |= IMPATIENT
    cut_off = trial.worker("one", TIDEMARK_BOOTSTRAP=proxy.address, **DYNAMIC)
    with cut_off as first, trial.worker("two", **DYNAMIC) as second:
        with trial.flowing():
            for disconnect in [proxy.cut, proxy.reset] * trial.form.rounds:
                wait_until(partial(share, first, second), "the partitions to be shared")
                trial.go_on()
                asked = len(first.said())
                disconnect()
                wait_until(partial(serves, second, 4), "the other worker to take over")
                trial.go_on()
                proxy.heal()
                wait_until(partial(says, first, FENCED, asked), "the worker to find out")
                wait_until(partial(is_back, first, asked), "the worker to be back")
        trial.finish(first, second)


def test_a_slow_broker_slows_the_worker_and_loses_nothing(private: Private, private_trial: Trial) -> None:
    """What it cannot take in the time of a transaction comes in smaller ones; the worker waits, and goes on."""
    trial, proxy = private_trial, private.proxy
    proxy.slow_down(bytes_per_second=SLOW)
    with trial.worker(TIDEMARK_BOOTSTRAP=proxy.address, **LITTLE_ROOM) as worker:
        with trial.flowing():
            trial.go_on()
        trial.finish(worker)
        assert not says(worker, FENCED)
