"""The independent computation itself, against lives short enough to be reckoned by hand."""

import json
from pathlib import Path

import pytest

from tests.backtest.oracle import Oracle

MARCH = [(1, "a"), (11, "b"), (11, "c"), (21, "d")]
"""Days in March and ids of the purchases of one customer; the 2nd and 3rd happen at the same instant."""


def written(path: Path, lives: dict[str, list[tuple[int, str]]]) -> Path:
    """The lives as a file of events, one purchase each, at 08:30 UTC."""
    lines = [
        {
            "id": event,
            "event": "purchase",
            "customer": {"source_id": customer},
            "occurred_at": f"2026-03-{day:02d}T08:30:00Z",
            "metadata": {"cds": day, "amount": day + 0.99},
        }
        for customer, life in lives.items()
        for day, event in life
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """One customer with four purchases in March."""
    return written(tmp_path / "events.ndjson", {"ann": MARCH})


def test_membership_ends_with_time_and_a_deadline_comes_before_the_event_of_its_instant(file: Path) -> None:
    """Less than ten days: the deadlines of the 11th and 21st are also purchases, that of the 31st is not."""
    changes = Oracle(file, [10], "2026-03-31T09:00:00Z").changes({"recent": "since_last_purchase < 10"})
    assert [change[2:] for change in changes] == [
        ("2026-03-01T08:30:00Z", "event", "a", "recent", "entered"),
        ("2026-03-11T08:30:00Z", "time", None, "recent", "left"),
        ("2026-03-11T08:30:00Z", "event", "b", "recent", "entered"),
        ("2026-03-21T08:30:00Z", "time", None, "recent", "left"),
        ("2026-03-21T08:30:00Z", "event", "d", "recent", "entered"),
        ("2026-03-31T08:30:00Z", "time", None, "recent", "left"),
    ]


def test_exactly_n_days_is_one_day_long(file: Path) -> None:
    """Exactly four days after the last purchase is entered and left by time, once per pause."""
    changes = Oracle(file, [4, 5], "2026-03-31T00:00:00Z").changes({"fourth-day": "since_last_purchase = 4"})
    assert [(change.occurred_at[:10], change.cause, change.change) for change in changes] == [
        ("2026-03-05", "time", "entered"),
        ("2026-03-06", "time", "left"),
        ("2026-03-15", "time", "entered"),
        ("2026-03-16", "time", "left"),
        ("2026-03-25", "time", "entered"),
        ("2026-03-26", "time", "left"),
    ]


def test_two_events_of_one_instant_are_two_steps(file: Path) -> None:
    """Exactly two purchases lasts from the second to the third, which happen at the same instant."""
    changes = Oracle(file, []).changes({"two": "purchases = 2"})
    assert [(change.event_id, change.change) for change in changes] == [("b", "entered"), ("c", "left")]


def test_it_ends_at_the_last_event_or_where_told(file: Path) -> None:
    """Deadlines up to the last event count, that instant included; later ones need ``until``."""
    gone = {"gone": "since_first_purchase >= 20"}
    gone_later = {"gone": "since_first_purchase >= 21"}
    assert [change.cause for change in Oracle(file, [20]).changes(gone)] == ["time"]
    assert Oracle(file, [21]).changes(gone_later) == []
    assert Oracle(file, [21], "2026-03-22T08:29:59Z").changes(gone_later) == []
    assert len(Oracle(file, [21], "2026-03-22T08:30:00Z").changes(gone_later)) == 1


def test_customers_do_not_touch_each_other(tmp_path: Path) -> None:
    """The same life under two names gives the same changes twice."""
    file = written(
        tmp_path / "events.ndjson", {"ann": MARCH, "bob": [(day, f"bob-{event}") for day, event in MARCH]}
    )
    changes = Oracle(file, [10]).changes({"recent": "since_last_purchase < 10"})
    assert [change[2:4] for change in changes[:5]] == [change[2:4] for change in changes[5:]]
    assert [change.customer for change in changes] == ["ann"] * 5 + ["bob"] * 5


def test_moments_are_events_with_a_value(file: Path) -> None:
    """The purchases of the 11th and later, with their amount in whole half-dollars."""
    moments = Oracle(file, []).moments("purchase", "cds >= 11", "floor(amount / 0.5)")
    assert [(moment.event_id, moment.value) for moment in moments] == [("b", 23), ("c", 23), ("d", 43)]
