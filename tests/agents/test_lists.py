"""Records of ``segment-lists``: applied, rejected, sent on to where they belong, gone with their customer."""

import pytest
from confluent_kafka import Message

from schemas.segment_lists import BY_DEFINITION, CAUSE_HEADER, key_of, value_of
from streams.agents.lists import Lists
from streams.agents.profiles import Profiles
from streams.agents.record_places import ORIGIN_HEADER
from streams.domain.definitions import Definition
from streams.engine.record_batches import RecordBatch
from streams.engine.state_store import StateStore
from streams.engine.unit_of_work import UnitOfWork
from tests.agents.shop import Shop, written

LISTS = "segment-lists"
VIP = Definition("segment", "vip", 1, {"kind": "segment", "id": "vip", "type": "static", "members": "topic"})
INSIDERS = Definition(
    "segment", "insiders", 1, {"kind": "segment", "id": "insiders", "filter": 'segment in ("vip")'}
)


@pytest.fixture
def shop(store: StateStore) -> Shop:
    """A shop that follows lists and customers."""
    made = Shop(store, VIP, INSIDERS, clock="wall")
    made.agent.also(LISTS, Lists(made.agent))
    made.agent.also("customers", Profiles(made.agent, LISTS))
    return made


def told(
    shop: Shop,
    key: bytes,
    value: bytes | None,
    topic: str = LISTS,
    headers: list[tuple[str, bytes]] | None = None,
) -> UnitOfWork:
    """What one record of a topic would commit."""
    unit = UnitOfWork(0.0)
    message = Message(topic=topic, partition=2, offset=5, key=key, value=value, headers=headers)
    shop.agent.apply(RecordBatch(topic, 2, 1, 5, 6, [message]), shop.partition, unit)
    return unit


def listed(shop: Shop, customer: str) -> UnitOfWork:
    """What one record that puts a customer on the list would commit."""
    return told(shop, key_of("vip", customer), value_of("vip", customer))


def segments(unit: UnitOfWork) -> list[list[str]]:
    """The segments in each record of memberships."""
    return [
        [one["segment_id"] for one in record["segments"]] for record in written(unit, "segment-memberships")
    ]


def test_the_memberships_follow_the_list(shop: Shop) -> None:
    """On it, on it once more, off it by a value of none: each change is told once, the list itself is not."""
    entered = listed(shop, "c/1")
    assert segments(entered) == [["insiders", "vip"]]
    assert [one["segment_id"] for one in written(entered, "segment-changes")] == ["insiders"]
    assert listed(shop, "c/1").outputs == []
    left = told(shop, b"vip/c/1", None)
    assert segments(left) == [[]]
    assert [one["change"] for one in written(left, "segment-changes")] == ["left"]


def test_a_record_names_its_cause(shop: Shop) -> None:
    """In a header, which a value of none can have as well; what is no such cause is rejected."""
    both = (value_of("vip", "c"), "entered"), (None, "left")
    for value, change in both:
        (moved,) = written(told(shop, b"vip/c", value, headers=BY_DEFINITION), "segment-changes")
        assert (moved["change"], moved["cause"]) == (change, "definition")
    (record,) = written(told(shop, b"vip/c", None, headers=[(CAUSE_HEADER, b"time")]), "rejected-events")
    assert record["path"] == "headers.tidemark-cause"


def test_false_takes_off_as_well(shop: Shop) -> None:
    """For producers that cannot write a value of none."""
    listed(shop, "c")
    assert segments(told(shop, b"vip/c", b'{"listed": false}')) == [[]]


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        (b"vip", None, "key"),
        (b"\xff/c", None, "key"),
        (b"vip/", None, "key"),
        (b"vip/c", b"{", "value"),
        (b"vip/c", b"[]", "value"),
        (b"vip/c", b"{}", "listed"),
        (b"vip/c", b'{"listed": true, "segment_id": "vap"}', "segment_id"),
        (b"vip/c", b'{"listed": true, "customer_id": "d"}', "customer_id"),
    ],
)
def test_what_is_no_record_of_a_list_is_rejected(
    shop: Shop, key: bytes, value: bytes | None, path: str
) -> None:
    """With what was expected, and the stream goes on."""
    (record,) = written(told(shop, key, value), "rejected-events")
    assert record["path"] == path


def test_a_misplaced_record_is_sent_on_as_it_is(shop: Shop) -> None:
    """To the partition of its customer, under its own key, for that is more than the customer."""
    unit = listed(shop, "elsewhere-1")
    (output,) = unit.outputs
    assert (output.topic, output.partition, output.key) == (LISTS, 3, b"vip/elsewhere-1")
    assert output.value == value_of("vip", "elsewhere-1")
    assert output.headers == [(ORIGIN_HEADER, b"segment-lists-2-5")]


def test_a_deleted_customer_is_taken_off_the_topic(shop: Shop) -> None:
    """So that no later reading of it brings him back; the record itself changes nothing when it comes."""
    listed(shop, "c")
    unit = told(shop, b"c", None, "customers")
    (gone,) = [one for one in unit.outputs if one.topic == LISTS]
    assert (gone.key, gone.value, gone.partition) == (b"vip/c", None, 2)
    assert told(shop, b"vip/c", None).outputs == []
    assert not shop.partition.load("c").segments
