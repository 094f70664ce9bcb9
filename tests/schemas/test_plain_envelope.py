"""The short way of reading an envelope: whatever it reads, the general way reads alike."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.catalog import EVENTS_DIRECTORY, load_catalog
from schemas.plain_envelope import read_plain_envelope
from schemas.wire import EventReader

NOW = 1_795_000_000_000
READER = EventReader(load_catalog([EVENTS_DIRECTORY]))

IDS = st.one_of(
    st.none(), st.just("a-1"), st.just(""), st.text(max_size=4), st.just("x" * 257), st.integers()
)
TIMES = st.one_of(
    st.none(),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.just("2026-11-18T10:00:00.123456789+02:00"),
    st.just("2030-01-01T00:00:00Z"),
    st.just("yesterday"),
)
METADATA = st.one_of(
    st.none(),
    st.just({"rating": 5}),
    st.just({"rating": 5, "text": "Good"}),
    st.just({"rating": 9}),
    st.just({"rating": "5"}),
    st.just({"rating": 3, "stars": 3}),
)
CUSTOMERS = st.one_of(
    st.builds(lambda id_: {"source_id": id_}, IDS),
    st.just({"source_id": "c-1", "email": "ada@example.com"}),
    st.just({"id": "c-1"}),
    st.just({}),
    st.none(),
)
ENVELOPES = st.fixed_dictionaries(
    {"event": st.sampled_from(["new_review", "no_such_event", ""]), "customer": CUSTOMERS},
    optional={"id": IDS, "occurred_at": TIMES, "source": IDS, "metadata": METADATA, "extra": st.just(1)},
)


def read(value: bytes, headers: list[tuple[str, bytes | None]] | None) -> Any:
    """The event or the rejection. A header of nobody's sends it the general way."""
    return READER.read(value, headers=headers, timestamp=NOW, received_at=NOW)


@given(envelope=ENVELOPES)
def test_both_ways_read_alike(envelope: dict[str, Any]) -> None:
    """With or without the short way, the same bytes give the same event or the same rejection."""
    value = json.dumps(envelope).encode()
    assert read(value, None) == read(value, [("trace", b"1")])


def test_a_plain_event_is_read_the_short_way() -> None:
    """An envelope of its own keys alone, with a customer of no more than an id, is plain."""
    envelope = read_plain_envelope(b'{"event": "new_review", "customer": {"source_id": "c-1"}, "id": "r-1"}')
    assert envelope is not None
    assert (envelope.event, envelope.customer.source_id, envelope.id) == ("new_review", "c-1", "r-1")


def test_a_profile_is_left_to_the_general_way() -> None:
    """An event that tells more of the customer than the id is not plain."""
    assert read_plain_envelope(b'{"event": "e", "customer": {"source_id": "c-1", "name": "Ada"}}') is None
