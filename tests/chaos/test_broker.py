"""A broker that goes away while purchases flow: the worker waits, and nothing is lost or doubled.

The worker stands in mid-transaction when it happens. Where the broker itself stands must not be left to chance: a Kafka
4.3.1 that dies while it marks a transaction as committed may leave out the other marks when it comes back, while its
partitions have no leader yet ("likely deleted already and hence can be skipped"), and nobody can read on there.
"""

import signal

import pytest

from tests.broker.installation import WorkerProcess, wait_until
from tests.chaos.conftest import Private
from tests.chaos.faulty_worker import faulty, last_words
from tests.chaos.trial import Trial, says

pytestmark = [pytest.mark.broker, pytest.mark.chaos]


def wait_until_frozen(worker: WorkerProcess, nth: int) -> None:
    """Return when the worker stands still in its nth transaction."""
    words = last_words(signal.SIGSTOP, "offsets-sent", nth)
    wait_until(lambda: says(worker, words), f"the worker to freeze in transaction {nth}")


def test_a_broker_that_goes_and_comes_back_loses_nothing(private: Private, private_trial: Trial) -> None:
    """After kill -9 of the broker, and after a clean restart, the worker goes on where it was."""
    trial, broker = private_trial, private.broker
    ends = [broker.kill, broker.stop] * trial.form.rounds
    moments = range(3, 3 + 5 * len(ends), 5)
    with trial.started(command=faulty(signal.SIGSTOP, "offsets-sent", *moments)) as worker:
        with trial.flowing():
            for end, moment in zip(ends, moments, strict=True):
                wait_until_frozen(worker, moment)
                end()
                broker.start()
                worker.process.send_signal(signal.SIGCONT)
            trial.go_on()
        trial.finish(worker)


def test_a_worker_stops_in_time_though_its_broker_is_gone(private: Private, private_trial: Trial) -> None:
    """SIGTERM ends it within 10 s with exit code 1, and it says what that means."""
    trial = private_trial
    with trial.flowing():
        with trial.started(command=faulty(signal.SIGSTOP, "offsets-sent", 3)) as worker:
            wait_until_frozen(worker, 3)
            private.broker.kill()
            worker.process.send_signal(signal.SIGCONT)
            worker.process.terminate()
            assert worker.process.wait(timeout=10) == 1
        assert says(worker, "will be read again")
        private.broker.start()
