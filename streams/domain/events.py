"""An event as the heart sees it: already decoded, checked and dated.

Does not know how it was written on the wire, nor on which topic it stood.
"""

from collections.abc import Mapping
from typing import NamedTuple

from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant

JsonScalar = str | int | float | bool | None
JsonValue = JsonScalar | list["JsonValue"] | dict[str, "JsonValue"]


class Event(NamedTuple):
    """One occurrence of a defined event, of one customer."""

    id: EventId
    name: EventName
    customer_id: CustomerId
    occurred_at: Instant
    metadata: Mapping[str, JsonValue]
    """Attributes in their JSON form: dates and datetimes are ISO strings."""
    profile: Mapping[str, JsonValue]
    """Profile fields that came with the event (``name``, ``email``, ``metadata``, …); empty for none."""
    source: str | None
    card: str | None = None
    """Code of the loyalty card that earned points go to; none for the customer's own."""
