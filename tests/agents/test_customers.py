"""The customer agent, record by record: events, deadlines, what is no event, what stands in the wrong place."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from confluent_kafka import Message

from schemas.rejections import REASONS
from streams.agents import customers
from streams.agents.record_places import ORIGIN_HEADER
from streams.agents.ticks import TICK_HEADER, write_tick
from streams.domain.instants import DAY, format_instant, parse_instant
from streams.domain.state import NEW_CUSTOMER
from streams.engine.state_store import StateStore
from tests.agents.shop import POINTS, RECENT, REGULARS, WRITTEN_AT, Shop, in_force, purchase, segment, written

JANUARY = "1999-01-01T00:00:00Z"


def test_an_event_moves_its_customer(store: StateStore) -> None:
    """It is counted, decides segments and points, and all of it is in the unit of its batch."""
    shop = Shop(store, REGULARS, POINTS)
    unit = shop.take(purchase("c", JANUARY), purchase("c", "1999-01-02T00:00:00Z"))
    assert shop.partition.load("c").occurrences["purchase"].count == 2  # type: ignore[index]
    (entered,) = written(unit, "segment-changes")
    assert (entered["change"], entered["segment_id"], entered["occurred_at"]) == (
        "entered",
        "regulars",
        "1999-01-02T00:00:00Z",
    )
    assert [points["balance"] for points in written(unit, "point-events")] == [10, 20]
    assert shop.counted("events", event="purchase") == 2


def test_an_event_without_id_and_time_takes_those_of_its_record(store: StateStore) -> None:
    """Topic, partition and offset are its id, the record's timestamp its time."""
    event = purchase("c", JANUARY)
    del event["id"], event["occurred_at"]
    (points,) = written(Shop(store, POINTS).take(event), "point-events")
    assert points["event"]["id"] == "custom-events-2-100"
    assert points["occurred_at"] == format_instant(WRITTEN_AT)


def test_a_duplicate_is_dropped_and_not_counted_as_an_event(store: StateStore) -> None:
    """The second event of the same id changes nothing but the counter of duplicates."""
    shop, event = Shop(store, POINTS), purchase("c", JANUARY)
    unit = shop.take(event, event)
    assert len(written(unit, "point-events")) == 1
    assert shop.counted("events_duplicate") == 1
    assert shop.counted("events", event="purchase") == 1


class Unreadable(Message):  # type: ignore[misc]  # the client is untyped
    """A record with a header whose name is not UTF-8, as the client shows it; asked twice, it would end the process."""

    asked = 0

    def headers(self) -> None:
        """What the client raises the first time."""
        self.asked += 1
        raise SystemError


def test_headers_that_the_client_cannot_read_are_rejected(store: StateStore) -> None:
    """The record is rejected with its key and value, the stream goes on, and nobody asks for the headers again."""
    shop = Shop(store, POINTS)
    place = {"topic": "custom-events", "partition": 2, "timestamp": (1, WRITTEN_AT), "key": b"k"}
    bad = Unreadable(offset=100, value=b"{}", **place)
    good = Message(offset=101, value=json.dumps(purchase("c", JANUARY)).encode(), **place)
    unit = shop.take_messages(bad, good)
    (record,) = written(unit, "rejected-events")
    assert (record["reason"], record["path"], record["value"]) == ("invalid_envelope", "headers", "e30=")
    assert len(written(unit, "point-events")) == 1
    assert bad.asked == 1


def test_what_is_no_event_is_rejected_with_its_bytes(store: StateStore) -> None:
    """The rejection holds reason, place, key, value and headers as they came; the events around it count."""
    shop = Shop(store, POINTS)
    headers = [("trace", b"\xff")]
    unit = shop.take(purchase("c", JANUARY), b"\xfe no event", None, purchase("c", "1999-01-02T00:00:00Z"))
    unit.outputs += shop.take(b"{}", headers=headers).outputs
    first, second, third = written(unit, "rejected-events")
    assert (first["reason"], second["reason"], third["reason"]) == (
        "malformed_json",
        "empty_value",
        "invalid_customer",
    )
    assert (first["topic"], first["partition"], first["offset"]) == ("custom-events", 2, 101)
    assert (first["key"], first["value"], second["value"]) == ("aw==", "/iBubyBldmVudA==", None)
    assert third["headers"] == [{"key": "trace", "value": "/w=="}]
    assert len(written(unit, "point-events")) == 2
    assert {first["reason"], second["reason"], third["reason"]} <= REASONS.keys()


def test_rejections_are_counted_by_reason_and_known_event(store: StateStore) -> None:
    """A name that nobody defined makes no label of its own: senders must not fill the metrics."""
    shop = Shop(store, POINTS)
    shop.take(purchase("c", JANUARY, metadata={}), purchase("c", JANUARY, event="made-up"))
    assert shop.counted("events_rejected", reason="missing_attribute", event="purchase", source="till") == 1
    assert shop.counted("events_rejected", reason="undefined_event", event="", source="till") == 1


def test_a_misplaced_record_is_forwarded_once(store: StateStore) -> None:
    """It goes to its customer's partition with value, headers and time as they were, and with where it stood."""
    shop, event = Shop(store, POINTS), purchase("elsewhere-1", JANUARY)
    unit = shop.take(event, headers=[("trace", b"7")])
    (output,) = unit.outputs
    assert (output.topic, output.partition, output.key) == ("custom-events", 3, b"elsewhere-1")
    assert json.loads(output.value or b"") == event
    assert output.headers == [("trace", b"7"), (ORIGIN_HEADER, b"custom-events-2-100")]
    assert output.timestamp == WRITTEN_AT
    assert shop.partition.load("elsewhere-1") is NEW_CUSTOMER
    assert shop.counted("events_forwarded", source="till") == 1
    assert shop.counted("events", event="purchase") == 0


def test_a_forwarded_record_is_known_by_where_it_stood(store: StateStore) -> None:
    """Without an id of its own the event's id is the first place, so a record forwarded twice counts once."""
    event = purchase("c", JANUARY)
    del event["id"]
    shop = Shop(store, POINTS)
    unit = shop.take(event, headers=[(ORIGIN_HEADER, b"custom-events-0-7")])
    again = shop.take(event, headers=[(ORIGIN_HEADER, b"custom-events-0-7")])
    (points,) = written(unit, "point-events")
    assert points["event"]["id"] == "custom-events-0-7"
    assert written(again, "point-events") == []


def test_sources_beyond_a_hundred_share_a_label(store: StateStore) -> None:
    """What senders call themselves is not bounded, the metric's labels are."""
    shop = Shop(store, POINTS)
    shop.take(*(purchase("elsewhere", JANUARY, source=f"till-{number}") for number in range(150)))
    assert shop.counted("events_forwarded", source="till-0") == 1
    assert shop.counted("events_forwarded", source="other") == 50


def test_a_tick_moves_the_stream_clock_alone(store: StateStore) -> None:
    """It is no event and no rejection; who is due by then leaves, at the deadline's own instant."""
    shop = Shop(store, RECENT)
    shop.take(purchase("c", JANUARY))
    unit = shop.take(None, headers=write_tick(parse_instant("1999-02-01T00:00:00Z")))
    assert unit.outputs == []
    assert shop.partition.clock == parse_instant("1999-02-01T00:00:00Z")
    (left,) = written(shop.let_time_pass(), "segment-changes")
    assert (left["change"], left["cause"], left["occurred_at"]) == ("left", "time", "1999-01-06T00:00:00Z")


def test_a_tick_that_says_nothing_is_read_over(store: StateStore) -> None:
    """A header that holds no instant moves no clock and rejects nothing."""
    shop = Shop(store, RECENT)
    assert shop.take(None, headers=[(TICK_HEADER, b"soon")]).outputs == []
    assert shop.partition.clock is None


def test_on_the_stream_clock_deadlines_come_before_the_event(store: StateStore) -> None:
    """An event of the deadline's very instant finds the customer outside, and lets them in again."""
    shop = Shop(store, RECENT)
    unit = shop.take(purchase("c", JANUARY), purchase("c", "1999-01-06T00:00:00Z"))
    changes = [(c["change"], c["cause"], c["occurred_at"]) for c in written(unit, "segment-changes")]
    assert changes == [
        ("entered", "event", "1999-01-01T00:00:00Z"),
        ("left", "time", "1999-01-06T00:00:00Z"),
        ("entered", "event", "1999-01-06T00:00:00Z"),
    ]


def test_others_move_the_stream_clock_too(store: StateStore) -> None:
    """The largest event time of the partition counts, so a late event of one meets the deadline of another."""
    shop = Shop(store, RECENT)
    shop.take(purchase("c", JANUARY), purchase("d", "1999-03-01T00:00:00Z"))
    (left,) = written(shop.let_time_pass(), "segment-changes")
    assert (left["customer_id"], left["occurred_at"]) == ("c", "1999-01-06T00:00:00Z")


def test_on_the_wall_clock_deadlines_wait_for_real_time(store: StateStore) -> None:
    """Nobody leaves before five real days are over, whatever other events say; who is over it never enters."""
    shop, now = Shop(store, RECENT, clock="wall"), datetime.now(UTC)
    fresh, old = now - timedelta(days=4, hours=23), now - timedelta(days=5, seconds=1)
    unit = shop.take(purchase("fresh", fresh.isoformat()), purchase("old", old.isoformat()))
    assert [change["customer_id"] for change in written(unit, "segment-changes")] == ["fresh"]
    assert written(shop.let_time_pass(), "segment-changes") == []
    due = shop.partition.load("fresh").due
    assert due is not None
    assert abs(due - (fresh.timestamp() * 1000 + 5 * DAY)) <= 1


def test_a_wall_clock_that_is_set_back_stands_still(
    store: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided is not decided again for an earlier time; the clock goes on when it has caught up."""
    shop, readings = Shop(store, RECENT, clock="wall"), [JANUARY]
    monkeypatch.setattr(customers, "wall_clock", lambda: parse_instant(readings[-1]))
    shop.take(purchase("c", JANUARY))
    readings.append("1999-01-07T00:00:00Z")
    (left,) = written(shop.let_time_pass(), "segment-changes")
    assert (left["change"], left["occurred_at"]) == ("left", "1999-01-06T00:00:00Z")
    for reading, time in (("01", "07"), ("06", "07"), ("08", "08")):
        readings.append(f"1999-01-{reading}T00:00:00Z")
        assert shop.agent.now(shop.partition) == parse_instant(f"1999-01-{time}T00:00:00Z")


def test_on_the_wall_clock_a_tick_says_nothing(store: StateStore) -> None:
    """The time is what it is; ticks are for history."""
    shop = Shop(store, RECENT, clock="wall")
    shop.take(None, headers=write_tick(parse_instant("3000-01-01T00:00:00Z")))
    assert shop.partition.clock is None
    now = shop.agent.now(shop.partition)
    assert now is not None
    assert now < parse_instant("3000-01-01T00:00:00Z")


def test_memberships_follow_the_changes(store: StateStore) -> None:
    """A batch in which a customer enters and leaves writes the memberships that it ends with, once."""
    shop = Shop(store, RECENT, REGULARS)
    unit = shop.take(*(purchase("c", f"1999-01-0{day}T00:00:00Z") for day in (1, 2)))
    (held,) = written(unit, "segment-memberships")
    assert [each["segment_id"] for each in held["segments"]] == ["recent", "regulars"]


def test_memberships_are_those_of_the_last_change(store: StateStore, other_store: StateStore) -> None:
    """Whether deadlines were taken by themselves or came along with an event, the record of memberships is the same."""
    alone = Shop(store, RECENT, POINTS)
    alone.take(purchase("c", JANUARY))
    alone.take(None, headers=write_tick(parse_instant("1999-02-01T00:00:00Z")))
    (by_itself,) = written(alone.let_time_pass(), "segment-memberships")
    alone.settle()
    together = Shop(other_store, RECENT, POINTS)
    together.take(purchase("d", JANUARY))
    unit = together.take(purchase("d", "1999-02-01T00:00:00Z", event="page_viewed", metadata={"path": "/"}))
    (along,) = written(unit, "segment-memberships")
    assert (by_itself["sequence"], by_itself["segments"]) == (along["sequence"], along["segments"]) == (3, [])


def test_who_enters_and_leaves_at_once_has_a_record_too(store: StateStore) -> None:
    """Changes that undo one another are changes: the topic of memberships knows everybody whom the changes name."""
    shop = Shop(
        store, segment("weeks-ago", "purchase.last_occurred", {"$more_than": [10], "$less_than": [20]})
    )
    shop.take(purchase("c", JANUARY))
    unit = shop.take(purchase("c", "1999-03-01T00:00:00Z"))
    assert [change["change"] for change in written(unit, "segment-changes")] == ["entered", "left"]
    (held,) = [json.loads(o.value or b"") for o in unit.outputs if o.topic == "segment-memberships"]
    assert (held["sequence"], held["segments"]) == (2, [])


def test_a_profile_that_became_too_large_is_rejected(store: StateStore) -> None:
    """The event that would add to it is rejected and changes nothing."""
    shop = Shop(store, POINTS)
    first, second = (
        purchase("c", at) | {"customer": {"source_id": "c", "metadata": {at: "x" * 600_000}}}
        for at in (JANUARY, "1999-01-02T00:00:00Z")
    )
    unit = shop.take(first, second)
    (refused,) = written(unit, "rejected-events")
    assert (refused["reason"], refused["path"], refused["customer_id"]) == ("too_large", "customer", "c")
    assert len(written(unit, "point-events")) == 1


@pytest.mark.parametrize("applied_at", [0.0, 915_148_800.5])
def test_new_rules_decide_from_the_next_batch_on(store: StateStore, applied_at: float) -> None:
    """Rules that were offered take over between batches, and the metrics name them."""
    shop, rules = Shop(store), in_force(REGULARS, applied_at=applied_at)
    shop.take(purchase("c", JANUARY), purchase("c", "1999-01-02T00:00:00Z"))
    shop.rules.offer(rules)
    shop.agent.between_batches()
    unit = shop.take(purchase("c", "1999-01-03T00:00:00Z"))
    (entered,) = written(unit, "segment-changes")
    assert entered["segment_id"] == "regulars"
    value = shop.metrics.registry.get_sample_value
    assert value("tidemark_ruleset_info", {"fingerprint": rules.ruleset.fingerprint}) == 1
    assert value("tidemark_ruleset_applied_timestamp_seconds") == applied_at
