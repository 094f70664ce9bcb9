"""Which rejected records go with a deleted customer, and how long deletions are gathered."""

import pytest

from tests.topology.rejected.events import received, visit
from topology.rejected.committed import Committed
from topology.rejected.erasure import Deletions
from topology.rejected.rejected_event import RejectedEvent

DELETED = 1_764_000_000_000


def deletions(*customers: bytes) -> Deletions:
    """These were deleted, heard of at second 100."""
    made = Deletions()
    for customer in customers:
        made.add(customer, DELETED, 100.0)
    return made


def means(deleted: Deletions, rejected: RejectedEvent, rejected_at: int = DELETED) -> bool:
    """Whether the record goes."""
    return deleted.mean(Committed(0, 0, rejected_at, b"k", b"v"), rejected)


def test_a_record_is_its_customers() -> None:
    """By the customer that was read in it, whatever key it came with."""
    assert means(deletions(b"c-1"), received(visit()))
    assert not means(deletions(b"c-2"), received(visit()))


@pytest.mark.parametrize("value", [b"{", None, b'{"event": "visit"}'])
def test_what_nobody_can_read_is_of_whom_its_key_names(value: bytes | None) -> None:
    """Also where the value tells no customer."""
    assert means(deletions(b"c-9"), received(value, key=b"c-9"))
    assert not means(deletions(b"c-9"), received(value, key=None))
    assert not means(deletions(b"c-9"), received(value, key=b"c-90"))


def test_what_is_rejected_after_the_deletion_stays() -> None:
    """Ten seconds are granted to clocks that differ; who comes back is somebody new."""
    assert means(deletions(b"c-1"), received(visit()), DELETED + 10_000)
    assert not means(deletions(b"c-1"), received(visit()), DELETED + 10_001)


def test_the_latest_deletion_counts() -> None:
    """Of one who was deleted twice, in whatever order that is heard of."""
    gathered = deletions(b"c-1")
    gathered.add(b"c-1", DELETED + 60_000, 100.0)
    gathered.add(b"c-1", DELETED, 100.0)
    assert len(gathered) == 1
    assert means(gathered, received(visit()), DELETED + 70_000)


def test_deletions_are_gathered_for_some_seconds() -> None:
    """Five without another one, a minute in all; nothing is looked for when nobody was deleted."""
    gathered = deletions(b"c-1")
    assert not gathered.due(104.9)
    assert gathered.due(105.0)
    for second in range(104, 160, 4):
        gathered.add(b"c-2", DELETED, float(second))
    assert not gathered.due(159.9)
    assert gathered.due(160.0)
    gathered.put_off(160.0)
    assert not gathered.due(164.9)
    assert gathered.due(165.0)
    gathered.clear()
    assert not gathered.due(1_000.0)


def test_ten_thousand_do_not_wait() -> None:
    """So that memory is bounded."""
    names = [b"c-%d" % number for number in range(10_000)]
    assert not deletions(*names[1:]).due(100.0)
    assert deletions(*names).due(100.0)
