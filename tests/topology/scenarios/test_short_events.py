from typing import Any

import pytest

from schemas.catalog import Catalog
from schemas.rejections import Rejected
from schemas.wire import EventReader
from topology.scenarios.short_events import avro_event

SENT: list[dict[str, Any]] = [
    {"event": "e", "metadata": {"colour": "red"}},
    {"event": "other", "metadata": {"colour": "blue"}},
    {"tick": "…"},
]


def read(body: dict[str, Any], metadata: str) -> object:
    """An event of this short form, as the wire's reader reads it."""
    catalog = Catalog.from_documents({"e.f": avro_event("e.f", body, SENT)})
    value = f'{{"event":"e.f","customer":{{"source_id":"c"}},"metadata":{metadata}}}'
    return EventReader(catalog).read(value.encode(), None, 0, 0)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", '"a"', "1"),
        ("number", "1.5", '"a"'),
        ("boolean", "true", "1"),
        ("date", '"2026-03-01"', '"soon"'),
        ("datetime", '"2026-03-01T00:00:00Z"', '"2026-03-01"'),
        ("image_url", '"https://x.example/a.png"', '"a"'),
        ("geopoint", '{"lat":1,"lon":2}', '{"lat":1}'),
        ("object", '{"any":[1]}', "1"),
        ("list", '["a"]', "[1]"),
    ],
)
def test_an_attribute_is_what_its_type_says(kind: str, good: str, bad: str) -> None:
    """It may be left out; a value of another type is rejected."""
    assert not isinstance(read({"a": kind}, "{}"), Rejected)
    assert not isinstance(read({"a": kind}, f'{{"a":{good}}}'), Rejected)
    assert isinstance(read({"a": kind}, f'{{"a":{bad}}}'), Rejected)


def test_one_of_takes_the_values_that_the_scenario_sends() -> None:
    """Of this event; the short form does not list them."""
    (field,) = avro_event("e", {"colour": "one_of"}, SENT)["fields"]
    assert field["type"][1]["symbols"] == ["red"]


@pytest.mark.parametrize("additional", [True, False])
def test_other_attributes_are_allowed_if_it_says_so(*, additional: bool) -> None:
    """As in a definition."""
    assert isinstance(read({"additional": additional}, '{"b":1}'), Rejected) is not additional


def test_an_avro_record_stands_as_it_is() -> None:
    """For limits, mandatory attributes and all that the short form lacks."""
    record = {"type": "record", "name": "e", "fields": [{"name": "n", "type": "long", "max": 5}]}
    assert avro_event("e", record, SENT) == record
