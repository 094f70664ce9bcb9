"""Killing workers while real purchases flow: what is committed equals an undisturbed run, record for record."""

import random
from functools import partial
from pathlib import Path

import pytest

from tests.broker.installation import Installation, WorkerProcess, wait_until
from tests.chaos.flow import empty, flowing
from tests.chaos.outcome import Outcome, assert_equal, assert_gapless, finish, prepared
from tests.conftest import Kafka

pytestmark = [pytest.mark.broker, pytest.mark.chaos]

ROUNDS = 20


def reached(installation: Installation, goal: int) -> bool:
    """Whether so many events are consumed, or all."""
    return installation.consumed() >= min(goal, installation.written())


def serves(worker: WorkerProcess, partitions: int) -> bool:
    """Whether the worker has at least so many partitions in service."""
    return worker.metrics()["tidemark_partitions"] >= partitions


def test_twenty_kills_change_nothing(
    kafka: Kafka, topic_prefix: str, tmp_path: Path, undisturbed: Outcome
) -> None:
    """After 20 kill -9 at random moments, outputs and state equal those of an undisturbed run."""
    installation = prepared(kafka.bootstrap, topic_prefix, tmp_path)
    moments = random.Random(20)
    for _ in range(ROUNDS):
        with installation.worker() as worker:
            goal = installation.consumed() + moments.choice((0, 1, 1_000, 2_000, 3_000))
            wait_until(partial(reached, installation, goal), "progress")
            worker.kill()
    with installation.worker() as worker:
        found = finish(installation, worker)
    assert_equal(found, undisturbed)
    assert_gapless(found)


def test_a_second_worker_joining_and_leaving_changes_nothing(
    kafka: Kafka, topic_prefix: str, tmp_path: Path, undisturbed: Outcome
) -> None:
    """While a second worker joins and leaves in mid-stream, outputs and state stay those of an undisturbed run."""
    installation = empty(kafka.bootstrap, topic_prefix, tmp_path)
    with installation.worker("one") as first:
        with flowing(installation):
            wait_until(lambda: installation.consumed() > 500, "events to flow")
            for _ in range(2):
                with installation.worker("two") as second:
                    wait_until(partial(serves, second, 1), "a share of the partitions")
                    second.stop()
        wait_until(partial(serves, first, 4), "all partitions to come back")
        found = finish(installation, first)
    assert_equal(found, undisturbed)
    assert_gapless(found)
