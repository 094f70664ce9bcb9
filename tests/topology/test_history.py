"""Histories read from files: events, refused lines, profiles."""

import json

import pytest

from schemas.catalog import Catalog
from schemas.wire import EventReader
from streams.domain.instants import Instant, parse_instant
from streams.engine.errors import ConfigurationError
from topology.history import History, read_history, read_profiles, until_of, up_to
from topology.lines import Line

CATALOG = Catalog.from_documents({"visit": {"type": "record", "name": "visit", "fields": []}})
NOW = parse_instant("2026-11-23T10:00:00Z")


def read(*events: object) -> History:
    """A file of these events, a line each."""
    lines = [Line(number, json.dumps(event).encode()) for number, event in enumerate(events, start=1)]
    return read_history(lines, EventReader(CATALOG), received_at=NOW)


def visit(**more: object) -> dict[str, object]:
    """A visit of one customer."""
    return {"event": "visit", "customer": {"source_id": "c"}, **more}


def test_an_event_without_id_is_known_by_its_line() -> None:
    """The position in the file serves as id, so that the same history gives the same ids wherever it stands."""
    history = read(
        visit(occurred_at="1997-01-01T00:00:00Z"), visit(id="x", occurred_at="1997-01-01T00:00:00Z")
    )
    assert [event.id for event in history.events] == ["line:1", "x"]


def test_an_event_that_tells_no_time_is_refused() -> None:
    """No broker has stamped a line of a file."""
    history = read(visit(), visit(occurred_at="1997-01-01T00:00:00Z"))
    assert len(history.events) == 1
    (refused,) = history.refused
    assert refused.line.number == 1
    assert (refused.rejection.reason, refused.rejection.path) == ("invalid_time", "occurred_at")
    assert (refused.rejection.event, refused.rejection.customer_id) == ("visit", "c")


def test_what_does_not_conform_is_refused_with_the_reason_of_the_worker() -> None:
    """The same reader, the same words."""
    history = read({"event": "vist", "customer": {"source_id": "c"}}, "text")
    assert [refused.rejection.reason for refused in history.refused] == [
        "undefined_event",
        "invalid_envelope",
    ]


def test_a_history_ends_at_its_last_event_unless_asked_otherwise() -> None:
    """The largest time counts, not the last line; events at the end itself belong to it."""
    times = ("1997-01-03T00:00:00Z", "1997-01-05T00:00:00Z", "1997-01-04T00:00:00Z")
    events = read(*(visit(occurred_at=time) for time in times)).events
    assert until_of(events, None) == parse_instant("1997-01-05T00:00:00Z")
    asked = parse_instant("1997-01-04T00:00:00Z")
    assert until_of(events, asked) == asked
    assert [event.id for event in up_to(events, asked)] == ["line:1", "line:3"]
    assert until_of([], None) == Instant(0)


def test_profiles_are_known_by_source_id_and_the_last_line_counts() -> None:
    """One object a line, the rest of it being the profile."""
    lines = [
        Line(1, b'{"source_id": "a", "name": "Ann"}'),
        Line(2, b'{"source_id": "b", "metadata": {"club": true}}'),
        Line(3, b'{"source_id": "a", "name": "Anna"}'),
    ]
    assert read_profiles(lines, "p.ndjson") == {"a": {"name": "Anna"}, "b": {"metadata": {"club": True}}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"nope", "p.ndjson:7: expected a customer in JSON"),
        (b"[]", "p.ndjson:7: expected"),
        (b'{"name": "Ann"}', "found no source_id"),
        (b'{"source_id": 5}', "found no source_id that is a text"),
        (b'{"source_id": "a", "email": 5}', "p.ndjson:7: customer.email: expected"),
    ],
)
def test_a_line_that_is_no_customer_is_refused_by_file_and_line(text: bytes, says: str) -> None:
    """Profiles are the operator's own file; a mistake in it ends the run before it begins."""
    with pytest.raises(ConfigurationError) as refusal:
        read_profiles([Line(7, text)], "p.ndjson")
    assert says in str(refusal.value)
