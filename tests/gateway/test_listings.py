"""Which segments take customers over HTTP, and what is sent for one."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from schemas.segment_lists import key_of, value_of
from streams.domain.ruleset import Ruleset
from streams.gateway.listings import Listings
from streams.gateway.sender import Place, Sender
from tests.domain.writing import compiled, metric, segment

RULESET = compiled(
    segment("vip", type="static", members="topic"),
    segment("friends", type="static", customers=["c-1"]),
    segment("busy", metric("visit.count", more_than=1)),
)


class Sent(Sender):
    """A connection that takes every record, and keeps it."""

    def __init__(self) -> None:
        self.records: list[tuple[bytes, bytes | None, int]] = []

    async def send(self, key: bytes, value: bytes | None, headers: Any, partition: int = -1) -> Place:
        """Keep a record."""
        assert headers == ()
        self.records.append((key, value, partition))
        return Place(partition, len(self.records))


def asked(sender: Sender, method: str, path: str, ruleset: Ruleset = RULESET) -> tuple[int, Any]:
    """Status and answer of one request."""

    async def ask() -> tuple[int, Any]:
        application = web.Application()
        Listings(sender, len, lambda: ruleset.segments).add_to(application)
        async with TestClient(TestServer(application)) as client:
            answer = await client.request(method, f"/v1/segments/{path}")
            return answer.status, await answer.json()

    return asyncio.run(ask())


def test_a_customer_is_put_on_a_list_and_taken_off() -> None:
    """The record goes to the partition of the customer, under both ids; a deletion has no value."""
    sender = Sent()
    status, answer = asked(sender, "PUT", "vip/customers/c%2F42")
    assert (status, answer["listed"], answer["customer_id"]) == (202, True, "c/42")
    assert (answer["partition"], answer["offset"]) == (4, 1)
    assert asked(sender, "DELETE", "vip/customers/c%2F42")[0] == 202
    key = key_of("vip", "c/42")
    assert sender.records == [(key, value_of("vip", "c/42"), 4), (key, None, 4)]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("vipp", "did you mean vip?"),
        ("elsewhere", "ask again"),
        ("friends", "`members: topic`"),
        ("busy", "`members: topic`"),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_segment_that_takes_no_customers_is_not_found(method: str, name: str, hint: str) -> None:
    """Whether there is none of that name, or its customers come otherwise; nothing is sent."""
    sender = Sent()
    status, answer = asked(sender, method, f"{name}/customers/c-42")
    assert (status, answer["code"], answer["key"]) == (404, 404, "no_such_list")
    assert hint in answer["message"]
    assert sender.records == []


def test_what_is_no_id_is_refused() -> None:
    """As everywhere, before anything is sent."""
    sender = Sent()
    status, answer = asked(sender, "PUT", "vip/customers/c%0042")
    assert (status, answer["key"]) == (400, "invalid_customer")
    assert sender.records == []
