"""What may be shown of a customer beside the id: fields of the profile, segments, what is known of an event.

Decides the names, which are those that filters use, and how a value is written. Days since an event are shown as the
instant from which they count.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from streams.domain.definitions import EventShape
from streams.domain.events import JsonValue
from streams.domain.facts import Facts
from streams.domain.faults import Place, nearest
from streams.domain.identities import EventName
from streams.domain.instants import format_instant
from streams.domain.lists import memberships_of
from streams.domain.profiles import look_up, profile_path

CUSTOMER_ID = "customer_id"
SEGMENTS = "segments"
_METRICS = ("count", "first_occurred", "last_occurred")


class Column(NamedTuple):
    """One thing that is shown of each customer."""

    name: str
    value: Callable[[Facts], JsonValue]


def column_at(place: Place, written: str, events: Mapping[EventName, EventShape]) -> Column | None:
    """The column of this name, or none after noting that there is none."""
    if written == CUSTOMER_ID:
        return Column(written, lambda facts: facts.customer_id)
    if written == SEGMENTS:
        return Column(written, lambda facts: [*sorted(memberships_of(facts.segments))])
    if written.startswith("events."):
        return _of_event(place, written, events)
    path = profile_path(place, written)
    return None if path is None else Column(written, look_up(path[0]))


def _of_event(place: Place, written: str, events: Mapping[EventName, EventShape]) -> Column | None:
    name, _, metric = written.removeprefix("events.").rpartition(".")
    event = EventName(name)
    if metric not in _METRICS:
        place.fault("events.<name>." + "|".join(_METRICS), written, nearest(metric, _METRICS))
        return None
    if event not in events:
        place.unknown("event", name, events)
        return None
    if metric == "count":
        return Column(
            written, lambda facts: facts.occurrences[event].count if event in facts.occurrences else 0
        )
    first = metric == "first_occurred"

    def dated(facts: Facts) -> JsonValue:
        occurrence = facts.occurrences.get(event)
        return occurrence and format_instant(occurrence.first if first else occurrence.last)

    return Column(written, dated)
