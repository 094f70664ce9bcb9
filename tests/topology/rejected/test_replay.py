"""What a replay writes, and what would become of it."""

import msgspec
import pytest

from streams.agents.record_places import ORIGIN_HEADER
from tests.topology.rejected.events import NOW, RECEIVED, ROOM, SECONDS, judge, received, visit, written

ID = "custom-events-2-100"
ORIGIN = (ORIGIN_HEADER, ID.encode())


def test_a_corrected_definition_makes_it_conform() -> None:
    """It goes to its customer's partition under the customer's key, with the value as it was."""
    event = received(visit(occurred_at="2025-11-20T10:00:00Z", id="v-1"))
    replay = judge(SECONDS, ROOM).judge(event)
    assert replay.faults == ()
    assert (replay.key, replay.partition, replay.value) == (b"c-1", 3, event.value)
    assert (replay.event, replay.customer, replay.counts_at) == ("visit", "c-1", 1_763_632_800_000)
    assert replay.headers == [ORIGIN]
    assert not replay.edited


def test_what_tidemark_cut_is_not_sent() -> None:
    """An internal event took effect when it was told: sent again it would count as another one."""
    event = received(visit(occurred_at="2025-11-20T10:00:00Z"))
    cut = event._replace(body={**event.body, "reason": "cascade_too_deep"})
    for definition in ((SECONDS,), (SECONDS, ROOM)):
        assert "took effect" in str(judge(*definition).judge(cut).impossible)


def test_without_the_correction_it_would_be_rejected_again() -> None:
    """With the same faults as the first time."""
    event = received(visit())
    assert [fault._asdict() for fault in judge(SECONDS).judge(event).faults] == event.body["faults"]


@pytest.mark.parametrize(
    ("timestamp", "taken"),
    [(RECEIVED - 5_000, RECEIVED - 5_000), (-1, RECEIVED + 1_000)],
    ids=["stamped", "none"],
)
def test_an_event_without_a_time_keeps_that_of_its_record(timestamp: int, taken: int) -> None:
    """The record's timestamp, or the moment of its arrival if it had none, goes along as a header."""
    replay = judge(SECONDS, ROOM).judge(received(visit(), timestamp=timestamp))
    assert replay.counts_at == taken
    assert replay.headers == [ORIGIN, ("ce_time", written(taken))]


def test_the_time_goes_along_with_what_is_rejected_again() -> None:
    """A worker may have learnt of the correction when it arrives."""
    assert judge(SECONDS).judge(received(visit())).headers == [ORIGIN, ("ce_time", written(RECEIVED))]


@pytest.mark.parametrize(
    "told",
    [{"occurred_at": "2025-11-20T10:00:00Z"}, {"timestamp": "2025-11-20T10:00:00Z"}],
    ids=["own name", "alias"],
)
def test_a_time_that_is_told_is_left_alone(told: dict[str, str]) -> None:
    """No header is added that could stand in its place."""
    replay = judge(SECONDS, ROOM).judge(received(visit(**told)))
    assert replay.headers == [ORIGIN]
    assert replay.counts_at == 1_763_632_800_000


def test_a_time_in_a_header_is_left_alone() -> None:
    """CloudEvents may have told it already."""
    headers = [("ce_time", b"2025-11-20T10:00:00Z")]
    replay = judge(SECONDS, ROOM).judge(received(visit(), headers=headers))
    assert replay.headers == [*headers, ORIGIN]
    assert replay.counts_at == 1_763_632_800_000


def test_where_it_was_first_written_is_kept() -> None:
    """What was forwarded or replayed before is known by the place of its first record."""
    headers = [(ORIGIN_HEADER, b"custom-events-0-7"), ("trace", b"\xff")]
    replay = judge(SECONDS, ROOM).judge(received(visit(occurred_at="2025-11-20T10:00:00Z"), headers=headers))
    assert replay.headers == headers


@pytest.mark.parametrize("empty", [b"", None])
def test_a_place_that_says_nothing_is_replaced(empty: bytes | None) -> None:
    """A worker takes it for none, and so does a replay."""
    event = received(visit(occurred_at="2025-11-20T10:00:00Z"), headers=[(ORIGIN_HEADER, empty)])
    assert judge(SECONDS, ROOM).judge(event).headers == [ORIGIN]


def test_what_names_no_customer_stays_where_it_was() -> None:
    """Key and partition are the original ones: a worker rejects it again, or forwards it."""
    replay = judge(SECONDS).judge(received(b"no event"))
    assert (replay.key, replay.partition, replay.customer, replay.counts_at) == (b"k", 2, None, None)
    assert replay.impossible is None


def test_an_edited_value_stands_in_for_the_original() -> None:
    """It is judged and sent, to the customer that it names, still known by the first record."""
    value = msgspec.json.encode(visit(customer={"source_id": "c-2"}, metadata={"seconds": 1}))
    replay = judge(SECONDS, edited=value).judge(received(visit()))
    assert (replay.key, replay.value, replay.faults, replay.edited) == (b"c-2", value, (), True)
    assert replay.headers == [ORIGIN, ("ce_time", written(RECEIVED))]


def test_an_original_that_was_left_out_cannot_be_sent() -> None:
    """It says where the original stands; with another value it can."""
    event = received(b"{" + b" " * 5_000_000)
    assert event.left_out
    assert "too large to be kept" in (judge(SECONDS).judge(event).impossible or "")
    value = msgspec.json.encode(visit(metadata={"seconds": 1}))
    assert judge(SECONDS, edited=value).judge(event).impossible is None


def test_a_value_that_the_topic_does_not_take_cannot_be_sent() -> None:
    """It says how large it is and how large it may be."""
    reason = judge(SECONDS).judge(received(b"{" + b" " * 4_300_000)).impossible
    assert reason is not None
    assert reason.startswith("it has 4,300,001 bytes, custom-events takes 4,190,208")


def test_the_future_is_measured_from_now() -> None:
    """An event that was ahead of the clock conforms when the clock has caught up."""
    event = received(visit(occurred_at="2025-11-24T15:59:00Z", metadata={"seconds": 1}))
    assert event.body["reason"] == "future"
    assert judge(SECONDS).judge(event).counts_at == NOW - 60_000


def test_what_is_no_event_is_not_sent_as_one() -> None:
    """A record of another topic that could not be read belongs to that topic again, once it is right."""
    told = received(b'{"name": 7}', topic="customers")
    assert "send what is right to customers" in str(judge(SECONDS).judge(told).impossible)
