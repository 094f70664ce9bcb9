"""A unit of work goes to the broker and to the store as a whole, or not at all."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from confluent_kafka import Consumer

from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine.marks import CLOCK_KEY, SWEEP_KEY, Sweep, write_sweep
from streams.engine.partition import Partition
from streams.engine.state_codec import encode_state
from streams.engine.state_store import StateStore
from streams.engine.transactions import TransactionFailed, Transactions
from streams.engine.unit_of_work import BY_KEY, Output, UnitOfWork
from tests.broker.installation import wait_until
from tests.engine.cluster import Cluster, Written

pytestmark = pytest.mark.broker


SWEEP = Sweep("f2", "f1", 7.0, b"a", done=False, met=1)


class Setting(NamedTuple):
    """Topics and a partition to work on."""

    cluster: Cluster
    events: str
    outputs: str
    changelog: str
    partition: Partition

    def transactions(self, name: str = "one") -> Transactions:
        """The way to the broker under a transactional id."""
        config = {**self.cluster.client, "transaction.timeout.ms": 10_000, "message.max.bytes": 2_000_000}
        return Transactions(config, self.cluster.prefix + name, self.changelog)

    def unit(self, *outputs: Output, offset: int | None = None, **states: CustomerState) -> UnitOfWork:
        """A unit that is closed for commit."""
        unit = UnitOfWork(0.0)
        unit.outputs += outputs
        if offset is not None:
            unit.offsets[self.events, 1] = offset
        for customer, its in states.items():
            self.partition.save(customer, self.partition.load(customer), its)
        unit.close([self.partition])
        return unit

    def output(self, value: bytes) -> Output:
        """A record for the topic of outputs."""
        return Output(self.outputs, b"c", value, 0)


@pytest.fixture
def setting(cluster: Cluster, tmp_path: Path) -> Iterator[Setting]:
    """Partition 1 of a small installation."""
    events, outputs, changelog = map(cluster.create, ("events", "outputs", "changelog"))
    store = StateStore.open(tmp_path / "1")
    yield Setting(cluster, events, outputs, changelog, Partition(1, store))
    store.close()


def state(sequence: int, due: int | None = None) -> CustomerState:
    """A state that can be told from others."""
    return NEW_CUSTOMER._replace(sequence=sequence, due=None if due is None else Instant(due))


def test_everything_of_a_unit_is_committed_together(setting: Setting) -> None:
    """Outputs, changelog, input offsets and the local store all show the unit, the store with its position."""
    cluster, store = setting.cluster, setting.partition.store
    setting.partition.advance_clock(Instant(-7))
    setting.partition.go_on_sweeping(SWEEP)
    unit = setting.unit(setting.output(b"1"), setting.output(b"2"), offset=42, a=state(1, due=50))
    setting.transactions().commit(unit, cluster.outsider())
    assert cluster.read(setting.outputs) == [Written(0, b"c", b"1"), Written(0, b"c", b"2")]
    assert cluster.committed(setting.events, 1) == 42
    clock = (-7).to_bytes(8, "big", signed=True)
    assert set(cluster.read(setting.changelog)) == {
        Written(1, b"a", encode_state(state(1, due=50))),
        Written(1, CLOCK_KEY, clock),
        Written(1, SWEEP_KEY, write_sweep(SWEEP)),
    }
    assert dict(store.records()) == {
        b"a": encode_state(state(1, due=50)),
        CLOCK_KEY: clock,
        SWEEP_KEY: write_sweep(SWEEP),
    }
    assert [entry[1:] for entry in store.due(Instant(99))] == [(50, b"a")]
    assert store.position == 3


def test_a_failed_commit_leaves_nothing(setting: Setting) -> None:
    """One record that the broker refuses takes the whole unit with it; the next unit goes through."""
    cluster, store = setting.cluster, setting.partition.store
    transactions, huge = setting.transactions(), setting.output(bytes(1_500_000))
    with pytest.raises(TransactionFailed):
        transactions.commit(
            setting.unit(setting.output(b"1"), huge, offset=42, a=state(1)), cluster.outsider()
        )
    assert cluster.read(setting.outputs) == cluster.read(setting.changelog) == []
    assert cluster.committed(setting.events, 1) < 0
    assert (store.get(b"a"), store.position) == (None, None)
    setting = setting._replace(partition=Partition(0, store))
    transactions.commit(setting.unit(setting.output(b"2"), offset=43, a=state(2)), cluster.outsider())
    assert cluster.read(setting.outputs) == [Written(0, b"c", b"2")]
    assert cluster.committed(setting.events, 1) == 43
    assert store.get(b"a") == encode_state(state(2))


def test_a_transaction_that_fails_while_records_are_written_is_given_up(setting: Setting) -> None:
    """The client takes no more records then; that is no fault of theirs, and the next unit goes through."""
    cluster, refused = setting.cluster, list[object]()

    def fail_early(step: str) -> None:
        if step == "begun" and not refused:
            transactions._producer.produce(
                setting.outputs, bytes(1_500_000), on_delivery=lambda error, _: refused.append(error)
            )
            wait_until(lambda: transactions._producer.poll(0.1) or refused, "the refusal")

    config = {**cluster.client, "message.max.bytes": 2_000_000}
    transactions = Transactions(config, cluster.prefix + "one", setting.changelog, fail_early)
    for output in (setting.output(b"1"), setting.output(b"1")._replace(partition=BY_KEY)):
        refused.clear()
        with pytest.raises(TransactionFailed):
            transactions.commit(setting.unit(output, offset=42), cluster.outsider())
    transactions.commit(setting.unit(setting.output(b"2"), offset=43), cluster.outsider())
    assert cluster.read(setting.outputs) == [Written(0, b"c", b"2")]
    assert cluster.committed(setting.events, 1) == 43


def test_a_producer_that_was_replaced_cannot_commit(setting: Setting) -> None:
    """Whoever starts later under the same transactional id fences the earlier one."""
    cluster = setting.cluster
    first = setting.transactions()
    second = setting.transactions()
    second.commit(setting.unit(setting.output(b"second"), offset=2, a=state(2)), cluster.outsider())
    setting.partition.settle()
    with pytest.raises(TransactionFailed):
        first.commit(setting.unit(setting.output(b"first"), offset=1, a=state(1)), cluster.outsider())
    assert setting.partition.store.get(b"a") == encode_state(state(2))
    assert [written.value for written in cluster.read(setting.outputs)] == [b"second"]
    assert cluster.committed(setting.events, 1) == 2


def test_a_member_of_an_earlier_generation_cannot_commit(setting: Setting) -> None:
    """A worker that the group has moved on without is refused, although nobody took its transactional id."""
    cluster = setting.cluster
    member = Consumer({**cluster.client, "group.id": cluster.group})
    assigned: list[object] = []
    member.subscribe([setting.events], on_assign=lambda _, partitions: assigned.append(partitions))
    wait_until(lambda: member.poll(0.1) or assigned, "the group to form")
    earlier = member.consumer_group_metadata()
    member.close()
    with pytest.raises(TransactionFailed):
        setting.transactions().commit(setting.unit(setting.output(b"1"), offset=1, a=state(1)), earlier)
    assert cluster.read(setting.outputs) == cluster.read(setting.changelog) == []
    assert cluster.committed(setting.events, 1) < 0


def test_a_record_that_can_never_be_written_stops_the_worker(setting: Setting) -> None:
    """Giving the transaction up would only read the same records again, without end."""
    with pytest.raises(RuntimeError, match=r"a record of \d+ bytes for \S+ cannot be written: .*large"):
        setting.transactions().commit(
            setting.unit(setting.output(bytes(9_000_000))), setting.cluster.outsider()
        )
    assert setting.cluster.read(setting.outputs) == []


def test_an_output_keeps_its_place_headers_and_time(setting: Setting) -> None:
    """A forwarded record stands on the partition that was chosen for it, with its headers and its first time."""
    headers = [("ce_id", b"7"), ("none", None)]
    output = Output(setting.outputs, b"c", b"1", 1, headers, 1_000_000_000_000)
    setting.transactions().commit(setting.unit(output), setting.cluster.outsider())
    (message,) = setting.cluster.messages(setting.outputs)
    assert (message.partition(), message.headers()) == (1, headers)
    assert message.timestamp()[1] == 1_000_000_000_000


def test_only_a_deadline_that_moved_is_entered(setting: Setting) -> None:
    """The index is written for who is due at another instant; old entries stay, to be found stale."""
    transactions, outsider = setting.transactions(), setting.cluster.outsider()
    for its in (state(1, due=50), state(2, due=50), state(3, due=70), state(4)):
        transactions.commit(setting.unit(a=its), outsider)
        setting.partition.settle()
    assert [entry[1:] for entry in setting.partition.store.due(Instant(99))] == [(50, b"a"), (70, b"a")]


def test_who_was_taken_and_is_due_at_the_same_instant_stays_due(setting: Setting) -> None:
    """An entry that was taken too early is put back with the state that still waits for it."""
    transactions, outsider = setting.transactions(), setting.cluster.outsider()
    transactions.commit(setting.unit(a=state(1, due=50)), outsider)
    setting.partition.settle()
    assert setting.partition.take_due(Instant(50), 10).customers == ["a"]
    transactions.commit(setting.unit(a=state(2, due=50)), outsider)
    setting.partition.settle()
    assert setting.partition.take_due(Instant(50), 10).customers == ["a"]
