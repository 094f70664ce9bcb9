from typing import Any

import pytest

from streams.domain.events import JsonValue
from streams.domain.faults import Place
from streams.domain.identities import SegmentId
from streams.domain.messages import Scope, compile_message
from tests.domain.writing import EVENTS, compiled, event, facts, metric, segment

REVIEW = event(
    "review",
    1_500,
    metadata={"rating": 5.0, "text": "Good {{customer.name}}", "tags": ["a", 1], "more": {"deep": None}},
)
KNOWN = facts(profile={"name": "Ann", "metadata": {"vip": True}, "address": {"city": "Paris"}}, of=REVIEW)
SEGMENT = compiled(segment("s", metric("visit.count", is_not=0), name="Readers", version=3)).segments[
    SegmentId("s")
]


def filled(text: object) -> JsonValue:
    """One value of a message, filled in for the known customer, event and segment."""
    place = Place("distribution", "d", (), [])
    message = compile_message(place, {"value": text}, Scope(EVENTS[event().name], segment=True))
    assert message is not None
    assert place.noted == []
    return message(KNOWN, SEGMENT)["value"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{{event.metadata.rating}}", 5.0),
        ("{{ event.metadata.tags }}", ["a", 1]),
        ("{{customer.metadata.vip}}", True),
        ("{{customer.email}}", None),
        ("{{customer.source_id}} {{customer.id}}", "c-42 c-42"),
        ("{{customer.address.city}}!", "Paris!"),
        (
            "{{event.name}} {{event.id}} at {{event.occurred_at}}",
            "review review-1500 at 1970-01-01T00:00:01.500Z",
        ),
        ("{{segment.id}} {{segment.name}} {{segment.version}}", "s Readers 3"),
        (
            "{{event.metadata.rating}} of 5, {{customer.metadata.vip}}, {{event.metadata.tags}}",
            '5 of 5, true, ["a",1]',
        ),
        ("<{{customer.email}}>", "<>"),
        ("{{event.metadata.more.deep}}", None),
        ("{{event.metadata.more.deep.er}}", None),
        ("no {placeholders} {{here", "no {placeholders} {{here"),
        (7, 7),
        (None, None),
        ([{"a": ["{{customer.name}}", 1.5]}], [{"a": ["Ann", 1.5]}]),
    ],
)
def test_placeholders(written: object, expected: Any) -> None:
    """A text that is one placeholder keeps the value; inside a text it is written; all else stays as it is."""
    assert filled(written) == expected


def test_values_are_not_templates() -> None:
    """A placeholder inside a customer's own words stays a word."""
    assert filled("{{event.metadata.text}}") == "Good {{customer.name}}"
    assert filled("> {{event.metadata.text}}") == "> Good {{customer.name}}"


@pytest.mark.parametrize(
    "written",
    [
        "{{}}",
        "{{customer}}",
        "{{customer.metadata}}",
        "{{event.meta}}",
        "{{segment.filter}}",
        "{{now}}",
        "{{1+1}}",
    ],
)
def test_unknown_paths_are_refused(written: str) -> None:
    """There are no other roots or fields, and no expressions."""
    place = Place("distribution", "d", ("message",), [])
    compile_message(place, {"value": written}, Scope(EVENTS[event().name], segment=True))
    assert [fault.path for fault in place.noted] == [("message", "value")]


@pytest.mark.parametrize("body", ["text", ["a"], None, 5])
def test_a_message_is_a_mapping(body: object) -> None:
    """A message has named parts."""
    place = Place("distribution", "d", ("message",), [])
    assert compile_message(place, body, Scope(None, segment=False)) is None
    assert [fault.expected for fault in place.noted] == ["a mapping"]
