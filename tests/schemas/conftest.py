"""One definition with an attribute of every type, and a reader of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.catalog import Catalog
from schemas.wire import Decoded, EventReader, Rejected

RECEIVED_AT = 1_795_428_060_000
"""2026-11-23T10:01:00Z, one minute after the events of these tests."""

STAY: dict[str, Any] = {
    "type": "record",
    "name": "hotel_stay",
    "doc": "A guest stayed in a hotel.",
    "fields": [
        {"name": "hotel", "type": "string", "minLength": 2, "maxLength": 20, "pattern": "^[A-Z]"},
        {"name": "nights", "type": "long", "min": 1, "max": 365},
        {"name": "floor", "type": "int", "default": 0},
        {"name": "price", "type": "double", "min": 0},
        {"name": "breakfast", "type": "boolean", "default": False},
        {"name": "arrival", "type": {"type": "int", "logicalType": "date"}},
        {
            "name": "checked_in",
            "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}],
            "default": None,
        },
        {"name": "photo", "type": ["null", "string"], "default": None, "attribute": "image_url"},
        {
            "name": "place",
            "type": [
                "null",
                {
                    "type": "record",
                    "name": "place",
                    "fields": [{"name": "lat", "type": "double"}, {"name": "lon", "type": "double"}],
                },
            ],
            "default": None,
        },
        {
            "name": "room",
            "type": {
                "type": "record",
                "name": "room",
                "fields": [
                    {"name": "number", "type": "string"},
                    {"name": "view", "type": {"type": "enum", "name": "view", "symbols": ["sea", "yard"]}},
                ],
            },
        },
        {
            "name": "guests",
            "default": [],
            "maxLength": 3,
            "type": {
                "type": "array",
                "items": {
                    "type": "record",
                    "name": "guest",
                    "fields": [
                        {"name": "age", "type": "long", "min": 0},
                        {"name": "nickname", "type": ["null", "string"], "default": None},
                    ],
                },
            },
        },
        {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []},
    ],
}
"""A definition with an attribute of every type."""

METADATA: dict[str, Any] = {
    "hotel": "Seaview",
    "nights": 3,
    "floor": 2,
    "price": 99.5,
    "breakfast": True,
    "arrival": "2026-11-20",
    "checked_in": "2026-11-20T15:30:00Z",
    "photo": "https://img.example.com/a.jpg",
    "place": {"lat": 54.5, "lon": 18.5},
    "room": {"number": "12a", "view": "sea"},
    "guests": [{"age": 40, "nickname": "Jo"}, {"age": 7, "nickname": None}],
    "tags": ["quiet"],
}
"""Attributes of it, in normal form."""

EVENT: dict[str, Any] = {
    "id": "e-1",
    "event": "hotel_stay",
    "customer": {"source_id": "c-42"},
    "occurred_at": "2026-11-23T10:00:00Z",
    "source": "hotel",
    "metadata": METADATA,
}
"""A whole event of it."""

Read = Callable[..., Decoded | Rejected]


def changed(**metadata: Any) -> dict[str, Any]:
    """The event with other attributes."""
    return {**EVENT, "metadata": {**METADATA, **metadata}}


def without(*names: str) -> dict[str, Any]:
    """The event without some attributes."""
    return {**EVENT, "metadata": {name: value for name, value in METADATA.items() if name not in names}}


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The stay, an event without attributes, and one that allows any."""
    return Catalog.from_documents(
        {
            "hotel_stay": STAY,
            "app_opened": {"type": "record", "name": "app_opened", "fields": []},
            "anything": {"type": "record", "name": "anything", "additional": True, "fields": []},
        }
    )


@pytest.fixture(scope="session")
def reader(catalog: Catalog) -> EventReader:
    """A reader with the limits it has by default."""
    return EventReader(catalog)


@pytest.fixture(scope="session")
def read(reader: EventReader) -> Read:
    """Reads a value, given as bytes or as what is to be written in JSON."""

    def read_value(value: Any, **record: Any) -> Decoded | Rejected:
        given = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
        told = {"headers": None, "timestamp": RECEIVED_AT, "received_at": RECEIVED_AT}
        return reader.read(given, **{**told, **record})

    return read_value
