"""Sweeps that are cut anywhere, interrupted by anything: a partition of many customers comes out right."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.definitions import Definition
from streams.domain.instants import DAY
from streams.engine import sweeping
from streams.engine.state_store import StateStore
from tests.agents.shop import Record
from tests.laws.histories import edited
from tests.laws.sweeps import Bought, Worked

BEGINNING = 900_000_000_000
CUSTOMERS = [f"c-{number}" for number in range(9)]
Edition = Sequence[Definition]


@pytest.fixture(scope="module", autouse=True)
def _finely_cut() -> Iterator[None]:
    """A slice may end behind any customer."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sweeping, "_LOOK_EVERY", 1)
        yield


@contextmanager
def worked(bought: Sequence[Bought], first: Edition) -> Iterator[Worked]:
    """A partition on a store of its own."""
    with tempfile.TemporaryDirectory() as directory:
        store = StateStore.open(Path(directory) / "2")
        yield Worked(store, bought, first)
        store.close()


CONDITIONS = st.one_of(
    st.integers(0, 3).map(lambda number: {"events.purchase.count": {"conditions": {"$more_than": [number]}}}),
    st.integers(1, 9).map(
        lambda days: {"events.purchase.last_occurred": {"conditions": {"$less_than": [days]}}}
    ),
)
BODIES = st.fixed_dictionaries(
    {"filter": CONDITIONS, "type": st.sampled_from(["auto-update", "auto-update", "passive"])}
)
SWEEPS = st.tuples(st.just("sweep"), st.integers(1, 12))
BUYING = st.tuples(st.just("buy"), st.integers(1, 6))
COMMITS = st.tuples(st.sampled_from(["hand over", "commit"]), st.just(1))
DISTURBANCES = st.one_of(COMMITS, st.tuples(st.sampled_from(["drop", "crash"]), st.just(1)))
ACTIONS = st.one_of(SWEEPS, BUYING, COMMITS, DISTURBANCES, st.tuples(st.just("due"), st.just(1)))
"""What is done, and how often."""
PURCHASES = st.lists(
    st.tuples(st.sampled_from(CUSTOMERS), st.sampled_from([0, 1, DAY // 2, DAY, 2 * DAY])),
    min_size=5, max_size=40,
)  # fmt: skip


@st.composite
def editions(draw: st.DrawFn) -> list[Edition]:
    """What is in force one after the other."""
    made: list[Edition] = []
    before: dict[str, Definition] = {}
    for _ in range(draw(st.integers(2, 6))):
        kept = [one for name, one in before.items() if draw(st.booleans())]
        bodies: dict[str, dict[str, Any]] = draw(st.dictionaries(st.sampled_from("abc"), BODIES, max_size=2))
        changed = [edited(name, body, before.get(name)) for name, body in bodies.items()]
        before = {one.id: one for one in (*kept, *changed)}
        made.append([*before.values()])
    return made


def in_order(purchases: Sequence[tuple[str, int]]) -> list[Bought]:
    """Purchases so long after one another."""
    bought, now = list[Bought](), BEGINNING
    for customer, later in purchases:
        now += later
        bought.append(Bought(customer, now))
    return bought


def expected(edition: Edition, bought: Sequence[Bought]) -> dict[str, dict[str, int]]:
    """Segments with their versions, by customer: counted from the list of all purchases."""
    now, found = bought[-1].at, dict[str, dict[str, int]]()
    for customer in {one.customer for one in bought}:
        dates = [one.at for one in bought if one.customer == customer]
        holds = {one.id: one.version for one in edition if _holds(one.body["filter"], dates, now)}
        found[customer] = holds
    return found


def _holds(condition: Any, dates: Sequence[int], now: int) -> bool:
    ((metric, asked),) = condition.items()
    ((_, (number,)),) = asked["conditions"].items()
    if metric == "events.purchase.count":
        return len(dates) > int(number)
    return (now - dates[-1]) // DAY < int(number)


def assert_told_once(published: Sequence[Record], partition: Worked) -> None:
    """For each customer numbers are whole and ids differ; entered and left alternate and add up to the membership."""
    for customer, state in partition.states().items():
        records = [record for record in published if record["customer_id"] == customer]
        assert [record["sequence"] for record in records] == list(range(1, state.sequence + 1))
        assert len({record["id"] for record in records}) == len(records)
        told = set[str]()
        for record in records:
            assert (record["segment_id"] in told) == (record["change"] == "left")
            told ^= {record["segment_id"]}
        assert told == {segment for segment, held in state.segments.items() if held.announced}


@settings(max_examples=200, deadline=None)
@given(editions(), PURCHASES.map(in_order), st.data())
def test_whatever_comes_between_slices_membership_is_a_recomputation(
    made: list[Edition], bought: list[Bought], data: st.DataObject
) -> None:
    """Purchases, edits, deadlines, commits, failures and crashes, in any order, leave everybody where they belong."""
    with worked(bought, made[0]) as partition:
        for edition in made:
            partition.edit(edition)
            for action, times in data.draw(st.lists(ACTIONS, max_size=12)):
                partition.do(action, times)
        partition.finish()
        states = partition.states()
        found = {name: {s: held.version for s, held in its.segments.items()} for name, its in states.items()}
        assert found == expected(made[-1], bought)
        assert_told_once(partition.published, partition)


@settings(max_examples=60, deadline=None)
@given(editions(), PURCHASES.map(in_order), st.data())
def test_a_sweep_that_is_interrupted_comes_to_the_same(
    made: list[Edition], bought: list[Bought], data: st.DataObject
) -> None:
    """Cut, failed and taken up again, after crashes too, it publishes the very records of one that went through."""
    with worked(bought, made[0]) as through, worked(bought, made[0]) as disturbed:
        for partition in (through, disturbed):
            partition.finish()
        for edition in made[1:]:
            for partition in (through, disturbed):
                partition.edit(edition)
            for action, times in data.draw(st.lists(st.one_of(SWEEPS, DISTURBANCES), max_size=12)):
                disturbed.do(action, times)
            for partition in (through, disturbed):
                partition.finish()
            assert by_customer(disturbed.published) == by_customer(through.published)


def by_customer(published: Sequence[Record]) -> list[Record]:
    """The records by customer, but for when they were written."""
    bare = [{key: value for key, value in one.items() if key != "emitted_at"} for one in published]
    return sorted(bare, key=lambda record: (record["customer_id"], record["sequence"]))
