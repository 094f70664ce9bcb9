"""What a directory would break of what is live."""

from typing import Any

from schemas.catalog import Catalog
from topology.definitions.evolution import breaking_changes


def visit(**properties: Any) -> dict[str, Any]:
    """A definition with one attribute."""
    return {
        "type": "record",
        "name": "visit",
        "fields": [{"name": "seconds", "type": "double", **properties}],
    }


def after(**documents: Any) -> Catalog:
    """The events that follow."""
    return Catalog.from_documents(documents)


def test_a_live_event_is_held_to_what_takes_its_place() -> None:
    """Also when that is the one that comes along, since its own was taken away."""
    (found,) = breaking_changes({"visit": visit()}, after(visit=visit(max=5)), "FULL")
    assert (found.event, found.path) == ("visit", "seconds")
    assert breaking_changes({"visit": visit()}, after(visit=visit(max=5)), "NONE") == ()


def test_what_was_never_live_breaks_nobody() -> None:
    """A new event, and one that nobody defines any more: the plan shows its deletion."""
    assert breaking_changes({}, after(visit=visit(max=5)), "FULL") == ()
    assert breaking_changes({"visit": visit()}, after(), "FULL") == ()


def test_a_live_definition_that_cannot_be_read_is_not_kept() -> None:
    """The plan that mends it must not be refused for it."""
    broken = {**visit(), "example": {}}
    assert breaking_changes({"visit": broken}, after(visit=visit(max=5)), "FULL") == ()
