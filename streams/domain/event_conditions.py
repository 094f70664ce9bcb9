"""Conditions on how often and when an event occurred, the same in filters and in validation rules.

Decides how they are written: ``events.<name>.<metric>`` with operators of whole numbers, a count perhaps with a window.
What one says stands in ``conditions``.
"""

from collections.abc import Collection, Mapping

from streams.domain.calendars import Calendar
from streams.domain.conditions import DaysSince, EventCount
from streams.domain.durations import MOST_DAYS, duration_at
from streams.domain.faults import Place, nearest
from streams.domain.identities import EventName
from streams.domain.instants import DAY
from streams.domain.ranges import range_at

MOST_TIMES = 1_000_000_000_000

MOST_DAYS_WITHIN = 366
"""The longest window of a count."""

_METRICS = ("count", "last_occurred", "first_occurred")


def event_condition_at(
    place: Place, path: str, value: object, events: Collection[str], calendar: Calendar | None
) -> EventCount | DaysSince | None:
    """The condition on ``<name>.<metric>``, or none after noting faults."""
    # An event's name may contain dots, as those of internal events do; a metric never does.
    name, _, metric = path.rpartition(".")
    if metric not in _METRICS or not name:
        place.fault("events.<name>." + "|".join(_METRICS), f"events.{path}", nearest(metric, _METRICS))
        return None
    event = EventName(name)
    if event not in events:
        place.unknown("event", name, events)
    if metric == "count":
        return _count(place, event, value)
    if isinstance(value, Mapping) and "within" in value:
        hint = f"{metric} counts days itself; a window stands beside events.{name}.count"
        place.at("within").fault("one of conditions", "within", hint)
        value = {key: inner for key, inner in value.items() if key != "within"}
    days = range_at(place, value, "days", MOST_DAYS)
    if days is None:
        return None
    return DaysSince(event, "last" if metric == "last_occurred" else "first", *days, calendar)


def _count(place: Place, event: EventName, value: object) -> EventCount | None:
    times = range_at(place, value, "times", MOST_TIMES, beside=("within",))
    within = None
    if isinstance(value, Mapping) and "within" in value:
        within = _whole_days(place.at("within"), value["within"])
        if within is None:
            return None
    return None if times is None else EventCount(event, *times, within)


def _whole_days(place: Place, value: object) -> int | None:
    days, rest = divmod(duration_at(Place(place.kind, place.id, place.path, []), value) or 0, DAY)
    if rest or not 0 < days <= MOST_DAYS_WITHIN:
        place.fault(f"whole days, P1D to P{MOST_DAYS_WITHIN}D", value)
        return None
    return days
