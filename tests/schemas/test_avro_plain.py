"""The short way of reading Avro: whatever it reads, the general way reads alike."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro_wire import EventWire
from schemas.catalog import Catalog
from schemas.conformance import compile_members
from schemas.definitions import attributes_of
from schemas.wire import Decoded, EventReader
from tests.schemas.conftest import EVENT, RECEIVED_AT, STAY

CATALOG = Catalog.from_documents({"hotel_stay": STAY})
DEFINITION = CATALOG.definitions["hotel_stay"]
WIRE = EventWire(DEFINITION)
READER = EventReader(CATALOG)
PLAIN = {**EVENT, "customer": {"source_id": "c-1"}}
VALUE = WIRE.encode(PLAIN)

TIMES = ["2026-11-18T10:00:00Z", "2030-01-01T00:00:00Z", "1969-12-31T00:00:00Z"]
IDS = st.none() | st.sampled_from(["a-1", "", "x" * 256, "x" * 257, "tab\t", "zürich"])
ENVELOPES = st.builds(
    lambda customer, more: {**PLAIN, **more, "customer": customer},
    st.sampled_from(["c-1", "", "x" * 257, "c\n1", "ü"]).flatmap(
        lambda id_: st.sampled_from([{"source_id": id_}, {"source_id": id_, "email": "ada@example.com"}])
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "id": IDS,
            "source": IDS,
            "loyalty": st.none() | st.sampled_from(["a-1", "", "x" * 64, "tab\t"]).map(lambda c: {"code": c}),
            "occurred_at": st.none()
            | st.sampled_from(["2026-11-18T10:00:00Z", "2030-01-01T00:00:00Z", "1969-12-31T00:00:00Z"]),
        },
    ),
)


def read(value: bytes, headers: list[tuple[str, bytes | None]] | None) -> Any:
    """The event or the rejection. A header of nobody's sends it the general way."""
    return READER.read(value, headers=headers, timestamp=RECEIVED_AT, received_at=RECEIVED_AT)


def read_plain(value: bytes) -> Any:
    """The event of a single object, if it is plain."""
    return WIRE.read_plain(value, 10, RECEIVED_AT, RECEIVED_AT)


@given(envelope=ENVELOPES)
def test_both_ways_read_alike(envelope: dict[str, Any]) -> None:
    """With or without the short way, the same bytes give the same event or the same rejection."""
    value = WIRE.encode(envelope)
    assert read(value, None) == read(value, [("trace", b"1")])


@given(at=st.integers(10, len(VALUE) - 1), byte=st.integers(0, 255))
def test_both_ways_read_spoilt_bytes_alike(at: int, byte: int) -> None:
    """Whatever byte stands in whatever place."""
    value = VALUE[:at] + bytes([byte]) + VALUE[at + 1 :]
    assert read(value, None) == read(value, [("trace", b"1")])


@pytest.mark.parametrize("end", [*range(10, len(VALUE)), len(VALUE) + 1])
def test_what_is_cut_off_or_too_long_is_not_plain(end: int) -> None:
    """A record ends where its last attribute ends."""
    assert read_plain((VALUE + b"x")[:end]) is None


def test_a_plain_event_is_read_the_short_way() -> None:
    """Envelope and attributes, in normal form."""
    assert read_plain(VALUE) == tuple(read(VALUE, [("trace", b"1")]))
    assert isinstance(read(VALUE, None), Decoded)


def test_an_event_with_a_profile_is_not_plain() -> None:
    """The profile is for the general way to check."""
    value = WIRE.encode({**PLAIN, "customer": {"source_id": "c-1", "name": "Ada"}})
    assert read_plain(value) is None


def test_an_event_of_a_name_longer_than_63_letters_is_plain_as_well() -> None:
    """The length of its name takes two bytes."""
    document = {**STAY, "name": "stay_" * 20}
    catalog = Catalog.from_documents({document["name"]: document})
    definition = catalog.definitions[document["name"]]
    wire = EventWire(definition)
    value = wire.encode({**PLAIN, "event": document["name"]})
    found = wire.read_plain(value, 10, RECEIVED_AT, RECEIVED_AT)
    assert found is not None
    assert found[1] == document["name"]
    assert found[4] == compile_members(attributes_of(definition), "metadata")(PLAIN["metadata"], [])
