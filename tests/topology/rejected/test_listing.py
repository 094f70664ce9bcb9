"""Rejected events as a list."""

import json

from streams.domain.instants import Instant
from tests.topology.rejected.events import NOW, received, visit
from topology.rejected.listing import listed_json, row_of, rows_text, selected
from topology.rejected.marks import Marks, mark_of
from topology.rejected.selection import Selection

FIRST = received(visit(source="shop"))
SECOND = received(b"no event", offset=99, topic="shop.custom-events")
MARKS = Marks([mark_of(FIRST, NOW, edited=False)[1]])


def test_the_table_says_which_were_replayed() -> None:
    """One line each, and what it comes to."""
    rows = (row_of(*each) for each in selected([FIRST, SECOND], Selection(), MARKS))
    assert rows_text(rows).splitlines() == [
        "rejected at           reason             path           event  source  customer  replayed              id",
        "--------------------  -----------------  -------------  -----  ------  --------  --------------------  --",
        (
            "2025-11-23T16:00:01Z  malformed_json     value          -      -       -         -                     "
            "shop.custom-events-2-99"
        ),
        (
            "2025-11-23T16:00:01Z  unknown_attribute  metadata.room  visit  shop    c-1       2025-11-24T16:00:00Z  "
            "custom-events-2-100"
        ),
        "",
        "2 rejected, 1 of them replayed.",
    ]


def test_an_empty_list_is_told() -> None:
    """Nothing that matches is an answer."""
    assert rows_text(()) == "No rejected events match."


def test_names_that_senders_chose_do_not_disturb_the_table() -> None:
    """Long ones are shortened, control characters are written out."""
    row = row_of(received(visit(event="x" * 100, source="sh\u2028op")), None)
    assert row.event == "x" * 39 + "…"
    assert row.source == "sh\\u2028op"


def test_a_line_of_json_has_everything() -> None:
    """The record as it stands on the topic, its id, and when it was replayed."""
    event, mark = next(selected([FIRST], Selection(), MARKS))
    line = json.loads(listed_json(event, mark))
    assert line == {
        "id": "custom-events-2-100",
        "replayed": {"at": "2025-11-24T16:00:00Z", "edited": False},
        **event.body,
    }
    assert json.loads(listed_json(SECOND, MARKS.of(SECOND)))["replayed"] is None


def test_a_mark_holds_for_one_event() -> None:
    """The same position of a topic that was made anew is not replayed yet."""
    assert MARKS.of(received(visit(), timestamp=Instant(NOW - 7))) is None
