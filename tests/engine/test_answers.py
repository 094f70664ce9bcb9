"""Answers of a worker: found on the event loop, as the work in progress sees its partitions."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER
from streams.engine import answers as answering
from streams.engine.answers import Answers
from streams.engine.images import Images
from streams.engine.partition import Partition
from streams.engine.questions import Find
from streams.engine.scanner import Scanner
from tests.engine.asking import OFTEN, VOCABULARY, opened, read, visited


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own."""
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join()
    made.close()


@pytest.fixture
def partition(tmp_path: Path) -> Iterator[Partition]:
    """A partition of three customers, its clock not read yet."""
    store = opened(tmp_path / "2", {"a": 1, "b": 3, "c": 4})
    yield Partition(2, store)
    store.close()


@pytest.fixture
def answers(partition: Partition, loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Answers:
    """A worker that serves the partition."""
    serving = SimpleNamespace(serving={2: partition})
    return Answers(serving, lambda its: its.clock, loop, Scanner(Images(tmp_path / "images")))  # type: ignore[arg-type]  # all that is asked of it


def test_a_customer_is_known_as_the_work_in_progress_sees_it(answers: Answers, partition: Partition) -> None:
    """What is stored, and what is not stored yet; with the reading of the partition's clock."""
    partition.advance_clock(Instant(7))
    assert answers.customer(2, "a") == (visited(1), 7)
    partition.save("a", partition.load("a"), visited(2))
    assert answers.customer(2, "a") == (visited(2), 7)


def test_looking_at_a_customer_keeps_nobody_in_memory(answers: Answers, partition: Partition) -> None:
    """Questions do not push out those who are heard of."""
    answers.customer(2, "a")
    assert partition._recent == {}


def test_of_a_stranger_nothing_is_known(answers: Answers) -> None:
    """The very value that stands for nobody."""
    known = answers.customer(2, "nobody")
    assert known is not None
    assert known.state is NEW_CUSTOMER


def test_a_partition_that_is_elsewhere_is_not_asked(answers: Answers) -> None:
    """Neither for a customer nor for all."""
    assert answers.customer(1, "a") is None
    lines = list[bytes]()
    answers.scan(Find(filter=OFTEN), VOCABULARY, [1], lines.append)
    assert lines == []


@pytest.mark.parametrize("numbers", [None, [1, 2]])
def test_all_who_are_stored_are_looked_at(answers: Answers, numbers: list[int] | None) -> None:
    """Of the partitions that are asked for, or of all, those that are in service here."""
    lines = list[bytes]()
    answers.scan(Find(filter=OFTEN), VOCABULARY, numbers, lines.append)
    last = read(lines).last
    assert {number: (each["customers"], each["matched"]) for number, each in last.items()} == {2: (3, 2)}


def test_a_loop_that_is_stuck_keeps_nobody_waiting_for_ever(
    answers: Answers, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks is told in time, and may ask again."""
    monkeypatch.setattr(answering, "_PATIENCE_SECONDS", 0.05)
    go_on = threading.Event()
    loop.call_soon_threadsafe(go_on.wait)
    with pytest.raises(TimeoutError):
        answers.customer(2, "a")
    go_on.set()
    monkeypatch.undo()
    assert answers.customer(2, "a") == (visited(1), 0)
