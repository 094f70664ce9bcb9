"""The course of a question to all customers: samples, totals, and what is said of them."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from streams.engine.questions import Find
from tests.topology.asking.worker import Reply, last, worker
from topology.asking.finding import Found, Progressing, find, summary
from topology.asking.found import form_of
from topology.asking.workers import Holder, Workers


def asked(question: Find, holders: Mapping[int, Holder], partitions: int) -> tuple[Found, list[str]]:
    """What came of it, and the ids that were written."""
    pieces = list[bytes]()
    workers = cast("Workers", SimpleNamespace(partitions=partitions, holders=lambda: holders))
    found = find(question, workers, form_of("ndjson", (), pieces.append), patience=0.1)
    return found, [json.loads(line)["customer_id"] for line in b"".join(pieces).splitlines()]


def telling(*customers: str) -> Any:
    """A worker whose partitions each tell of these customers, and of two more who match."""

    def reply(_path: str, body: Any) -> Reply:
        (number,) = body["partitions"]
        told = [{"customer_id": customer} for customer in customers]
        return 200, [*told, last(number, len(customers) + 2)]

    return reply


def test_a_sample_is_the_first_by_id_of_all_partitions() -> None:
    """Each partition tells its own first ones; which of them are shown does not depend on who was faster."""
    with worker(telling("b", "d")) as one, worker(telling("a", "c")) as two:
        found, listed = asked(Find(limit=3), {0: one.holder, 1: two.holder}, 2)
        assert listed == ["a", "b", "c"]
        assert found == Found(matched=8, customers=20, listed=3, missing={})
        assert one.asked[0][1] == {"filter": None, "columns": [], "limit": 3, "partitions": [0]}


def test_without_a_limit_everybody_is_written() -> None:
    """As they come."""
    with worker(telling("b", "d")) as one, worker(telling("a")) as two:
        found, listed = asked(Find(limit=None), {0: one.holder, 1: two.holder}, 2)
    assert sorted(listed) == ["a", "b", "d"]
    assert (found.matched, found.listed) == (7, 3)


def test_a_partition_that_does_not_answer_is_left_out_and_told() -> None:
    """The rest counts."""
    with worker(telling()) as one:
        found, _ = asked(Find(), {0: one.holder}, 2)
    assert found == Found(matched=2, customers=10, listed=0, missing={1: "no worker has it"})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Found(1_234, 9_999, 10, {}), "1,234 of 9,999 customers match; 10 shown, --all shows all."),
        (Found(3, 9, 3, {}), "3 of 9 customers match."),
        (Found(1, 9, 1, {}), "1 of 9 customers matches."),
        (Found(0, 0, 0, {}), "0 of 0 customers match."),
    ],
)
def test_the_whole_is_told_in_a_sentence(found: Found, words: str) -> None:
    """With how to see the rest, if there is one."""
    assert summary(found) == words


def test_how_far_it_is_is_told_in_customers_and_partitions() -> None:
    """Of a partition what it said last counts; each is done once."""
    shown = Progressing(2)
    for counts in ({"partition": 0, "customers": 1_000}, {"partition": 1, "customers": 5}, last(0, 3, 1_500)):
        shown.counted(counts)
    (task,) = shown._bar.tasks
    assert task.description == "1,505 customers looked at, 1 of 2 partitions done"
