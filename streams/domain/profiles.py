"""The fields of a customer that conditions and messages may name, and how to look them up.

Decides which paths exist: ``email``, ``address.city``, ``metadata.club_level``. Does not know what a value means.
"""

from collections.abc import Callable, Mapping

from streams.domain.definitions import AttributeType
from streams.domain.events import JsonValue
from streams.domain.facts import Facts
from streams.domain.faults import Place

Path = tuple[str, ...]
LookUp = Callable[[Facts], JsonValue]

FIELDS: Mapping[str, AttributeType] = {
    "name": "text",
    "email": "text",
    "phone": "text",
    "source_id": "text",
    "birthdate": "date",
    "created_at": "datetime",
}
"""Standard fields of a customer with their types."""

ADDRESS = ("city", "state", "country", "postal_code", "line_1", "line_2")
"""Fields under ``address``."""


def profile_path(place: Place, written: str) -> tuple[Path, AttributeType | None] | None:
    """The path that ``written`` stands for with its type (none for metadata), or none after noting the fault."""
    head, _, rest = written.partition(".")
    if written in FIELDS:
        return (written,), FIELDS[written]
    if head == "metadata" and rest:
        return ("metadata", rest), None
    if head == "address" and rest in ADDRESS:
        return ("address", rest), "text"
    known = [*FIELDS, "metadata.<key>", *(f"address.{field}" for field in ADDRESS)]
    place.unknown("customer field", written, known)
    return None


def look_up(path: Path) -> LookUp:
    """What stands at a path of the customer; none where nothing stands."""
    if path == ("source_id",):
        return lambda facts: facts.customer_id
    if len(path) == 1:
        (field,) = path
        return lambda facts: facts.profile.get(field)
    outer, inner = path

    def nested(facts: Facts) -> JsonValue:
        value = facts.profile.get(outer)
        return value.get(inner) if isinstance(value, dict) else None

    return nested
