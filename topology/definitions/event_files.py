"""One event definition in a file, read so that every fault is told with line and column.

Joins the places that a file has with the paths that the definition's reader tells. Knows nothing of other definitions.
"""

from schemas.definitions import EventDefinition, read_definition
from schemas.errors import SchemaError
from streams.engine.errors import ConfigurationError
from topology.definitions.event_places import place_of
from topology.definitions.places import Document


def read_event(document: Document, file: str) -> EventDefinition:
    """The definition that a file holds. Raises ``ConfigurationError`` with a line for every fault."""
    try:
        return read_definition(document.value, file)
    except SchemaError as error:
        lines = [
            f"{place_of(document, fault.path)}: event: {fault.path or 'top'}: "
            f"expected {fault.expected}, found {fault.found}"
            for fault in error.faults
        ]
        raise ConfigurationError("\n".join(lines)) from error
