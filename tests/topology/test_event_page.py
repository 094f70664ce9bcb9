"""The page of all events."""

import re

from schemas.catalog import EVENTS_DIRECTORY, INTERNAL_DIRECTORY, Catalog, load_catalog
from topology.event_page import events_page
from topology.snippets import Destination

HERE = Destination("localhost:9092", "custom-events", "http://localhost:8080")
CITY = {"name": "city", "type": "string"}
PARCEL = {
    "type": "record",
    "name": "parcel",
    "doc": "A parcel came | back.",
    "owner": "logistics",
    "fields": [
        {"name": "why", "type": "string", "pattern": "^(a|b)$", "doc": "The reason."},
        {"name": "weight", "type": ["null", "double"], "default": None, "min": 0},
        {"name": "to", "type": {"type": "record", "name": "place", "fields": [CITY]}},
        {"name": "stops", "default": [], "type": {"type": "array", "items": "place"}},
    ],
}


def test_attributes_stand_in_a_table_with_what_they_are() -> None:
    """Nested ones by their path; what is inside a cell cannot end it."""
    page = events_page(Catalog.from_documents({"parcel": PARCEL}), HERE)
    assert "| [parcel](#parcel) | A parcel came \\| back. | logistics |" in page
    assert "| `why` | text matching ^(a\\|b)$ | **rejected** | The reason. |" in page
    assert "| `weight` | number of at least 0, or null | `null` |  |" in page
    assert "| `to.city` | text | **rejected** |  |" in page
    assert "| `stops` | list of object of city | `[]` |  |" in page
    assert "| `stops[].city` | text | **rejected** |  |" in page
    assert "No further attributes are allowed." in page
    assert "the definition carries none of its own" in page


def test_every_event_has_an_example_and_six_programs() -> None:
    """In the order of names; every fence that is opened is closed."""
    page = events_page(load_catalog([EVENTS_DIRECTORY]), HERE)
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert headings == ["cart_abandoned", "new_review", "page_viewed", "purchase", "store_visited"]
    fences = re.findall(r"^```(\w*)$", page, re.MULTILINE)
    assert (
        fences
        == ["json", "", "python", "", "java", "", "go", "", "javascript", "", "sh", "", "python", ""] * 5
    )


def test_an_event_without_attributes_says_so() -> None:
    """Nothing is tabulated."""
    empty = {"type": "record", "name": "opened", "fields": []}
    assert "It has no attributes.\n" in events_page(Catalog.from_documents({"opened": empty}), HERE)


def test_internal_events_stand_behind_the_others() -> None:
    """In one table and without programs, for few are sent by hand."""
    page = events_page(load_catalog([EVENTS_DIRECTORY, INTERNAL_DIRECTORY]), HERE)
    others, internal = page.split("## Internal events")
    assert "customer.order.paid" not in others
    assert "| `customer.order.paid` | An order was paid. | `order_id`, `amount`, `items_count` |" in internal
    assert "```" not in internal
