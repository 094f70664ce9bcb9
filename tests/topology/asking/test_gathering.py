"""One question to all workers: every partition exactly once, or it is told why not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.topology.asking.worker import Reply, Worker, all_asked, last, worker
from topology.asking.gathering import Counts, Gathered, Gathering, Inquiry, missing_text
from topology.asking.workers import Holder

PATIENCE = 0.5
Replies = Callable[[str, Any], Reply]


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.customers: list[bytes] = []
        self.counts: list[Counts] = []

    def listed(self, customers: Sequence[bytes]) -> None:
        """Keep them."""
        self.customers += customers

    def counted(self, counts: Counts) -> None:
        """Keep them."""
        self.counts.append(counts)


@contextmanager
def workers(*replies: Replies) -> Iterator[list[Worker]]:
    """Several at once."""
    with ExitStack() as stack:
        yield [stack.enter_context(worker(reply)) for reply in replies]


def gathered(
    holders: Callable[[], Mapping[int, Holder]], partitions: int, heard: Heard | None = None
) -> Gathered:
    """Ask who has the partitions."""
    inquiry = Inquiry("/find", {"filter": None})
    return Gathering(inquiry, holders, heard or Heard()).gather(partitions, PATIENCE)


def matched(found: Gathered) -> dict[int, int]:
    """How many match, by partition that answered."""
    return {number: counts["matched"] for number, counts in found.counts.items()}


def test_each_worker_is_asked_for_what_it_has() -> None:
    """One request each, with its partitions in the question."""
    with workers(all_asked(1), all_asked(5)) as (one, two):
        holders = {0: one.holder, 1: two.holder, 2: one.holder}
        found = gathered(lambda: holders, 3)
        assert matched(found) == {0: 1, 1: 5, 2: 1}
        assert found.missing == {}
        assert one.asked == [("/find", {"filter": None, "partitions": [0, 2]})]
        assert two.asked == [("/find", {"filter": None, "partitions": [1]})]


def test_customers_and_counts_are_passed_on_as_they_come() -> None:
    """However they are cut on the way."""
    lines = b'{"customer_id":"a"}\n{"partition":0,"customers":5,"matched":1}\n{"customer_id":"b"}\n'
    pieces = [bytes([each]) for each in lines]
    heard = Heard()
    with workers(lambda _path, _body: (200, [*pieces, last(0, 2)])) as (one,):
        found = gathered(lambda: {0: one.holder}, 1, heard)
    assert heard.customers == [b'{"customer_id":"a"}', b'{"customer_id":"b"}']
    assert [counts["matched"] for counts in heard.counts] == [1, 2]
    assert matched(found) == {0: 2}


def test_a_partition_on_its_way_is_asked_for_where_it_arrives() -> None:
    """Only what is left is asked for again, and nothing is counted twice."""
    with workers(lambda _path, _body: (200, [last(0, 1)]), all_asked(5)) as (one, two):
        homes = iter([{0: one.holder, 1: one.holder}, {0: one.holder}, {0: two.holder, 1: two.holder}])
        found = gathered(lambda: next(homes), 2)
        assert matched(found) == {0: 1, 1: 5}
        assert [body["partitions"] for _, body in two.asked] == [[1]]


def test_a_busy_worker_is_asked_again() -> None:
    """Until it answers."""
    replies: list[Reply] = [(503, [{"error": "other questions come first"}]), (200, [last(0, 4)])]
    with workers(lambda _path, _body: replies.pop(0)) as (one,):
        assert matched(gathered(lambda: {0: one.holder}, 1)) == {0: 4}


def test_what_is_missing_is_told_with_its_reason() -> None:
    """Patience has an end; what did answer is kept."""
    with workers(all_asked(1), lambda _path, _body: (200, [])) as (one, two):
        dumb = Holder(None, "10.0.0.9")
        holders = {0: one.holder, 1: two.holder, 3: dumb}
        found = gathered(lambda: holders, 4)
        assert matched(found) == {0: 1}
        assert found.missing == {
            1: f"{two.holder.address}: it is not in service yet",
            2: "no worker has it",
            3: "a worker at 10.0.0.9 does not say where it is reached",
        }
        assert len(one.asked) == 1


def test_without_workers_nobody_answers() -> None:
    """That is said of every partition."""
    found = gathered(dict, 2)
    assert found.missing == {0: "no worker runs", 1: "no worker runs"}


def test_a_partition_is_not_told_twice() -> None:
    """If an answer breaks off behind its first customers, they cannot be taken back: it is not asked again."""
    reply: Reply = (200, [{"customer_id": "a"}, last(0, 1), {"customer_id": "b"}])
    heard = Heard()
    with workers(lambda _path, _body: reply) as (one,):
        found = gathered(lambda: {0: one.holder, 1: one.holder}, 2, heard)
        assert matched(found) == {0: 1}
        assert found.missing.keys() == {1}
        assert len(one.asked) == 1
    assert heard.customers == [b'{"customer_id":"a"}', b'{"customer_id":"b"}']


def test_what_the_listener_raises_is_raised() -> None:
    """Such as that nobody reads the output any more: it is not taken for a worker's silence."""

    class Gone(Heard):
        def listed(self, customers: Sequence[bytes]) -> None:
            super().listed(customers)
            raise BrokenPipeError

    many = [{"customer_id": f"c-{number}"} for number in range(10_000)]
    with workers(lambda _path, _body: (200, many)) as (one,), pytest.raises(BrokenPipeError):
        gathered(lambda: {0: one.holder}, 1, Gone())


def test_the_missing_are_told_by_reason() -> None:
    """Those of one reason stand together."""
    assert missing_text({3: "no worker has it", 0: "x: busy", 1: "no worker has it"}) == (
        "Not everybody is counted, for these did not answer:\n"
        "  partition 0: x: busy\n"
        "  partitions 1, 3: no worker has it"
    )
