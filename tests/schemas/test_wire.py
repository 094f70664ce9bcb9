"""From bytes to an event, or to why it is none."""

from typing import Any

import pytest

from schemas.avro_wire import EventWire
from schemas.catalog import Catalog
from schemas.wire import Decoded, EventReader, Rejected
from streams.domain.events import Event
from tests.schemas.conftest import EVENT, METADATA, RECEIVED_AT, Read, changed, without

TEN_O_CLOCK = 1_795_428_000_000


def test_a_conforming_event_is_decoded(read: Read) -> None:
    """An event comes out with its time in milliseconds and its attributes as sent."""
    assert read(EVENT) == Decoded("e-1", "hotel_stay", "c-42", TEN_O_CLOCK, METADATA, {}, "hotel")


def test_a_decoded_event_has_the_order_of_the_hearts_event(read: Read) -> None:
    """The fields of a decoded event are those of the heart's event, in the same order."""
    assert Decoded._fields == Event._fields


def test_what_may_be_left_out(read: Read) -> None:
    """Name and customer suffice: the record's time stands in, other things are empty."""
    event = {"event": "app_opened", "customer": {"source_id": "c-42"}}
    assert read(event, timestamp=TEN_O_CLOCK) == Decoded(
        None, "app_opened", "c-42", TEN_O_CLOCK, {}, {}, None
    )


def test_a_record_without_a_timestamp_happened_when_it_was_received(read: Read) -> None:
    """Kafka's -1 for no timestamp is never taken for an instant of 1969."""
    event = {"event": "app_opened", "customer": {"source_id": "c-42"}}
    assert read(event, timestamp=-1).occurred_at == RECEIVED_AT  # type: ignore[union-attr]


def test_where_no_time_stands_in_the_event_must_tell_it(read: Read) -> None:
    """Without a record time, an event that tells no time is rejected; one that does is not."""
    rejection = read({"event": "app_opened", "customer": {"source_id": "c-42"}}, timestamp=None)
    assert isinstance(rejection, Rejected)
    assert rejection[:4] == (
        "invalid_time",
        "occurred_at",
        "RFC 3339 with an offset, such as 2026-11-23T10:00:00Z",
        "nothing",
    )
    assert isinstance(read(EVENT, timestamp=None), Decoded)


def test_defaults_are_filled_in(read: Read) -> None:
    """An optional attribute that is missing has its default, null included."""
    decoded = read(without("floor", "breakfast", "checked_in", "guests"))
    assert isinstance(decoded, Decoded)
    assert decoded.metadata == {**METADATA, "floor": 0, "breakfast": False, "checked_in": None, "guests": []}


def test_defaults_are_not_shared(read: Read) -> None:
    """Changing the list of one event does not change the next event's."""
    for _ in range(2):
        decoded = read(without("guests"))
        assert isinstance(decoded, Decoded)
        assert decoded.metadata["guests"] == []
        guests = decoded.metadata["guests"]
        assert isinstance(guests, list)
        guests.append(1)


def test_five_minutes_ahead_is_the_last_that_is_accepted(read: Read) -> None:
    """The clock of a sender may be 5 minutes fast and not a millisecond more."""
    assert isinstance(read({**EVENT, "occurred_at": "2026-11-23T10:06:00.000Z"}), Decoded)
    rejection = read({**EVENT, "occurred_at": "2026-11-23T10:06:00.001Z"})
    assert isinstance(rejection, Rejected)
    assert rejection[:4] == (
        "future",
        "occurred_at",
        "at most 300000 ms ahead of the clock",
        "2026-11-23T10:06:00.001Z",
    )


def test_a_record_from_the_future_is_rejected_too(read: Read) -> None:
    """The limit holds for the record's timestamp where that stands in for the event's."""
    event = {"event": "app_opened", "customer": {"source_id": "c-42"}}
    rejection = read(event, timestamp=RECEIVED_AT + 300_001)
    assert isinstance(rejection, Rejected)
    assert rejection.reason == "future"


def test_the_limits_are_settings(catalog: Catalog) -> None:
    """A reader may be made with other limits on the size of a value and on the clock of senders."""
    reader = EventReader(catalog, max_ahead_ms=0, max_bytes=100)
    small = b'{"event":"app_opened","customer":{"source_id":"c"},"occurred_at":"1970-01-01T00:00:00.010Z"}'
    told: dict[str, Any] = {"headers": None, "timestamp": 0}
    assert isinstance(reader.read(small, received_at=10, **told), Decoded)
    assert reader.read(small, received_at=9, **told).reason == "future"  # type: ignore[union-attr]
    assert reader.read(small + b" " * 9, received_at=10, **told).reason == "too_large"  # type: ignore[union-attr]


def test_headers_of_cloud_events_fill_the_envelope(read: Read) -> None:
    """Binary-mode headers give id, event, source and time where the value has none."""
    headers = [
        ("ce_id", b"ce-1"),
        ("ce_type", b"app_opened"),
        ("ce_source", b"/app"),
        ("ce_time", b"2026-11-23T10:00:00Z"),
        ("ce_specversion", b"1.0"),
        ("trace", None),
    ]
    decoded = read({"customer": {"source_id": "c"}}, headers=headers)
    assert decoded == Decoded("ce-1", "app_opened", "c", TEN_O_CLOCK, {}, {}, "/app")


def test_the_value_comes_before_the_headers(read: Read) -> None:
    """What the value says is not changed by headers."""
    headers = [("ce_id", b"other"), ("ce_type", b"app_opened"), ("ce_source", b"\xff"), ("ce_time", b"x")]
    assert read(EVENT, headers=headers) == read(EVENT)


def test_all_faults_are_told_at_once(read: Read) -> None:
    """Envelope and attributes are both checked to the end; the rejection leads with the first fault."""
    wrong = {
        "event": "hotel_stay",
        "customer": {},
        "source": "hotel",
        "metadata": {**METADATA, "nights": 0, "price": "9"},
    }
    rejection = read(wrong)
    assert isinstance(rejection, Rejected)
    assert [fault.path for fault in rejection.faults] == [
        "customer.source_id",
        "metadata.nights",
        "metadata.price",
    ]
    assert rejection[:4] == rejection.faults[0]


def test_a_rejection_tells_whose_it_is_as_far_as_known(read: Read) -> None:
    """Event, source and customer are named although something else is wrong."""
    rejection = read(changed(nights=0))
    assert isinstance(rejection, Rejected)
    assert (rejection.event, rejection.source, rejection.customer_id) == ("hotel_stay", "hotel", "c-42")


def test_thousands_of_faults_are_cut_short(read: Read) -> None:
    """A value with very many faults costs and says no more than one with twenty."""
    wrong = {**EVENT, "metadata": {f"wrong_{number}": number for number in range(5000)}}
    rejection = read(wrong)
    assert isinstance(rejection, Rejected)
    assert 1 <= len(rejection.faults) <= 20


def test_header_that_is_not_utf8(read: Read) -> None:
    """A CloudEvents header that is no text is a fault of the header."""
    rejection = read({"customer": {"source_id": "c"}}, headers=[("ce_type", b"\xff")])
    assert isinstance(rejection, Rejected)
    assert rejection[:4] == ("invalid_envelope", "headers.ce_type", "UTF-8", 'text "ff"')


@pytest.mark.parametrize("cut", [11, 12, 20, -1])
def test_truncated_avro_is_rejected(read: Read, catalog: Catalog, cut: int) -> None:
    """A record that ends too early is malformed, wherever it was cut."""
    whole = EventWire(catalog.definitions["hotel_stay"]).encode(EVENT)
    rejection = read(whole[:cut])
    assert isinstance(rejection, Rejected)
    assert rejection[:3] == ("malformed_avro", "value", "a record of the wire schema of hotel_stay")


def test_bytes_after_an_avro_record_are_rejected(read: Read, catalog: Catalog) -> None:
    """A record must fill the value."""
    rejection = read(EventWire(catalog.definitions["hotel_stay"]).encode(EVENT) + b"\x00\x00")
    assert isinstance(rejection, Rejected)
    assert rejection.found == "ValueError: 2 bytes left after the record"


def test_an_avro_record_of_another_event_is_rejected(read: Read, catalog: Catalog) -> None:
    """The event that is named inside must be the one whose schema was used."""
    value = EventWire(catalog.definitions["app_opened"]).encode(
        {**EVENT, "event": "hotel_stay", "metadata": {}}
    )
    rejection = read(value)
    assert isinstance(rejection, Rejected)
    assert rejection[:4] == (
        "invalid_envelope",
        "event",
        "app_opened, whose schema was used",
        'text "hotel_stay"',
    )
