"""A worker that stands still while others take over its partitions, and then wakes, spoils nothing."""

import signal
from functools import partial
from pathlib import Path

import pytest

from tests.broker.installation import wait_until
from tests.chaos.flow import empty, flowing
from tests.chaos.outcome import Outcome, assert_equal, assert_gapless, finish
from tests.chaos.test_kill import serves
from tests.conftest import Kafka

pytestmark = [pytest.mark.broker, pytest.mark.chaos]


def test_a_worker_that_was_frozen_changes_nothing_when_it_wakes(
    kafka: Kafka, topic_prefix: str, tmp_path: Path, undisturbed: Outcome
) -> None:
    """Frozen past its session, it finds its partitions gone, drops what it had open, and does its share again."""
    installation = empty(kafka.bootstrap, topic_prefix, tmp_path)
    with installation.worker("one") as first, installation.worker("two") as second:
        wait_until(partial(serves, second, 1), "a share of the partitions")
        with flowing(installation):
            wait_until(lambda: installation.consumed() > 500, "events to flow")
            first.process.send_signal(signal.SIGSTOP)
            wait_until(partial(serves, second, 4), "the other worker to take over")
            first.process.send_signal(signal.SIGCONT)
            wait_until(lambda: "fenced" in first.log.read_text(), "the frozen worker to find out")
            wait_until(partial(serves, first, 1), "the partitions to be shared again")
        second.stop()
        wait_until(partial(serves, first, 4), "all partitions to come back")
        found = finish(installation, first)
    assert_equal(found, undisturbed)
    assert_gapless(found)
