"""One rejected event in full."""

from typing import Any

import pytest

from schemas.avro_wire import EventWire
from streams.domain.instants import Instant
from tests.topology.rejected.events import NOW, ROOM, SECONDS, catalog, judge, received, visit
from topology.rejected.marks import Mark
from topology.rejected.showing import shown_event

CATALOG = catalog(SECONDS)


def shown(value: object, mark: Mark | None = None, **changed: Any) -> str:
    """What is shown of a record with this value."""
    event = received(value, **changed)
    return shown_event(event, mark, judge(SECONDS).judge(event), CATALOG)


FAULT = '  metadata.room: expected no attribute of this name; one of seconds, found text "hall"'
SHOWN = [
    "id           custom-events-2-100",
    "rejected at  2025-11-23T16:00:01Z",
    "reason       unknown_attribute. An attribute is not in the definition, and the definition allows no others.",
    "event        visit",
    "source       shop",
    "customer     c-1",
    "received at  custom-events, partition 2, offset 100",
    "timestamp    2025-11-23T16:00:00Z",
    "replayed     at 2025-11-24T16:00:00Z, with another value",
    "",
    "faults:",
    FAULT,
    "",
    "key: k",
    "headers:",
    "  trace: 7",
    "value:",
    "  {",
    '    "event": "visit",',
    '    "customer": {',
    '      "source_id": "c-1"',
    "    },",
    '    "metadata": {',
    '      "seconds": 5,',
    '      "room": "hall"',
    "    },",
    '    "source": "shop"',
    "  }",
    "",
    "By the definitions that are live now it would be rejected again:",
    FAULT,
]


def test_all_is_shown_in_words() -> None:
    """Who, when, where, why, the original laid out, and what would be said today."""
    mark = Mark("-", "2025-11-24T16:00:00Z", edited=True)
    text = shown(visit(source="shop"), mark, headers=[("trace", b"7")])
    assert text.splitlines() == SHOWN


def test_after_the_correction_it_says_so() -> None:
    """What the live definitions say today is judged anew."""
    event = received(visit())
    text = shown_event(event, None, judge(SECONDS, ROOM).judge(event), CATALOG)
    assert text.endswith("\nBy the definitions that are live now it would be accepted.")
    assert "\nreplayed     no\n" in text


def test_avro_of_a_known_event_is_shown_as_json() -> None:
    """The bytes are decoded, though they do not conform."""
    value = EventWire(CATALOG.definitions["visit"]).encode(
        visit(metadata={"seconds": 5}, occurred_at="2025-11-20T10:00:00Z")
    )
    text = shown(value.replace(b"c-1", b"c\x001"))
    assert '      "source_id": "c\\u00001"' in text
    assert '    "occurred_at": "2025-11-20T10:00:00Z",' in text
    assert "(shown as JSON; it is Avro of " in text


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (None, "  null"),
        (b"plain words", "  plain words"),
        (b"\xff\x00\x01", "  ff0001"),
        (b'{"cut": ', '  {"cut": '),
        (b"esc \x1b[2J", "  657363201b5b324a"),
        (b"\xc3\x01" + bytes(9), "  c301" + "00" * 9),
    ],
)
def test_anything_else_is_shown_as_well_as_can_be(value: bytes | None, line: str) -> None:
    """Text as text, other bytes in hexadecimal, and nothing that moves the cursor."""
    assert line in shown(value).splitlines()


def test_a_traceback_is_shown() -> None:
    """Of what broke Tidemark itself."""
    event = received(visit())
    poisoned = event._replace(body={**event.body, "traceback": "Traceback:\n  here"})
    text = shown_event(poisoned, None, judge(SECONDS).judge(event), CATALOG)
    assert "\ntraceback:\n  Traceback:\n    here\n" in text


def test_an_original_that_was_left_out_is_told() -> None:
    """Where it stands, and that it cannot be replayed."""
    text = shown(b"{" + b" " * 5_000_000, timestamp=Instant(NOW))
    assert "The original was too large to be kept here." in text
    assert "A replay is impossible: its original was too large" in text
