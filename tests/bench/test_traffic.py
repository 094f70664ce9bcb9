import json
from collections import Counter
from itertools import islice
from pathlib import Path

from schemas.wire import Decoded, EventReader
from streams.domain.instants import Instant
from tests.bench.ruleset import Shape, write_definitions
from tests.bench.traffic import (
    Traffic,
    abandoned_carts,
    backlog,
    expected,
    first_visits,
    happenings,
    instant,
    milliseconds,
    orders,
    wire_form,
)
from topology.definitions.directory import check_directory
from topology.settings import Settings

NOW_MS = 1_767_225_600_000
"""1 January 2026."""


def test_fewer_events_are_a_prefix_of_more() -> None:
    """The sequence is fixed by its seed, and another seed makes another."""
    assert list(happenings(Traffic(50), 100)) == list(islice(happenings(Traffic(50), 900), 100))
    assert list(happenings(Traffic(50), 9)) != list(happenings(Traffic(50, seed=1), 9))


def test_every_event_is_accepted_by_the_definitions(tmp_path: Path) -> None:
    """All six types, with profiles and without, and those of setting up, pass the check at the gate."""
    checked = check_directory(write_definitions(tmp_path, Shape()), Settings())
    reader = EventReader(checked.catalog)
    events = [
        *happenings(Traffic(300), 2_000),
        *first_visits(20),
        *abandoned_carts(5),
        *islice(orders(["a"], "o"), 3),
    ]
    now = Instant(NOW_MS)
    read = [
        reader.read(wire_form(event, instant(NOW_MS)), headers=None, timestamp=now, received_at=now)
        for event in events
    ]
    assert [answer for answer in read if not isinstance(answer, Decoded)] == []
    assert len({event.event for event in events}) == 6


def test_ids_are_never_used_twice() -> None:
    """No event is a repeat of another, so that every one counts."""
    names = [
        event.event_id for event in (*happenings(Traffic(9), 500), *first_visits(9), *abandoned_carts(9))
    ]
    assert len(set(names)) == len(names)


def test_big_orders_are_those_that_the_points_rule_admits() -> None:
    """An order is big exactly when its amount is at least 180, and every tenth or so is."""
    orders_only = [event for event in happenings(Traffic(99), 20_000) if event.event == "purchase"]
    assert all(event.big == (json.loads(event.metadata)["amount"] >= 180) for event in orders_only)
    assert 0.08 < sum(event.big for event in orders_only) / len(orders_only) < 0.12


def test_what_must_come_out_agrees_with_a_computation_by_grouping() -> None:
    """Big orders are counted, and customers with more occurrences than a type's segment asks for."""
    events = list(happenings(Traffic(40), 2_000))
    by_type = Counter((event.event, event.customer) for event in events)
    asked = {"page_viewed": 12, "purchase": 5, "cart_abandoned": 5, "new_review": 3, "store_visited": 3}
    entered = [pair for pair, times in by_type.items() if times > asked.get(pair[0], 2)]
    assert expected(events) == (sum(event.big for event in events), len(entered))
    assert entered


def test_everybody_is_known_after_the_first_visits() -> None:
    """One page view each, of which one in ten brings a profile."""
    visits = list(first_visits(50))
    assert sorted({visit.customer for visit in visits}) == sorted(f"c-{number}" for number in range(50))
    assert len(visits) == 50
    assert sum(bool(visit.profile) for visit in visits) == 5
    assert all(visit.profile for visit in first_visits(50, with_profile=1))


def test_instants_are_written_and_read_to_the_millisecond() -> None:
    """The wire's form in UTC, and back."""
    assert instant(NOW_MS + 7) == "2026-01-01T00:00:00.007Z"
    assert milliseconds("2026-01-01T00:00:00.007Z") == NOW_MS + 7
    assert milliseconds("2026-01-01T01:00:00+01:00") == NOW_MS


def test_a_backlog_ends_at_its_instant() -> None:
    """Events follow each other over half a day; each stands under its customer."""
    records = list(backlog(happenings(Traffic(9), 4), NOW_MS, count=4))
    read = [json.loads(value) for _, value in records]
    assert [event["occurred_at"] for event in read] == [
        f"2025-12-31T{hour:02}:00:00.000Z" for hour in (12, 15, 18, 21)
    ]
    assert [key for key, _ in records] == [event["customer"]["source_id"] for event in read]


def test_orders_take_turns() -> None:
    """Probes go round their customers without end, numbered."""
    found = [(order.customer, order.event_id, order.big) for order in islice(orders(["a", "b"], "o"), 3)]
    assert found == [("a", "o-0", True), ("b", "o-1", True), ("a", "o-2", True)]
