"""A broker that dies while purchases flow: the worker waits, says so, and nothing is lost or doubled."""

from pathlib import Path

import pytest

from deploy.kafka.local_broker import LocalBroker
from tests.broker.installation import wait_until
from tests.chaos.outcome import Outcome, assert_equal, assert_gapless, finish, prepared

pytestmark = [pytest.mark.broker, pytest.mark.chaos]


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(
    private_kafka: LocalBroker, topic_prefix: str, tmp_path: Path, undisturbed: Outcome
) -> None:
    """After kill -9 of the broker in mid-stream and its return, outputs and state equal an undisturbed run."""
    address = private_kafka.start().bootstrap
    installation = prepared(address, topic_prefix, tmp_path)
    with installation.worker() as worker:
        wait_until(lambda: installation.consumed() > 2_000, "progress")
        private_kafka.kill()
        wait_until(
            lambda: "the broker does not answer" in worker.log.read_text(), "the worker to say that it waits"
        )
        private_kafka.start()
        found = finish(installation, worker)
    assert_equal(found, undisturbed)
    assert_gapless(found)


def test_a_worker_stops_in_time_though_its_broker_is_gone(
    private_kafka: LocalBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """SIGTERM ends a worker within 10 s also when nothing can be committed; it says so, and exits with 1."""
    installation = prepared(private_kafka.start().bootstrap, topic_prefix, tmp_path)
    with installation.worker() as worker:
        wait_until(lambda: installation.consumed() > 0, "progress")
        private_kafka.kill()
        worker.process.terminate()
        assert worker.process.wait(timeout=10) == 1
    assert "will be read again" in worker.log.read_text()
