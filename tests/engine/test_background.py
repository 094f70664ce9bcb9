"""What is done between records, with a real broker: customers are decided anew once each, and records go on.

A customer that is decided anew counts once more: after a change of definitions everybody's count must read one more.
"""

import asyncio
import time
from pathlib import Path

import pytest

from streams.domain.instants import Instant
from streams.engine.marks import is_mark, read_sweep
from streams.engine.state_codec import decode_state
from streams.engine.unit_of_work import Output, UnitOfWork
from tests.engine.cluster import Cluster
from tests.engine.shell import Counting, Installed, Shell

pytestmark = pytest.mark.broker

NAMES = [f"customer-{number:04}".encode() for number in range(600)]


@pytest.fixture
def installed(cluster: Cluster, tmp_path: Path) -> Installed:
    """Topics with one event of each customer, spread over two partitions."""
    made = Installed(cluster, tmp_path)
    for partition in (0, 1):
        cluster.write(made.events, partition, [(name, b"event") for name in NAMES[partition::2]])
    return made


def decisions(installed: Installed, fingerprint: str) -> Counting:
    """Decisions under definitions, at some instant."""
    made = Counting(installed.outputs)
    made.fingerprint, made.time = fingerprint, Instant(0)
    return made


def swept(shell: Shell) -> bool:
    """Whether all customers of both partitions are decided under the present definitions."""
    serving = shell.processor.ownership.serving
    return len(serving) == 2 and all(
        each.sweep.done and each.sweep.fingerprint == shell.decisions.fingerprint for each in serving.values()
    )


def counts(installed: Installed) -> dict[bytes | None, list[int]]:
    """The committed counts of each customer, in order."""
    found: dict[bytes | None, list[int]] = {}
    for written in installed.cluster.read(installed.outputs):
        found.setdefault(written.key, []).append(int(written.value or b""))
    return found


def committed_sweeps(installed: Installed) -> dict[int, tuple[str, bool, int]]:
    """How far the committed sweep of each partition is: definitions, whether it is done, customers."""
    marks = [one for one in installed.cluster.read(installed.changelog) if is_mark(one.key or b"")]
    sweeps = {mark.partition: read_sweep(mark.value or b"") for mark in marks}
    return {number: (sweep.fingerprint, sweep.done, sweep.met) for number, sweep in sweeps.items()}


async def take_all(shell: Shell, installed: Installed) -> None:
    """Wait until every event is committed."""

    def done() -> bool:
        return all(installed.cluster.committed(installed.events, number) >= 300 for number in (0, 1))

    await shell.until(done, "the events")


def test_everybody_is_decided_anew_once(installed: Installed) -> None:
    """After a change of definitions, without any record; a restart under the same ones decides nobody again."""
    shell = Shell(installed, decisions(installed, "one"))

    async def change() -> None:
        async with shell.running():
            await take_all(shell, installed)
            shell.decisions.fingerprint = "two"
            background, partition = shell.processor.background, shell.processor.ownership.serving[0]
            await shell.until(lambda: swept(shell), "the sweep")
            assert background.remaining(partition) == 0
            assert partition.sweep.moved == 300

    asyncio.run(change())
    assert counts(installed) == {name: [1, 2] for name in NAMES}
    assert committed_sweeps(installed) == {0: ("two", True, 300), 1: ("two", True, 300)}
    again = Shell(installed, decisions(installed, "two"))

    async def restart() -> None:
        async with again.running():
            await again.until(lambda: swept(again), "the partitions")

    asyncio.run(restart())
    assert counts(installed) == {name: [1, 2] for name in NAMES}


def test_what_changed_while_nobody_worked_is_made_up_for(installed: Installed) -> None:
    """A partition that comes into service under other definitions than it was left under is swept."""
    for fingerprint, expected in (("one", [1]), ("two", [1, 2]), ("one", [1, 2, 3])):
        shell = Shell(installed, decisions(installed, fingerprint))

        async def work(shell: Shell = shell) -> None:
            async with shell.running():
                await take_all(shell, installed)
                await shell.until(lambda: swept(shell), "the sweep")

        asyncio.run(work())
        assert counts(installed) == dict.fromkeys(NAMES, expected)


def test_a_failed_commit_in_mid_sweep_decides_nobody_twice(installed: Installed) -> None:
    """What was decided and not committed is decided again, from where the last committed transaction left the sweep."""
    deciding, refused = decisions(installed, "one"), list[UnitOfWork]()
    shell = Shell(installed, deciding, batch=1_000)

    def too_much(name: str, unit: UnitOfWork) -> None:
        if name.endswith("0300") and not refused:
            refused.append(unit)
            unit.outputs.append(Output(installed.outputs, name.encode(), bytes(1_500_000)))

    async def change() -> None:
        async with shell.running():
            await take_all(shell, installed)
            deciding.before_deciding, deciding.fingerprint = too_much, "two"
            done = dict.fromkeys((0, 1), ("two", True, 300))
            await shell.until(lambda: committed_sweeps(installed) == done, "the sweep after the failure")

    asyncio.run(change())
    assert shell.metrics.commits.labels("failed")._value.get() == 1
    assert counts(installed) == {name: [1, 2] for name in NAMES}


def test_a_sweep_leaves_most_of_the_time_to_records_that_wait(installed: Installed) -> None:
    """Records that wait after a slice have many times as long as it took."""
    shell = Shell(installed, decisions(installed, "one"), batch=1_000)

    async def change() -> None:
        async with shell.running():
            await take_all(shell, installed)
            async with shell.processor._turn:
                background, unit = shell.processor.background, shell.processor._unit
                partitions = list(shell.processor.ownership.serving.values())
                shell.decisions.fingerprint = "two"
                began = time.monotonic()
                background.turn(unit, 0, most=1_000)
                took = time.monotonic() - began
                met = [one.sweep.met for one in partitions]
                assert sum(met) > 0
                assert background._records_until - time.monotonic() > 20 * took
                background.turn(unit, 1, most=1_000)
                assert [one.sweep.met for one in partitions] == met
            await shell.until(lambda: swept(shell), "the sweep")

    asyncio.run(change())
    assert counts(installed) == {name: [1, 2] for name in NAMES}


def test_a_sweep_holds_back_while_commits_take_long(installed: Installed) -> None:
    """It has a tenth of a second in each unit of work, ever less of it after slow commits, and soon all of it again."""
    shell = Shell(installed, decisions(installed, "one"), batch=1_000)

    async def change() -> None:
        async with shell.running():
            await take_all(shell, installed)
            async with shell.processor._turn:
                background, unit = shell.processor.background, UnitOfWork(0.0)
                allowed = [background._allowance]
                for seconds in (0.5, 1.0, 1.0, 1.0, 1.0, 1.0, *[0.02] * 20):
                    background.committed(seconds)
                    allowed.append(background._allowance)
                assert allowed[:7] == pytest.approx([0.1, 0.05, 0.025, 0.0125, 0.00625, 0.005, 0.005])
                assert allowed[-1] == 0.1
                partition = shell.processor.ownership.serving[0]
                shell.decisions.fingerprint, unit.sweep_seconds = "two", 0.1
                background.turn(unit, 0, most=1_000)
                assert (partition.sweep.fingerprint, partition.sweep.met) == ("two", 0)
            await shell.until(lambda: swept(shell), "the sweep")

    asyncio.run(change())


def test_turns_with_nothing_to_do_use_up_no_allowance(installed: Installed) -> None:
    """However long nothing happened, the next sweep has all of its time in the unit of work that is still empty."""
    shell = Shell(installed, decisions(installed, "one"), batch=1_000)

    async def idle() -> None:
        async with shell.running():
            await take_all(shell, installed)
            async with shell.processor._turn:
                background, unit = shell.processor.background, UnitOfWork(0.0)
                for _ in range(1_000):
                    background.turn(unit, 0, most=1_000)
                assert (unit.due_seconds, unit.sweep_seconds) == (0.0, 0.0)

    asyncio.run(idle())


def test_events_of_new_definitions_and_the_sweep_do_not_meet(installed: Installed) -> None:
    """Who has an event after the change is decided by it, and passed by when the sweep comes."""
    shell, late = Shell(installed, decisions(installed, "one"), batch=1_000), NAMES[0::2][:50]

    async def change() -> None:
        async with shell.running():
            await take_all(shell, installed)
            async with shell.processor._turn:
                shell.decisions.fingerprint = "two"
                installed.cluster.write(installed.events, 0, [(name, b"event") for name in late])
                partition = shell.processor.ownership.serving[0]
                shell.processor.background.follow(partition)
                shell.processor.background._records_until = time.monotonic() + 60
                await shell.until(lambda: shell.intake.backlog() >= len(late), "the events to arrive")
            await shell.until(lambda: installed.cluster.committed(installed.events, 0) >= 350, "the events")
            shell.processor.background._records_until = 0.0
            await shell.until(lambda: swept(shell), "the sweep")

    asyncio.run(change())
    states = {
        one.key: decode_state(one.value or b"")
        for one in installed.cluster.read(installed.changelog)
        if not is_mark(one.key or b"")
    }
    assert {name: state.sequence for name, state in states.items()} == dict.fromkeys(NAMES, 2)
    assert {state.ruleset for state in states.values()} == {"two"}
