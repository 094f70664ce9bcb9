"""A store is brought up to what was committed, no less and no more, and reading goes on behind it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine.partition import Partition
from streams.engine.restore import CalledOff, Changelog, Progress, StoreIsAhead, restore
from streams.engine.state_codec import encode_state
from streams.engine.state_store import Changes, StateStore
from streams.engine.transactions import Transactions
from streams.engine.unit_of_work import UnitOfWork
from tests.broker.installation import wait_until
from tests.engine.cluster import Cluster

pytestmark = pytest.mark.broker


def untold(done: int, total: int) -> None:
    """Progress that nobody looks at."""


class Setting(NamedTuple):
    """A partition whose states are written to a changelog, and a place for a second store."""

    cluster: Cluster
    changelog: Changelog
    partition: Partition
    other: StateStore

    def commit(self, **states: CustomerState) -> None:
        """Commit one unit of work after another, a customer each."""
        transactions = Transactions(self.cluster.client, f"{self.cluster.prefix}writer", self.changelog.topic)
        for customer, its in states.items():
            unit = UnitOfWork(0.0)
            self.partition.save(customer, self.partition.load(customer), its)
            self.partition.advance_clock(Instant(its.sequence))
            unit.close([self.partition])
            transactions.commit(unit, self.cluster.outsider())
            self.partition.settle()
        transactions.close()

    def restore(self, called_off: threading.Event | None = None, progress: Progress | None = None) -> int:
        """Bring the second store up."""
        return restore(self.other, self.changelog, called_off or threading.Event(), progress or untold)


@pytest.fixture
def setting(cluster: Cluster, tmp_path: Path) -> Iterator[Setting]:
    """Partition 1 of a changelog, an old store and a new one."""
    changelog = Changelog(cluster.client, cluster.create("changelog"), 1)
    old, new = StateStore.open(tmp_path / "old"), StateStore.open(tmp_path / "new")
    yield Setting(cluster, changelog, Partition(1, old), new)
    old.close()
    new.close()


def state(sequence: int, due: int | None = None) -> CustomerState:
    """A state that can be told from others."""
    return NEW_CUSTOMER._replace(sequence=sequence, due=None if due is None else Instant(due))


def due(partition: Partition) -> list[str]:
    """Everybody who waits for time, in order of their instants."""
    return partition.take_due(Instant(2**53), 1_000).customers


def test_nothing_written_is_nothing_to_restore(setting: Setting) -> None:
    """An empty changelog leaves an empty store, at once."""
    assert setting.restore() == 0
    assert list(setting.other.records()) == []


def test_a_new_store_becomes_equal_to_the_old_one(setting: Setting) -> None:
    """Records, deadlines, clock and sweep of the restored store are those of the store that was written along."""
    setting.commit(a=state(1, due=70), b=state(2, due=50), c=state(3))
    setting.partition.begin_sweep("other", 7.0)
    setting.commit(a=state(4, due=40), b=state(5))
    setting.restore()
    assert dict(setting.other.records()) == dict(setting.partition.store.records())
    restored = Partition(1, setting.other)
    assert due(restored) == due(setting.partition) == ["a"]
    assert restored.clock == setting.partition.clock == 5
    assert restored.sweep == setting.partition.sweep
    assert restored.sweep.fingerprint == "other"


def test_only_the_last_version_of_a_customer_is_due(setting: Setting) -> None:
    """Versions of one customer that are read together leave one entry in the due index: that of the last."""
    versions = [(b"a", encode_state(state(number, due=number))) for number in range(1, 500)]
    setting.cluster.write(setting.changelog.topic, 1, versions)
    setting.restore()
    assert len(list(setting.other.due(Instant(1_000)))) < 250
    assert due(Partition(1, setting.other)) == ["a"]


def test_a_deleted_customer_stays_deleted(setting: Setting) -> None:
    """A record without a value takes the customer out of the store."""
    setting.cluster.write(
        setting.changelog.topic,
        1,
        [(b"a", encode_state(state(1))), (b"b", encode_state(state(2))), (b"a", None)],
    )
    setting.restore()
    assert dict(setting.other.records()) == {b"b": encode_state(state(2))}


def test_a_store_of_another_changelog_is_of_no_use(setting: Setting) -> None:
    """A store that knows of more than was ever written here is told apart from one that is up to date."""
    setting.commit(a=state(1))
    setting.other.apply(Changes(), 1_000)
    with pytest.raises(StoreIsAhead):
        setting.restore()


def test_a_store_that_is_almost_there_reads_the_tail_alone(setting: Setting) -> None:
    """From the stored position on, only what is behind it is read; a second time, nothing is."""
    setting.commit(a=state(1), b=state(2))
    setting.restore()
    setting.commit(a=state(3))
    assert setting.restore() == 2 + 1  # the customer, the clock, and the word that the end was reached
    assert dict(setting.other.records()) == dict(setting.partition.store.records())
    assert setting.restore() == 0


def test_records_of_the_version_before_are_restored(setting: Setting) -> None:
    """A changelog outlives a version: what stands in it is read by the next one, deadlines included."""
    before = b"\x02" + encode_state(state(4, due=50))[1:]
    setting.cluster.write(setting.changelog.topic, 1, [(b"a", before)])
    setting.restore()
    restored = Partition(1, setting.other)
    assert due(restored) == ["a"]
    assert restored.load("a") == state(4, due=50)


def test_what_was_aborted_is_not_restored(setting: Setting) -> None:
    """Records of an aborted transaction are skipped, those behind them are not."""
    producer = setting.cluster.transactional("foreign")
    for value, end in ((state(1), producer.abort_transaction), (state(2), producer.commit_transaction)):
        producer.begin_transaction()
        producer.produce(setting.changelog.topic, encode_state(value), f"c{value.sequence}", partition=1)
        producer.flush(30)
        end(30)
    setting.restore()
    assert dict(setting.other.records()) == {b"c2": encode_state(state(2))}


@pytest.mark.parametrize("committed", [True, False])
def test_an_open_transaction_is_waited_for(setting: Setting, committed: bool) -> None:  # noqa: FBT001
    """A predecessor's last transaction decides what the state is, so the restore ends only when it has ended."""
    setting.commit(a=state(1))
    producer = setting.cluster.transactional("predecessor")
    producer.begin_transaction()
    producer.produce(setting.changelog.topic, encode_state(state(9)), b"a", partition=1)
    producer.flush(30)
    told: list[tuple[int, int]] = []
    with ThreadPoolExecutor(1) as thread:
        restoring = thread.submit(setting.restore, None, lambda done, total: told.append((done, total)))
        wait_until(lambda: told and told[-1][0] > 0, "the part before the transaction")
        assert not restoring.done()
        assert told[-1][0] < told[-1][1]
        if committed:
            producer.commit_transaction(30)
        else:
            producer.abort_transaction(30)
        restoring.result(60)
    assert setting.other.get(b"a") == encode_state(state(9 if committed else 1))
    assert told[-1][0] >= told[-1][1]


def test_a_partition_that_goes_away_is_not_restored(setting: Setting) -> None:
    """Called off, it stops, even while it waits for a transaction that nobody ends."""
    producer = setting.cluster.transactional("predecessor")
    producer.begin_transaction()
    producer.produce(setting.changelog.topic, encode_state(state(9)), b"a", partition=1)
    producer.flush(30)
    called_off, told = threading.Event(), list[int]()
    with ThreadPoolExecutor(1) as thread:
        restoring = thread.submit(setting.restore, called_off, lambda _, total: told.append(total))
        wait_until(lambda: told, "the restore to begin")
        called_off.set()
        with pytest.raises(CalledOff):
            restoring.result(60)
    producer.abort_transaction(30)
