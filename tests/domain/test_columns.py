"""What may be shown of a customer: names as in filters, values as JSON."""

import pytest

from streams.domain.columns import column_at
from streams.domain.definitions import Fault
from streams.domain.faults import Place
from tests.domain.writing import EVENTS, facts

DAY = 86_400_000
KNOWN = facts(
    {"visit": (3, DAY, 2 * DAY + 1)},
    {"email": "a@b.c", "address": {"city": "Lyon"}, "metadata": {"level": "Gold", "tags": ["x"]}},
    ("b", "a"),
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customer_id", "c-42"),
        ("source_id", "c-42"),
        ("segments", ["a", "b"]),
        ("email", "a@b.c"),
        ("phone", None),
        ("address.city", "Lyon"),
        ("metadata.level", "Gold"),
        ("metadata.tags", ["x"]),
        ("events.visit.count", 3),
        ("events.visit.first_occurred", "1970-01-02T00:00:00Z"),
        ("events.visit.last_occurred", "1970-01-03T00:00:00.001Z"),
        ("events.review.count", 0),
        ("events.review.last_occurred", None),
    ],
)
def test_a_column_shows_what_is_known(name: str, value: object) -> None:
    """Fields, segments by name, counts, and the instants of first and last; null for what is not there."""
    noted: list[Fault] = []
    column = column_at(Place("find", "columns", (), noted), name, EVENTS)
    assert column is not None
    assert (column.name, column.value(KNOWN)) == (name, value)
    assert noted == []


@pytest.mark.parametrize(
    ("name", "expected", "hint"),
    [
        ("emial", "a defined customer field", "did you mean email?"),
        ("events.vist.count", "a defined event", "did you mean visit?"),
        ("events.visit.cuont", "events.<name>.count|first_occurred|last_occurred", "did you mean count?"),
        ("events.visit", "events.<name>.count|first_occurred|last_occurred", None),
    ],
)
def test_an_unknown_column_is_told_with_the_nearest_one(name: str, expected: str, hint: str | None) -> None:
    """No column comes of it, and one fault."""
    noted: list[Fault] = []
    assert column_at(Place("find", "columns", (), noted), name, EVENTS) is None
    assert [(fault.expected, fault.hint) for fault in noted] == [(expected, hint)]
