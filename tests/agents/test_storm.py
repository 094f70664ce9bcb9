"""Storms of rejections: the share, how it is told, and that it may end the worker."""

import logging

import pytest

from streams.agents.storm import RejectionShare, RejectionStorm, StormGuard, StormPolicy
from streams.domain.instants import Instant, Milliseconds
from streams.engine.partition import Partition
from streams.engine.state_store import StateStore
from tests.agents.shop import POINTS, Shop, purchase, written

NOON = Instant(1_764_000_000_000)
POLICY = StormPolicy(percent=50, records=10, window=Milliseconds(60_000))
JANUARY = "1999-01-01T00:00:00Z"


def share_of(*parts: tuple[int, int, int]) -> RejectionShare:
    """The share after these records, rejected ones and seconds after noon."""
    share = RejectionShare(POLICY)
    for records, rejected, second in parts:
        share.add(records, rejected, Instant(NOON + second * 1_000))
    return share


@pytest.mark.parametrize(
    ("parts", "storms"),
    [
        ([(9, 9, 0)], False),
        ([(10, 5, 0)], False),
        ([(10, 6, 0)], True),
        ([(100, 0, 0), (20, 20, 5)], False),
        ([(100, 0, 0), (20, 20, 65)], True),
        ([(10, 10, 0), (1, 0, 65)], False),
        ([(6, 6, 0), (4, 0, 55)], True),
    ],
    ids=["too few", "just half", "more", "many good ones before", "long before", "over", "within a window"],
)
def test_what_a_storm_is(parts: list[tuple[int, int, int]], storms: bool) -> None:  # noqa: FBT001 -- a case
    """More than the percentage, of at least the number of records, within one window."""
    assert share_of(*parts).storms is storms


def test_a_window_without_records_is_no_storm() -> None:
    """What time has passed is forgotten, also when nothing comes."""
    share = share_of((20, 20, 0))
    assert share.storms
    share.forget(Instant(NOON + 65_000))
    assert (share.records, share.rejected, share.storms) == (0, 0, False)


def test_all_are_never_more_than_all() -> None:
    """A percentage of 100 switches the guard off."""
    share = RejectionShare(POLICY._replace(percent=100))
    share.add(1_000, 1_000, NOON)
    assert not share.storms


def test_the_share_is_bounded() -> None:
    """However long it is counted, a window has a handful of parts."""
    share = share_of(*((100, 100, second) for second in range(10_000)))
    assert share.records <= 66 * 100
    assert len(share._slices) <= 13


def test_a_storm_is_told_once_and_its_end_as_well(
    store: StateStore, caplog: pytest.LogCaptureFixture
) -> None:
    """One line when it begins, with partition and numbers, one when it is over; the flag is up between them."""
    guard, partition = StormGuard(POLICY), Partition(7, store)
    with caplog.at_level(logging.WARNING):
        guard.took(partition, 20, 15, NOON)
        guard.took(partition, 20, 20, Instant(NOON + 1))
    stormed = partition.storms
    assert [record.message for record in caplog.records] == [
        "15 of the last 20 records of partition 7 were rejected; see `tidemark rejected list`"
    ]
    with caplog.at_level(logging.WARNING):
        guard.look(Instant(NOON + 65_000))
    assert (stormed, partition.storms) == (True, False)
    assert caplog.records[-1].message == "partition 7: the storm of rejections is over"


def test_each_partition_has_a_weather_of_its_own(store: StateStore) -> None:
    """Rejections of one partition are not counted against another."""
    guard, one, other = StormGuard(POLICY), Partition(1, store), Partition(2, store)
    guard.took(one, 9, 9, NOON)
    guard.took(other, 9, 9, NOON)
    assert not one.storms
    assert not other.storms


def test_a_storm_among_the_agents_records_is_noticed(store: StateStore) -> None:
    """Events that conform count as such; a batch of mostly bad ones raises the flag, and all of it is applied."""
    shop = Shop(store, POINTS, storm=POLICY)
    shop.take(*(purchase("c", f"1999-01-{day:02}T00:00:00Z") for day in range(1, 10)))
    before = shop.partition.storms
    unit = shop.take(*(b"no event" for _ in range(10)))
    assert (before, shop.partition.storms) == (False, True)
    assert len(written(unit, "rejected-events")) == 10


def test_a_storm_may_end_the_worker(store: StateStore) -> None:
    """Then the batch is not applied as a whole, and the message says what to do."""
    shop = Shop(store, POINTS, storm=POLICY._replace(stops=True))
    with pytest.raises(
        RejectionStorm, match=r"10 of the last 11 records of partition 2 .*TIDEMARK_STORM_ACTION=report"
    ):
        shop.take(purchase("c", JANUARY), *(b"no event" for _ in range(10)))
