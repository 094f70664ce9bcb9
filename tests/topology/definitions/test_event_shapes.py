"""The heart's view of event definitions."""

from schemas.catalog import Catalog
from streams.domain.definitions import EventShape
from topology.definitions.event_shapes import event_shapes


def test_a_shape_has_the_attributes_and_their_types() -> None:
    """Attribute types as the design's table has them; mandatory or not makes no difference to a rule."""
    catalog = Catalog.from_documents(
        {
            "visit": {
                "type": "record",
                "name": "visit",
                "additional": True,
                "fields": [
                    {"name": "path", "type": "string"},
                    {"name": "seconds", "type": ["null", "double"], "default": None},
                ],
            },
        },
    )
    assert event_shapes(catalog) == {
        "visit": EventShape({"path": "text", "seconds": "number"}, additional=True)
    }
