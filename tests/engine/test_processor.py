"""Whatever happens to batches, units and commits on the way: every record counts once.

Each key's counts are published as they grow. Exactly once means that the committed outputs of a key read 1, 2, 3, …
up to the number of its records, in this order, and that the store agrees.
"""

import asyncio
import random
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER
from streams.engine.record_batches import RecordBatch
from streams.engine.state_codec import decode_state, encode_state
from streams.engine.unit_of_work import Output, UnitOfWork
from tests.engine.cluster import Cluster
from tests.engine.shell import Counting, Installed, Shell, Waiting

pytestmark = pytest.mark.broker

KEYS = [f"customer-{number}".encode() for number in range(7)]
RECORDS = 105
"""In each of two partitions; a multiple of the number of keys."""


@pytest.fixture
def installed(cluster: Cluster, tmp_path: Path) -> Installed:
    """Topics with events that wait to be counted."""
    made = Installed(cluster, tmp_path)
    for partition in (0, 1):
        cluster.write(made.events, partition, [(KEYS[n % len(KEYS)], b"event") for n in range(RECORDS)])
    return made


async def work(shell: Shell, installed: Installed) -> None:
    """Run until every record is committed."""

    def done() -> bool:
        return all(installed.cluster.committed(installed.events, number) >= RECORDS for number in (0, 1))

    async with shell.running():
        await shell.until(done, "all records to be committed")


def assert_counted_once(installed: Installed) -> None:
    """Outputs and changelog show each record once, in order."""
    each = RECORDS // len(KEYS)
    outputs = installed.cluster.read(installed.outputs)
    for partition in (0, 1):
        for key in KEYS:
            counts = [int(w.value or b"") for w in outputs if (w.partition, w.key) == (partition, key)]
            assert counts == list(range(1, each + 1)), (partition, key)
    latest = {(w.partition, w.key): w.value for w in installed.cluster.read(installed.changelog)}
    assert {place: decode_state(value or b"").sequence for place, value in latest.items()} == {
        (partition, key): each for partition in (0, 1) for key in KEYS
    }


def test_undisturbed_everything_is_counted_once(installed: Installed) -> None:
    """Many small transactions come to the same as one."""
    shell = Shell(installed, Counting(installed.outputs))
    asyncio.run(work(shell, installed))
    assert_counted_once(installed)
    assert shell.metrics.commits.labels("committed")._value.get() > 5


def test_lost_batches_are_read_again(installed: Installed) -> None:
    """Every sixth batch or so never arrives, as when Faust clears a queue; the gaps are noticed and filled."""
    shell, chance = Shell(installed, Counting(installed.outputs)), random.Random(7)
    shell.disturb = lambda batch: () if chance.random() < 1 / 6 else (batch,)
    asyncio.run(work(shell, installed))
    assert_counted_once(installed)


def test_doubled_and_belated_batches_do_not_count(installed: Installed) -> None:
    """A batch that comes twice, or again after others, follows nothing and changes nothing."""
    shell, seen = Shell(installed, Counting(installed.outputs)), list[RecordBatch]()

    def twice_and_late(batch: RecordBatch) -> Iterable[RecordBatch]:
        seen.append(batch)
        return batch, batch, seen[len(seen) // 2]

    shell.disturb = twice_and_late
    asyncio.run(work(shell, installed))
    assert_counted_once(installed)


def test_batches_of_an_earlier_reading_are_void(installed: Installed) -> None:
    """What was fetched under an earlier epoch is not applied, even where its position would fit."""
    shell, chance = Shell(installed, Counting(installed.outputs)), random.Random(9)

    def sometimes_of_old(batch: RecordBatch) -> Iterable[RecordBatch]:
        return (batch._replace(epoch=batch.epoch - 1),) if chance.random() < 0.2 else (batch,)

    shell.disturb = sometimes_of_old
    asyncio.run(work(shell, installed))
    assert_counted_once(installed)


def test_a_record_that_must_wait_holds_back_its_partition_alone(installed: Installed) -> None:
    """What stands before it is committed, the other partition goes on; when it is time, the rest counts once."""
    decisions, may_go_on = Waiting(installed.outputs), threading.Event()
    decisions.halts, decisions.until = (0, 50), may_go_on.is_set
    shell = Shell(installed, decisions)

    def held_back() -> bool:
        committed = [installed.cluster.committed(installed.events, number) for number in (0, 1)]
        return committed == [50, RECORDS] and shell.metrics.put_off.labels("0")._value.get() == 1

    def all_committed() -> bool:
        return installed.cluster.committed(installed.events, 0) >= RECORDS

    async def work_with_a_pause() -> None:
        async with shell.running():
            await shell.until(held_back, "all that may be applied to be committed")
            may_go_on.set()
            await shell.until(all_committed, "the rest to be committed")

    asyncio.run(work_with_a_pause())
    assert_counted_once(installed)
    assert shell.metrics.put_off.labels("0")._value.get() == 0


def test_a_failed_commit_drops_the_unit_and_is_made_up_for(installed: Installed) -> None:
    """When the broker refuses a transaction, its records are read again and count once, in the metrics as well."""
    decisions, refused = Counting(installed.outputs), list[UnitOfWork]()

    def too_much(value: bytes, unit: UnitOfWork) -> None:
        if not refused and unit.records >= 10:
            refused.append(unit)
            unit.outputs.append(Output(installed.outputs, value, bytes(1_500_000)))

    decisions.before = too_much
    shell = Shell(installed, decisions)
    decisions.tallied = shell.metrics.duplicates
    asyncio.run(work(shell, installed))
    assert_counted_once(installed)
    assert shell.metrics.commits.labels("failed")._value.get() == 1
    assert shell.metrics.duplicates._value.get() == 2 * RECORDS


def test_an_error_half_way_commits_nothing_of_its_batch(installed: Installed) -> None:
    """Decisions that fail in the middle of a batch leave no trace; the error is not swallowed."""
    decisions, failures = Counting(installed.outputs), iter([14, 37, 38])
    counted, goal = [0], [next(failures)]

    def fail(_value: bytes, _unit: UnitOfWork) -> None:
        counted[0] += 1
        if counted[0] == goal[0]:
            goal[0] = next(failures, 0)
            raise ArithmeticError

    decisions.before = fail
    shell = Shell(installed, decisions)
    asyncio.run(work(shell, installed))
    assert_counted_once(installed)
    assert [type(error) for error in shell.errors] == [ArithmeticError] * 3


def test_a_restart_goes_on_where_the_last_one_stopped(installed: Installed) -> None:
    """Stopped in mid-stream, a worker commits what it has; the next one, on the same store, counts on."""
    first = Shell(installed, Counting(installed.outputs))

    async def a_part() -> None:
        async with first.running():
            await first.until(lambda: installed.cluster.committed(installed.events, 0) > 0, "some progress")

    asyncio.run(a_part())
    asyncio.run(work(Shell(installed, Counting(installed.outputs)), installed))
    assert_counted_once(installed)


def test_a_partition_that_is_restored_holds_up_no_other(installed: Installed) -> None:
    """While one waits for its changelog, which metrics show, all records of the other are committed."""
    predecessor = installed.cluster.transactional("predecessor")
    predecessor.begin_transaction()
    predecessor.produce(installed.changelog, encode_state(NEW_CUSTOMER), b"somebody", partition=1)
    predecessor.flush(30)
    shell = Shell(installed, Counting(installed.outputs))

    async def meanwhile() -> None:
        async with shell.running():
            await shell.until(
                lambda: installed.cluster.committed(installed.events, 0) >= RECORDS, "the one that serves"
            )
            assert list(shell.processor.ownership.serving) == [0]
            assert shell.metrics.restoring.labels("1")._value.get() > 0
            predecessor.abort_transaction(30)
            await shell.until(
                lambda: installed.cluster.committed(installed.events, 1) >= RECORDS, "the one that waited"
            )
            assert shell.metrics.restoring.labels("1")._value.get() == 0

    asyncio.run(meanwhile())
    assert_counted_once(installed)


def test_nothing_of_a_partition_that_is_gone_is_committed(cluster: Cluster, tmp_path: Path) -> None:
    """From the moment that the group has taken it away, not even what time alone causes leaves the worker."""
    installed = Installed(cluster, tmp_path)
    cluster.write(installed.events, 1, [(key, b"1000") for key in KEYS])
    decisions = Counting(installed.outputs)
    shell = Shell(installed, decisions)

    async def lose() -> None:
        async with shell.running():
            await shell.until(lambda: cluster.committed(installed.events, 1) == len(KEYS), "the events")
            lost = shell.processor.ownership.serving[1]
            lost.gone.set()
            decisions.time = Instant(2_000)
            await shell.until(
                lambda: lost not in shell.processor.ownership.serving.values(), "it to be dropped"
            )

    asyncio.run(lose())
    assert [written.value for written in cluster.read(installed.outputs)] == [b"1"] * len(KEYS)


def test_time_alone_is_committed_too(cluster: Cluster, tmp_path: Path) -> None:
    """Those who are due are taken when the clock says so, without any record arriving."""
    installed = Installed(cluster, tmp_path)
    cluster.write(installed.events, 1, [(key, str(1_000 + n).encode()) for n, key in enumerate(KEYS)])
    decisions = Counting(installed.outputs)
    shell = Shell(installed, decisions)

    def outputs(count: int) -> bool:
        return sum(written.value == b"2" for written in cluster.read(installed.outputs)) == count

    async def wait_for_time() -> None:
        async with shell.running():
            await shell.until(lambda: cluster.committed(installed.events, 1) == len(KEYS), "the events")
            decisions.time = Instant(1_003)
            await shell.until(lambda: outputs(4), "the four that are due")
            partition = shell.processor.ownership.serving[1]
            assert shell.processor.overdue_seconds(partition) == 0
            decisions.time = Instant(2_000)
            await shell.until(lambda: outputs(len(KEYS)), "all others")

    asyncio.run(wait_for_time())
    due = [written.key for written in cluster.read(installed.outputs) if written.value == b"2"]
    assert due == KEYS


def test_deadlines_leave_half_of_the_time_to_records_that_wait(cluster: Cluster, tmp_path: Path) -> None:
    """Many that are due at one instant are taken in slices; records that wait then have as long as the slice took."""
    installed, customers = Installed(cluster, tmp_path), 3_000
    names = [f"due-{number}".encode() for number in range(customers)]
    cluster.write(installed.events, 0, [(name, b"1000") for name in names])
    decisions = Counting(installed.outputs)
    shell = Shell(installed, decisions, batch=1_000, records=1_000)

    async def flood() -> None:
        async with shell.running():
            await shell.until(lambda: cluster.committed(installed.events, 0) == customers, "the customers")
            decisions.time = Instant(1_000)
            tally = shell.processor._unit.tally
            background, unit = shell.processor.background, shell.processor._unit
            background.turn(unit, 0, most=1_000)
            taken = tally[shell.metrics.deadlines,]
            assert 0 < taken < 500
            background._records_until = time.monotonic() + 60
            background.turn(unit, 1, most=1_000)
            assert tally[shell.metrics.deadlines,] == taken
            background.turn(unit, 0, most=1_000)
            more = tally[shell.metrics.deadlines,]
            assert more > taken
            unit.due_seconds = 0.1  # what one unit of work may spend on them
            background.turn(unit, 0, most=1_000)
            assert tally[shell.metrics.deadlines,] == more
            await shell.until(lambda: len(cluster.read(installed.outputs)) == 2 * customers, "all")

    asyncio.run(flood())
