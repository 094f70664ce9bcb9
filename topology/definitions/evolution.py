"""What a directory would break for those who send and read the events that are live.

Decides which definitions are held to which: each live one to what takes its place. An event that nobody defines any
more is no change but a deletion, which the plan shows; whoever still uses it in a segment or rule does not compile.
"""

from collections.abc import Mapping

from schemas.catalog import Catalog
from schemas.compatibility import Incompatibility, incompatibilities
from schemas.compatibility_mode import Mode
from schemas.definitions import EventDefinition, read_definition
from schemas.errors import SchemaError


def breaking_changes(
    live: Mapping[str, Mapping[str, object]], after: Catalog, mode: Mode
) -> tuple[Incompatibility, ...]:
    """The incompatibilities of the live Avro documents, by event name, with the catalog that is to follow."""
    found: list[Incompatibility] = []
    for name, document in live.items():
        old, new = _readable(name, document), after.definitions.get(name)
        if old is not None and new is not None:
            found += incompatibilities(old, new, mode)
    return tuple(found)


def _readable(name: str, document: Mapping[str, object]) -> EventDefinition | None:
    """A live definition that cannot be read has no event to keep; the plan that replaces it mends it."""
    try:
        return read_definition(document, f"event/{name}")
    except SchemaError:
        return None
