"""One customer, asked for where the customer stands."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from streams.domain.identities import CustomerId, EventName
from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, Occurrence
from streams.engine.partitioning import partition_of
from streams.gateway.customer_document import customer_document
from tests.topology.asking.worker import Reply, worker
from topology.asking.connecting import NoAnswer
from topology.asking.customers import Customer, fetch_customer
from topology.asking.workers import Holder, Workers

WHO = CustomerId("ź/ü %2F?#")
HOME = partition_of(WHO.encode(), 4)
STATE = NEW_CUSTOMER._replace(occurrences={EventName("visit"): Occurrence(2, Instant(0), Instant(5))})
KNOWN: Reply = (
    200,
    [{"customer_id": WHO, "partition": HOME, "now": "1970-01-01T00:00:01Z", **customer_document(STATE)}],
)


def fetched(holders: Callable[[], Mapping[int, Holder]]) -> Customer | None:
    """Ask, with little patience."""
    return fetch_customer(WHO, cast("Workers", SimpleNamespace(partitions=4, holders=holders)), patience=0.3)


def test_the_worker_of_the_partition_is_asked() -> None:
    """The id goes quoted as a whole; what is remembered comes back as it was."""
    with worker(lambda _path, _body: KNOWN) as one:
        assert fetched(lambda: {HOME: one.holder}) == Customer(WHO, HOME, Instant(1_000), STATE)
        assert one.asked == [("/customers/%C5%BA%2F%C3%BC%20%252F%3F%23", None)]


def test_of_a_stranger_there_is_none() -> None:
    """That is an answer, and not asked for again."""
    unknown: Reply = (404, [{"error": "nothing is known of this customer", "customer_id": WHO}])
    with worker(lambda _path, _body: unknown) as one:
        assert fetched(lambda: {HOME: one.holder}) is None
        assert len(one.asked) == 1


def test_a_partition_on_its_way_is_waited_for() -> None:
    """Wherever it arrives."""
    replies: list[Reply] = [(503, [{"error": "not here"}]), KNOWN]
    with worker(lambda _path, _body: replies.pop(0)) as one:
        homes = iter([{}, {HOME: one.holder}, {HOME: one.holder}])
        assert fetched(lambda: next(homes)) is not None


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            (503, [{"error": "the worker does not come round to answering"}]),
            "does not come round to answering",
        ),
        ((404, [b"/metrics, /ready or /ping"]), "of another version"),
        ((200, [{"customer_id": WHO, "now": "1970-01-01T00:00:01Z"}]), "of another version"),
    ],
)
def test_when_patience_ends_the_reason_is_told(reply: Reply, words: str) -> None:
    """With the worker that was asked last."""
    with (
        worker(lambda _path, _body: reply) as one,
        pytest.raises(NoAnswer, match=rf"^{one.holder.address}: .*{words}"),
    ):
        fetched(lambda: {HOME: one.holder})


@pytest.mark.parametrize(
    ("holders", "words"),
    [
        ({}, "no worker runs"),
        ({HOME + 1: Holder("http://x:1", "x")}, f"no worker has partition {HOME}"),
        (
            {HOME: Holder(None, "10.0.0.9")},
            f"a worker at 10.0.0.9 has partition {HOME}, and does not say where",
        ),
    ],
)
def test_where_nobody_can_be_asked_that_is_told(holders: Mapping[int, Any], words: str) -> None:
    """In words that say what to start or to set."""
    with pytest.raises(NoAnswer, match=words):
        fetched(lambda: holders)
