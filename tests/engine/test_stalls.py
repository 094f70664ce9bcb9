"""Partitions that stand still although there is something to read go on by themselves."""

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition

from streams.engine import stalls
from streams.engine.record_batches import RecordBatch
from tests.engine.cluster import Cluster
from tests.engine.shell import Counting, Installed, Shell

pytestmark = pytest.mark.broker

BEFORE, AFTERWARDS = 10, 5
"""Records on each partition before it stands still, and behind."""


@pytest.fixture
def installed(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Topics with events, and an engine that looks after its partitions more often."""
    monkeypatch.setattr(stalls, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(stalls, "_ASK_SECONDS", 1.0)
    made = Installed(cluster, tmp_path)
    for partition in (0, 1):
        write(made, partition, BEFORE)
    return made


def write(installed: Installed, partition: int, records: int) -> None:
    """Write events of one customer of a partition."""
    installed.cluster.write(installed.events, partition, [(f"of-{partition}".encode(), b"event")] * records)


def counted(installed: Installed, partition: int, records: int) -> Callable[[], bool]:
    """Whether so many records of a partition are committed."""
    return lambda: installed.cluster.committed(installed.events, partition) >= records


def counts(installed: Installed, partition: int) -> list[int]:
    """What was counted on a partition, in order."""
    written = installed.cluster.read(installed.outputs)
    return [int(each.value or b"") for each in written if each.partition == partition]


def read_again(shell: Shell) -> float:
    """How often partitions were read once more."""
    value: float = shell.metrics.read_again._value.get()
    return value


async def take_all(shell: Shell, installed: Installed) -> None:
    """Wait for what was there in the beginning."""
    for partition in (0, 1):
        await shell.until(counted(installed, partition, BEFORE), "the first records")


def test_a_partition_that_the_client_fetches_no_more_goes_on(installed: Installed) -> None:
    """The client knows nothing of new records then; the broker does."""
    shell = Shell(installed, Counting(installed.outputs))

    async def stop_fetching() -> None:
        async with shell.running():
            await take_all(shell, installed)
            stopped, place = threading.Event(), TopicPartition(installed.events, 0)
            shell.intake._commands.put(lambda: shell.intake._consumer.pause([place]))
            shell.intake._commands.put(stopped.set)
            await shell.until(stopped.is_set, "the client to stop")
            for partition in (0, 1):
                write(installed, partition, AFTERWARDS)
            for partition in (1, 0):
                await shell.until(counted(installed, partition, BEFORE + AFTERWARDS), "the other records")

    asyncio.run(stop_fetching())
    assert read_again(shell) == 1
    for partition in (0, 1):
        assert counts(installed, partition) == list(range(1, BEFORE + AFTERWARDS + 1))


def test_the_last_batch_of_a_partition_is_missed_although_others_go_on(installed: Installed) -> None:
    """What was lost on the way is found by what was handed over later and arrived."""
    shell, lost = Shell(installed, Counting(installed.outputs)), list[RecordBatch]()

    def lose_one(batch: RecordBatch) -> Iterable[RecordBatch]:
        if batch.partition == 0 and batch.follows >= BEFORE and batch.records and not lost:
            lost.append(batch)
            return ()
        return (batch,)

    async def go_on_elsewhere() -> None:
        async with shell.running():
            await take_all(shell, installed)
            shell.disturb = lose_one
            write(installed, 0, 1)
            found = counted(installed, 0, BEFORE + 1)
            for expected in itertools.count(BEFORE + 1):
                if await asyncio.to_thread(found):
                    break
                write(installed, 1, 1)
                await shell.until(counted(installed, 1, expected), "the other partition's records")

    asyncio.run(go_on_elsewhere())
    assert len(lost) == 1
    assert read_again(shell) == 1
    assert counts(installed, 0) == list(range(1, BEFORE + 2))


def test_a_client_that_hangs_ends_the_worker(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread cannot be helped; whoever starts the worker again gets a new one."""
    shell, for_ever, said = Shell(installed, Counting(installed.outputs)), threading.Event(), list[str]()

    def hangs() -> bool:
        try:
            shell.processor._stalls.look()
        except RuntimeError as hanging:
            said.append(str(hanging))
        return bool(said)

    async def hang() -> None:
        async with shell.running():
            await take_all(shell, installed)
            monkeypatch.setattr(stalls, "_HANGS_SECONDS", 1.0)
            shell.intake._commands.put(for_ever.wait)  # type: ignore[arg-type]  # its answer matters to nobody
            await shell.until(hangs, "the client to be given up")
            for_ever.set()

    asyncio.run(hang())
    assert said == ["the Kafka client has not returned from a call for 1 s"]


def test_a_partition_at_rest_is_left_alone(installed: Installed) -> None:
    """However often the broker is asked: nothing to read is no reason to read again."""
    shell = Shell(installed, Counting(installed.outputs))

    async def rest() -> None:
        async with shell.running():
            await take_all(shell, installed)
            watch, asked = shell.processor._stalls, set[float]()

            def asked_often() -> bool:
                asked.add(watch._asked_at)
                return len(asked) == 4

            await shell.until(asked_often, "the broker to be asked")
            assert {place[1]: end.offset for place, end in watch._ends.known().items()} == {0: 10, 1: 10}

    asyncio.run(rest())
    assert read_again(shell) == 0
