"""A partition as the work in progress sees it, over a real store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine.marks import CLOCK_KEY
from streams.engine.partition import Partition, Touched
from streams.engine.recent_states import RecentStates
from streams.engine.state_codec import encode_state
from streams.engine.state_store import Changes, StateStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    """A new store."""
    opened = StateStore.open(tmp_path / "0")
    yield opened
    opened.close()


def state(sequence: int, due: int | None = None) -> CustomerState:
    """A state that can be told from others by its sequence."""
    return NEW_CUSTOMER._replace(sequence=sequence, due=None if due is None else Instant(due))


def keep(store: StateStore, **states: CustomerState) -> None:
    """What a committed transaction leaves in the store."""
    changes = Changes()
    for customer, its in states.items():
        changes.put(customer.encode(), encode_state(its))
        if its.due is not None:
            changes.due(its.due, customer.encode())
    store.apply(changes, None)


def commit(partition: Partition) -> Touched:
    """Freeze, store and settle as a successful commit does."""
    touched = partition.freeze()
    changes = Changes()
    for instant, customer in touched.taken:
        changes.taken(instant, customer)
    partition.store.apply(changes, None)
    keep(partition.store, **touched.states)
    partition.settle()
    return touched


def test_a_customer_of_whom_nothing_is_known_is_new(store: StateStore) -> None:
    """Nothing stands in the store, so the state is that of a new customer, the very value."""
    assert Partition(0, store).load("nobody") is NEW_CUSTOMER


def test_the_newest_state_is_found(store: StateStore) -> None:
    """The unit being collected comes before the one being committed, that before the store."""
    keep(store, c=state(1))
    partition = Partition(0, store)
    assert partition.load("c").sequence == 1
    partition.save("c", partition.load("c"), state(2))
    partition.freeze()
    assert partition.load("c").sequence == 2
    partition.save("c", partition.load("c"), state(3))
    assert partition.load("c").sequence == 3


def test_a_commit_under_way_does_not_hide_what_came_after_it(store: StateStore) -> None:
    """When the older unit settles, the younger one's state still counts."""
    partition = Partition(0, store)
    partition.save("c", partition.load("c"), state(1))
    touched = partition.freeze()
    partition.save("c", partition.load("c"), state(2))
    keep(store, **touched.states)
    partition.settle()
    assert partition.load("c").sequence == 2
    assert partition.freeze().states == {"c": state(2)}


def test_a_failed_commit_leaves_what_is_stored(store: StateStore) -> None:
    """Brought up anew from its store, a partition knows nothing of the frozen and the collected unit."""
    keep(store, c=state(1))
    partition = Partition(0, store)
    partition.save("c", partition.load("c"), state(2))
    partition.freeze()
    partition.save("c", partition.load("c"), state(3))
    partition.save("d", partition.load("d"), state(4))
    partition.advance_clock(Instant(77))
    partition = Partition(0, store)
    assert partition.load("c").sequence == 1
    assert partition.load("d") is NEW_CUSTOMER
    assert partition.clock is None
    assert partition.freeze() == Touched({}, {}, [], None)


def test_states_outlive_the_memory_of_recent_ones(store: StateStore) -> None:
    """With room for two customers in memory, a thousand keep their states through many commits."""
    partition = Partition(0, store, recent=RecentStates(most=2))
    for turn in (1, 2, 3):
        for number in range(1_000):
            customer = f"c{number}"
            partition.save(customer, partition.load(customer), state(partition.load(customer).sequence + 1))
            if number % 7 == 0:
                commit(partition)
        commit(partition)
        assert {partition.load(f"c{number}").sequence for number in range(1_000)} == {turn}


def test_a_unit_remembers_how_the_index_stood(store: StateStore) -> None:
    """However often a customer is saved in a unit, ``was_due`` is what stood there before the unit."""
    keep(store, c=state(1, due=50))
    partition = Partition(0, store)
    partition.save("c", partition.load("c"), state(2, due=60))
    partition.save("c", partition.load("c"), state(3, due=70))
    assert partition.freeze().was_due == {"c": 50}
    partition.save("c", partition.load("c"), state(4, due=80))
    assert partition.freeze().was_due == {"c": 70}


def test_the_due_are_taken_in_order_and_by_portions(store: StateStore) -> None:
    """At most so many customers at once, the next call goes on behind them, those not yet due stay."""
    keep(store, a=state(1, due=10), b=state(1, due=20), c=state(1, due=30), d=state(1, due=99))
    partition = Partition(0, store)
    assert partition.take_due(Instant(30), 2).customers == ["a", "b"]
    assert partition.take_due(Instant(30), 2).customers == ["c"]
    assert partition.take_due(Instant(30), 2).customers == []
    assert partition.freeze().taken == [(10, b"a"), (20, b"b"), (30, b"c")]


def test_who_comes_to_be_due_before_the_last_one_taken_is_not_missed(store: StateStore) -> None:
    """Reading goes on behind what was taken, and goes back for a deadline that a commit puts before it."""
    keep(store, a=state(1, due=30), b=state(1, due=31))
    partition = Partition(0, store)
    assert partition.take_due(Instant(30), 10).customers == ["a"]
    for customer, due in (("a", 20), ("c", 30), ("d", 99)):
        partition.save(customer, partition.load(customer), state(2, due=due))
    commit(partition)
    assert partition.earliest_due() == 20
    assert partition.take_due(Instant(50), 10).customers == ["a", "c", "b"]


def test_who_is_due_again_at_the_very_instant_is_taken_again(store: StateStore) -> None:
    """An entry that is put where the last one was taken is read, whoever stands behind it."""
    keep(store, a=state(1, due=30), b=state(1, due=30))
    partition = Partition(0, store)
    assert partition.take_due(Instant(30), 1).customers == ["a"]
    partition.save("a", partition.load("a"), state(2, due=30))
    commit(partition)
    assert partition.take_due(Instant(30), 10).customers == ["a", "b"]


def test_stale_entries_are_dropped_and_not_taken(store: StateStore) -> None:
    """An entry that the customer's state does not confirm is removed without moving the customer."""
    keep(store, a=state(1, due=10))
    keep(store, a=state(2, due=50))
    partition = Partition(0, store)
    assert partition.take_due(Instant(40), 10).customers == []
    commit(partition)
    assert [instant for _, instant, _ in store.due(Instant(99))] == [50]
    assert partition.take_due(Instant(50), 10).customers == ["a"]


def test_stale_entries_are_taken_in_slices_and_remember_nobody(store: StateStore) -> None:
    """A restore leaves many of them: they count towards the limit, and those they name take no room."""
    for sequence, due in enumerate((10, 20, 30, 40)):
        keep(store, a=state(sequence, due=due), b=state(sequence, due=due))
    partition = Partition(0, store)
    assert partition.take_due(Instant(99), 5) == ([], 5)
    assert partition._recent == {}
    assert partition.take_due(Instant(99), 5) == (["a", "b"], 3)


def test_an_entry_outdated_by_uncommitted_work_is_stale(store: StateStore) -> None:
    """What the unit being collected has moved on is not due any more, although the store still says so."""
    keep(store, a=state(1, due=10))
    partition = Partition(0, store)
    partition.save("a", partition.load("a"), state(2, due=90))
    assert partition.take_due(Instant(50), 10).customers == []


def test_a_dropped_unit_gives_back_what_it_took(store: StateStore) -> None:
    """Who was taken by a unit that failed is due again."""
    keep(store, a=state(1, due=10))
    partition = Partition(0, store)
    assert partition.take_due(Instant(10), 10).customers == ["a"]
    partition = Partition(0, store)
    assert partition.take_due(Instant(10), 10).customers == ["a"]


def test_the_earliest_deadline_is_the_first_not_taken(store: StateStore) -> None:
    """What was taken is no longer waited for, committed or not."""
    keep(store, a=state(1, due=10), b=state(1, due=2**53))
    partition = Partition(0, store)
    assert partition.earliest_due() == 10
    partition.take_due(Instant(10), 10)
    assert partition.earliest_due() == 2**53


def test_a_deadline_that_is_not_stored_yet_counts(store: StateStore) -> None:
    """Who became due by work that is not committed is waited for; a later state replaces an earlier one."""
    keep(store, a=state(1, due=80))
    partition = Partition(0, store)
    partition.save("b", partition.load("b"), state(1, due=20))
    assert partition.earliest_due() == 20
    partition.freeze()
    assert partition.earliest_due() == 20
    partition.save("b", partition.load("b"), state(2, due=90))
    assert partition.earliest_due() == 80


def test_the_clock_never_goes_back(store: StateStore) -> None:
    """An earlier event leaves the clock where it is, and is told its reading; there is none before the first."""
    partition = Partition(0, store)
    assert partition.clock is None
    assert partition.advance_clock(Instant(-5)) == -5
    assert partition.advance_clock(Instant(100)) == 100
    assert partition.advance_clock(Instant(40)) == 100
    assert partition.freeze().clock == 100
    assert partition.freeze().clock is None


@pytest.mark.parametrize("instant", [-5, 0, 915_148_800_000])
def test_the_clock_survives_in_the_store(store: StateStore, instant: int) -> None:
    """A partition that is brought up reads the clock where the last commit left it."""
    changes = Changes()
    changes.put(CLOCK_KEY, instant.to_bytes(8, "big", signed=True))
    store.apply(changes, 1)
    assert Partition(0, store).clock == instant
