"""Partitions come into service restored, leave closed, and what keeps one from coming is said aloud."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from streams.domain.state import NEW_CUSTOMER
from streams.engine.errors import ConfigurationError
from streams.engine.intake import Intake
from streams.engine.metrics import Metrics
from streams.engine.ownership import Ownership
from streams.engine.state_codec import encode_state
from streams.engine.state_store import Changes, StateStore
from tests.engine.cluster import Cluster
from tests.engine.shell import PATIENCE_SECONDS, Installed

pytestmark = pytest.mark.broker


@pytest.fixture
def installed(cluster: Cluster, tmp_path: Path) -> Installed:
    """Topics with a state in the changelog of partition 1."""
    made = Installed(cluster, tmp_path)
    cluster.write(made.changelog, 1, [(b"c", encode_state(NEW_CUSTOMER._replace(sequence=3)))])
    return made


@pytest.fixture
def ownership(installed: Installed) -> Ownership:
    """Nothing is owned yet; the intake takes orders and is not started."""
    config = {**installed.cluster.client, "group.id": installed.cluster.group}
    return Ownership(installed.inputs, Intake(config, batch=10, backlog=100), Metrics())


async def until(condition: Callable[[], object], ownership: Ownership) -> None:
    """Return when ``condition`` holds, raising what keeps a partition from coming."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not condition():
        ownership.raise_failures()
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.wait([asyncio.ensure_future(asyncio.to_thread(int))])


def test_a_partition_serves_when_it_is_restored(ownership: Ownership, installed: Installed) -> None:
    """It is ours at once and serves later, with the committed states and the position to read on from."""

    async def gain() -> None:
        assert not ownership.ready
        ownership.add({1: Event()})
        assert (ownership.numbers, ownership.serving, ownership.ready) == ({1}, {}, False)
        await until(lambda: ownership.ready, ownership)
        partition = ownership.serving[1]
        assert partition.load("c").sequence == 3
        assert partition.positions == {installed.events: 0}
        await ownership.remove([1])

    asyncio.run(gain())


def test_who_joined_and_owns_nothing_is_ready(ownership: Ownership) -> None:
    """One worker more than there are partitions has nothing to wait for, once the group has said so."""

    async def gain_nothing() -> None:
        ownership.add({})
        assert ownership.ready

    asyncio.run(gain_nothing())


def test_a_partition_that_leaves_lets_go_of_its_store(ownership: Ownership, installed: Installed) -> None:
    """After the removal another process may open the store; nothing is ours any more."""

    async def gain_and_lose() -> None:
        ownership.add({0: Event(), 1: Event()})
        await until(lambda: ownership.ready, ownership)
        await ownership.remove([0, 1])
        assert ownership.numbers == set()
        for number in (0, 1):
            StateStore.open(installed.inputs.stores / str(number)).close()

    asyncio.run(gain_and_lose())


def test_a_partition_on_its_way_can_leave(ownership: Ownership, installed: Installed) -> None:
    """Removed before it serves, it never does, and its store is free."""

    async def gain_and_lose() -> None:
        producer = installed.cluster.transactional("predecessor")
        producer.begin_transaction()
        producer.produce(installed.changelog, encode_state(NEW_CUSTOMER), b"d", partition=1)
        producer.flush(30)
        ownership.add({1: Event()})
        await until(lambda: ownership._metrics.restoring.labels("1")._value.get() > 0, ownership)
        await ownership.remove([1])
        assert (ownership.numbers, ownership.serving) == (set(), {})
        StateStore.open(installed.inputs.stores / "1").close()
        producer.abort_transaction(30)

    asyncio.run(gain_and_lose())


def test_renewing_forgets_what_was_not_committed(ownership: Ownership) -> None:
    """After a failure every partition comes up again as it is committed, on the store that it had."""

    async def renew() -> None:
        ownership.add({1: Event()})
        await until(lambda: ownership.ready, ownership)
        before = ownership.serving[1]
        before.save("c", before.load("c"), NEW_CUSTOMER._replace(sequence=99))
        before.positions = dict.fromkeys(before.positions, 77)
        ownership.renew()
        assert not ownership.ready
        await until(lambda: ownership.ready, ownership)
        after = ownership.serving[1]
        assert after.load("c").sequence == 3
        assert set(after.positions.values()) == {0}
        assert after.epoch > before.epoch
        assert after.store is before.store
        await ownership.remove([1])

    asyncio.run(renew())


def test_a_store_that_another_worker_uses_is_said_aloud(ownership: Ownership, installed: Installed) -> None:
    """A partition that cannot come up does not leave the worker waiting in silence."""
    other = StateStore.open(installed.inputs.stores / "1")

    async def gain() -> None:
        ownership.add({1: Event()})
        with pytest.raises(ConfigurationError, match="in use by another worker"):
            await until(lambda: ownership.ready, ownership)

    asyncio.run(gain())
    other.close()


def test_a_store_of_a_changelog_that_is_gone_is_replaced(ownership: Ownership, installed: Installed) -> None:
    """When the topic was made anew the old store says nothing about it, and the new one holds what is there."""
    old = StateStore.open(installed.inputs.stores / "1")
    changes = Changes()
    changes.put(b"ghost", encode_state(NEW_CUSTOMER))
    old.apply(changes, 1_000_000)
    old.close()

    async def gain() -> None:
        ownership.add({1: Event()})
        await until(lambda: ownership.ready, ownership)
        assert [key for key, _ in ownership.serving[1].store.records()] == [b"c"]
        await ownership.remove([1])

    asyncio.run(gain())
