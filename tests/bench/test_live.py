import json

from streams.engine.partitioning import partition_of
from tests.bench.hand_over import longest_gaps, probes
from tests.bench.listener import Heard, Output
from tests.bench.live import Reached, by_time, points_of, reached


def output(event_id: str | None, at: float, occurred_ms: int, **changed: object) -> Output:
    """A change of a segment."""
    fields = {
        "topic": "segment-changes",
        "partition": 0,
        "customer": "c-1",
        "definition": "s",
        "cause": "event",
    }
    return Output(at=at, event_id=event_id, occurred_ms=occurred_ms, **{**fields, **changed})  # type: ignore[arg-type]


def test_the_latency_of_an_event_is_that_of_its_last_output() -> None:
    """An event with two outputs counts once, by the later; one that time or the profile caused has no latency."""
    heard = [
        output("e2", 11.5, 11_000),
        output("e1", 10.2, 10_000),
        output("e1", 10.3, 10_000, topic="point-events"),
        output(None, 10.4, 10_000, cause="time"),
        output("e3", 10.4, 10_000, cause="profile"),
    ]
    assert [(one.sent_at, round(one.latency_ms)) for one in reached(heard)] == [(10.0, 300), (11.0, 500)]
    assert reached([]) == list[Reached]()


def test_what_time_caused_is_told_apart() -> None:
    """A message that follows from a deadline is no change of membership."""
    moved = output(None, 10.4, 10_000, cause="time")
    assert by_time([output("e1", 1, 1), moved, moved._replace(topic="distribution-triggers")]) == [moved]


def test_grants_of_other_rules_do_not_count_as_orders() -> None:
    """An order may also earn a bonus."""
    order = output("e1", 1, 1, definition="points-per-order")
    assert points_of([order, order._replace(definition="frequent-bonus"), order]) == ["e1", "e1"]


def test_records_of_each_topic_are_read() -> None:
    """Definition, cause, event and instant stand in different places."""
    at = {"customer_id": "c-1", "occurred_at": "2026-01-01T00:00:00.500Z"}
    records = [
        {**at, "segment_id": "s", "cause": "time", "event_id": None},
        {**at, "earning_rule_id": "r", "event": {"id": "e", "name": "purchase"}},
        {**at, "distribution_id": "d", "segment": "s", "cause": "event", "event": {"id": "e"}},
    ]
    read = [Heard(1_767_225_601.0, "any", 2, json.dumps(record).encode()).read() for record in records]
    assert [(one.definition, one.cause, one.event_id) for one in read] == [
        ("s", "time", None), ("r", "event", "e"), ("d", "event", "e"),
    ]  # fmt: skip
    assert {(one.partition, one.customer, one.latency_ms) for one in read} == {(2, "c-1", 500.0)}


def test_a_gap_is_the_longest_time_between_two_outputs_around_a_step() -> None:
    """A gap that ends within the step counts whole; one before it or after it does not; each partition by itself."""
    arrivals = [(1.0, 0), (4.0, 0), (4.1, 0), (5.6, 0), (5.7, 0), (9.9, 0), (4.0, 1), (5.0, 1)]
    assert longest_gaps(arrivals, 4.05, 5.65) == {0: 1.5, 1: 1.0}


def test_there_is_a_probe_for_each_partition() -> None:
    """In the order of the partitions, so that none is without."""
    assert [partition_of(name.encode(), 4) for name in probes()] == [0, 1, 2, 3]
