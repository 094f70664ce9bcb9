"""Slices of a sweep, over a real store: who is given to be decided, and where the next slice goes on."""

from collections.abc import Container, Iterator
from pathlib import Path

import pytest

from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine import sweeping
from streams.engine.marks import CLOCK_KEY, SWEEP_KEY, write_clock, write_sweep
from streams.engine.partition import Partition
from streams.engine.recent_states import RecentStates
from streams.engine.state_codec import encode_state
from streams.engine.state_store import Changes, StateStore
from streams.engine.sweeping import Slice

NOW, EVER = 0.0, float("inf")
"""When time is up."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    """A new store."""
    opened = StateStore.open(tmp_path / "0")
    yield opened
    opened.close()


def state(ruleset: str, sequence: int = 0) -> CustomerState:
    """A state that was decided under a ruleset."""
    return NEW_CUSTOMER._replace(ruleset=ruleset, sequence=sequence)


def keep(store: StateStore, **states: CustomerState) -> None:
    """What a committed transaction leaves in the store."""
    changes = Changes()
    changes.put(CLOCK_KEY, write_clock(Instant(7)))
    for customer, its in states.items():
        changes.put(customer.encode(), encode_state(its))
    store.apply(changes, None)


def given(partition: Partition, until: float = EVER, parked: Container[str] = ()) -> list[str]:
    """Whom the next slice gives; the partition goes on behind it."""
    piece = Slice(partition, until, parked)
    names = [name for name, _ in piece]
    partition.go_on_sweeping(piece.sweep)
    return names


def test_everybody_who_was_decided_under_others_is_given_once(store: StateStore) -> None:
    """Customers come by key, marks do not; who was decided under the present definitions is passed by, and counted."""
    keep(store, b=state("old"), a=state("older"), c=state("new"), d=state(""))
    partition = Partition(0, store)
    partition.begin_sweep("new", 5.0)
    assert given(partition) == ["a", "b", "d"]
    sweep = partition.sweep
    assert (sweep.done, sweep.met, sweep.after, sweep.began_at) == (True, 4, b"d", 5.0)


def test_a_slice_goes_on_behind_the_last_one(store: StateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """When time is up it ends behind a customer; no key between two is missed, and the end is found by itself."""
    monkeypatch.setattr(sweeping, "_LOOK_EVERY", 2)
    keep(store, **{name: state("old") for name in ("a", "a0", "aa", "b", "ba")})
    partition = Partition(0, store)
    partition.begin_sweep("new", 0.0)
    assert [given(partition, until=NOW) for _ in range(3)] == [["a", "a0"], ["aa", "b"], ["ba"]]
    assert partition.sweep.done


def test_who_is_not_stored_yet_is_given_first(store: StateStore) -> None:
    """Customers of the unit being committed and of the one being collected, each with the newest state there is."""
    keep(store, a=state("old", 1), z=state("old", 1))
    partition = Partition(0, store)
    partition.save("m", NEW_CUSTOMER, state("old", 2))
    partition.freeze()
    partition.save("z", partition.load("z"), state("old", 3))
    partition.begin_sweep("new", 0.0)
    assert sorted(partition.unstored) == ["m", "z"]
    assert [(name, its.sequence) for name, its in Slice(partition, EVER, ())] == [
        ("z", 3), ("m", 2), ("a", 1), ("z", 3),
    ]  # fmt: skip


def test_what_is_in_memory_counts_and_not_what_the_store_has(store: StateStore) -> None:
    """A state that was decided under the present definitions, and is not stored yet, is passed by."""
    keep(store, a=state("old"), b=state("new"))
    partition = Partition(0, store)
    partition.begin_sweep("new", 0.0)
    partition.save("a", partition.load("a"), state("new"))
    partition.save("b", partition.load("b"), state("newer"))  # as if definitions had come back
    assert given(partition) == ["b"]


def test_those_who_are_looked_at_are_not_remembered(store: StateStore) -> None:
    """A sweep over everybody takes the room of nobody who is heard of; what it read adds to the unit's weight."""
    keep(store, **{f"c{number}": state("old") for number in range(50)})
    partition = Partition(0, store, recent=RecentStates(most=10))
    partition.begin_sweep("new", 0.0)
    assert len(given(partition)) == 50
    assert partition.remembered("c7") is None
    assert partition.loaded_bytes == 50 * len(encode_state(state("old")))


def test_the_parked_are_left_out(store: StateStore) -> None:
    """They broke before; the sweep tells that it was not whole."""
    keep(store, a=state("old"), b=state("old"))
    partition = Partition(0, store)
    partition.begin_sweep("new", 0.0)
    assert given(partition, parked={"a"}) == ["b"]
    assert (partition.sweep.done, partition.sweep.left_out) == (True, 1)


def test_a_sweep_goes_on_with_the_next_owner(store: StateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """How far it is stands in the unit with what was decided on the way; who brings the partition up goes on there."""
    monkeypatch.setattr(sweeping, "_LOOK_EVERY", 1)
    keep(store, a=state("old"), b=state("old"))
    partition = Partition(0, store)
    partition.begin_sweep("new", 0.0)
    given(partition, until=NOW)
    touched = partition.freeze()
    assert touched.sweep == partition.sweep
    assert partition.freeze().sweep is None
    changes = Changes()
    changes.put(SWEEP_KEY, write_sweep(partition.sweep))
    store.apply(changes, None)
    assert given(Partition(0, store)) == ["b"]


def test_other_definitions_begin_another_sweep(store: StateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins with the first customer again."""
    monkeypatch.setattr(sweeping, "_LOOK_EVERY", 1)
    keep(store, a=state("old"), b=state("old"))
    partition = Partition(0, store)
    partition.begin_sweep("new", 0.0)
    assert given(partition, until=NOW) == ["a"]
    partition.begin_sweep("newer", 0.0)
    assert given(partition) == ["a", "b"]
