"""Examples of events."""

import json

import pytest

from schemas.catalog import EVENTS_DIRECTORY, Catalog, load_catalog
from schemas.definitions import read_definition
from schemas.examples import example_event
from schemas.wire import Decoded, EventReader
from tests.schemas.conftest import STAY

SHIPPED = load_catalog([EVENTS_DIRECTORY])


@pytest.mark.parametrize("name", SHIPPED.definitions)
def test_every_event_that_comes_along_shows_itself(name: str) -> None:
    """It carries an example of its own and says whose it is."""
    definition = SHIPPED.definitions[name]
    assert definition.example
    assert definition.owner
    assert definition.doc


def test_an_example_is_made_from_types_and_limits() -> None:
    """One value of every type; what a worker reads from it is an event."""
    unlimited = [dict(field) for field in STAY["fields"]]
    unlimited[0].pop("pattern")
    document = {**STAY, "fields": unlimited}
    catalog = Catalog.from_documents({"hotel_stay": document})
    event = example_event(catalog.definitions["hotel_stay"])
    assert set(event["metadata"]) == {field["name"] for field in STAY["fields"]}  # type: ignore[arg-type]
    told = EventReader(catalog).read(json.dumps(event).encode(), None, None, 1_795_428_060_000)
    assert isinstance(told, Decoded), told


def test_an_optional_attribute_that_cannot_be_made_is_left_out() -> None:
    """A pattern is not guessed at."""
    fields = [
        {"name": "a", "type": ["null", "string"], "default": None, "pattern": "^[0-9]{9}$"},
        {"name": "b", "type": "string", "minLength": 6},
        {"name": "c", "type": "long", "min": 2.5},
        {"name": "d", "type": "double", "max": -1},
    ]
    definition = read_definition({"type": "record", "name": "e", "fields": fields}, "e.avsc")
    assert example_event(definition)["metadata"] == {"b": "textte", "c": 3, "d": -1}
