"""The short way of reading an envelope: whatever it reads, the general way reads alike."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.catalog import EVENTS_DIRECTORY, Catalog, load_catalog
from schemas.conformance import compile_members
from schemas.definitions import attributes_of
from schemas.plain_envelope import PlainReader
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
LOYALTY = st.one_of(
    st.none(),
    IDS.map(lambda code: {"code": code}),
    st.just({}),
    st.just({"code": "a", "points": 1}),
    st.just("a"),
)
ENVELOPES = st.fixed_dictionaries(
    {"event": st.sampled_from(["new_review", "no_such_event", ""]), "customer": CUSTOMERS},
    optional={
        "id": IDS,
        "occurred_at": TIMES,
        "source": IDS,
        "metadata": METADATA,
        "extra": st.just(1),
        "loyalty": LOYALTY,
    },
)


def read(value: bytes, headers: list[tuple[str, bytes | None]] | None) -> Any:
    """The event or the rejection. A header of nobody's sends it the general way."""
    return READER.read(value, headers=headers, timestamp=NOW, received_at=NOW)


@given(envelope=ENVELOPES)
def test_both_ways_read_alike(envelope: dict[str, Any]) -> None:
    """With or without the short way, the same bytes give the same event or the same rejection."""
    value = json.dumps(envelope).encode()
    assert read(value, None) == read(value, [("trace", b"1")])


KINDS: dict[str, tuple[str | dict[str, Any], dict[str, Any]]] = {
    "text": ("string", {}),
    "short": ("string", {"minLength": 1, "maxLength": 3}),
    "empty": ("string", {"maxLength": 0}),
    "patterned": ("string", {"pattern": "^a"}),
    "long": ("long", {}),
    "int": ("int", {}),
    "rating": ("long", {"min": 0.5, "max": 5.5}),
    "endless": ("string", {"minLength": 2**70}),
    "none": ("long", {"min": 1e30}),
    "double": ("double", {}),
    "amount": ("double", {"min": 0, "max": 10}),
    "large": ("double", {"max": 2.0**53}),
    "boolean": ("boolean", {}),
    "enum": ({"type": "enum", "name": "symbols", "symbols": ["a", "b"]}, {}),
    "date": ({"type": "int", "logicalType": "date"}, {}),
    "list": ({"type": "array", "items": "long"}, {}),
}
"""Types of attributes with limits; from each, four definitions are made."""
DEFAULTS = {"rating": 1, "short": "a", "amount": 1, "enum": "a", "list": [], "boolean": False, "empty": ""}


def _definitions(kind: str, avro: Any, limits: dict[str, Any]) -> dict[str, dict[str, Any]]:
    mandatory = {"name": "value", "type": avro, **limits}
    fields = {
        f"{kind}": [mandatory],
        f"{kind}-null": [{**mandatory, "type": ["null", avro], "default": None}],
        f"{kind}-more": [mandatory, {"name": "other", "type": "long"}],
        f"{kind}-open": [mandatory],
    }
    if kind in DEFAULTS:
        fields[f"{kind}-default"] = [{**mandatory, "default": DEFAULTS[kind]}]
    return {
        name: {
            "type": "record",
            "name": "of_" + name.replace("-", "_"),
            "event": name,
            "additional": name.endswith("-open"),
            "fields": its,
        }
        for name, its in fields.items()
    }


MANY = Catalog.from_documents(
    {name: one for kind, how in KINDS.items() for name, one in _definitions(kind, *how).items()}
)
OF_MANY = EventReader(MANY)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.text("ab\\\x00é😀", max_size=5),
    st.integers(-3, 12),
    st.floats(-3, 12),
    st.sampled_from(
        [5.0, 1e300, 2**31, -(2**31), 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**400]
    ),
    st.just("2026-11-23"),
    st.lists(st.integers(0, 3), max_size=2),
    st.just({}),
)


@given(
    event=st.sampled_from(sorted(MANY.definitions)),
    metadata=st.dictionaries(st.sampled_from(["value", "other", "surplus"]), VALUES),
)
def test_attributes_of_every_type_are_read_alike(event: str, metadata: dict[str, Any]) -> None:
    """What the decoder checks by itself has the same normal form, down to the types of numbers, and the same faults."""
    value = json.dumps({"event": event, "customer": {"source_id": "c"}, "metadata": metadata}).encode()
    ways: list[Any] = [OF_MANY.read(value, headers, NOW, NOW) for headers in (None, [("trace", b"1")])]
    assert repr(ways[0]) == repr(ways[1])


def plain(value: bytes) -> Any:
    """What the short way makes of a value."""
    definitions = load_catalog([EVENTS_DIRECTORY]).definitions
    checked = {name: compile_members(attributes_of(one), "metadata") for name, one in definitions.items()}
    return PlainReader(definitions.values(), checked).read(value, NOW, NOW)


def test_a_plain_event_is_read_the_short_way() -> None:
    """An envelope of its own keys alone, with a customer of no more than an id, is plain."""
    value = b'{"event": "purchase", "customer": {"source_id": "c-1"}, "id": "r-1", "metadata": {"cds": 2, "amount": 5}}'
    assert plain(value) == ("r-1", "purchase", "c-1", NOW, {"cds": 2, "amount": 5.0}, {}, None, None)


def test_a_profile_is_left_to_the_general_way() -> None:
    """An event that tells more of the customer than the id is not plain."""
    value = (
        b'{"event": "new_review", "customer": {"source_id": "c-1", "name": "A"}, "metadata": {"rating": 5}}'
    )
    assert plain(value) is None
