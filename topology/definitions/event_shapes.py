"""Event definitions as the heart needs them: the bridge between the catalog and the ruleset.

Schemas and domain do not know each other; this is where they meet.
"""

from collections.abc import Mapping

from schemas.catalog import Catalog
from streams.domain.definitions import EventShape
from streams.domain.identities import EventName


def event_shapes(catalog: Catalog) -> Mapping[EventName, EventShape]:
    """Every event of the catalog with its attributes and whether others are allowed."""
    return {
        EventName(name): EventShape(
            {attribute: each.type for attribute, each in definition.attributes.items()},
            definition.additional,
        )
        for name, definition in catalog.definitions.items()
    }
