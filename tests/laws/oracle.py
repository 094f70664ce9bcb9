"""Membership worked out the slow way: from the list of all events, at one instant, by reading the filter each time.

Written from the pages alone. It imports nothing of the heart, keeps no state, and knows no deadline: it is what
the heart is held to. It reads the spellings that the histories use, and no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400_000
BASE = 1_540_425_600_000
"""25 October 2018: three days later clocks in Beirut go back over midnight, ten days later São Paulo skips one."""
ZONES = ("UTC", "Asia/Beirut", "America/Sao_Paulo", "Asia/Kathmandu")
_DAYS = range(-30, 60)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Happened(NamedTuple):
    """One event of the one customer: what, when, and what the profile was given with it, if anything."""

    name: str
    at: int
    plan: str | None
    birthdate: str | None = None


Filters = Mapping[str, Mapping[str, Any]]
"""Filters by segment id."""

Moved = tuple[str, str, str, int]
"""Segment, ``entered`` or ``left``, cause, instant."""


def members(filters: Filters, events: Sequence[Happened], now: int) -> frozenset[str]:
    """The segments that the customer is in at ``now`` after these events."""
    known = _Known(filters, events, now)
    return frozenset(segment for segment in filters if _holds(filters[segment], known, None))


def deciding_order(filters: Filters) -> list[str]:
    """Segments by the longest way down to one without references, then by id."""

    def depth(segment: str) -> int:
        return 1 + max((depth(other) for other in _references(filters[segment])), default=0)

    return sorted(filters, key=lambda segment: (depth(segment), segment))


def moved(
    filters: Filters, events: Sequence[Happened], before: frozenset[str], at: tuple[int, str, int]
) -> list[Moved]:
    """The changes from ``before`` to the membership at an instant; ``at`` is that instant, the cause and its date."""
    now, cause, dated = at
    after = members(filters, events, now)
    return [
        (segment, "entered" if segment in after else "left", cause, dated)
        for segment in deciding_order(filters)
        if (segment in after) != (segment in before)
    ]


def moved_by_time(
    filters: Filters, events: Sequence[Happened], since: int, until: int
) -> Iterator[list[Moved]]:
    """The changes after ``since`` up to ``until`` without any event, looked for wherever a day may begin or end.

    That is at each whole day from each event and each date, there also a millisecond later, and at each midnight.
    """
    dates = [event.birthdate for event in events if event.birthdate is not None]
    for instant in turning_points([event.at for event in events], dates, since, until):
        yield moved(filters, events, members(filters, events, instant - 1), (instant, "time", instant))


def turning_points(instants: Sequence[int], dates: Sequence[str], since: int, until: int) -> list[int]:
    """Every instant after ``since`` up to ``until`` at which an answer on these instants and dates may change."""
    found = {at + day * DAY for at in instants for day in _DAYS}
    found |= {_moment(value, None) + day * DAY + late for value in dates for day in _DAYS for late in (0, 1)}
    found |= {at for zone in ZONES for at in _midnights(zone)}
    return sorted(instant for instant in found if since < instant <= until)


def date_holds(value: str, conditions: Mapping[str, Sequence[Any]], now: int, zone: str | None) -> bool:
    """What conditions that speak of now say of a date or datetime."""
    return all(_moved_by_now(value, *condition, now, zone) for condition in conditions.items())


class _Known(NamedTuple):
    """What is known at an instant."""

    filters: Filters
    events: Sequence[Happened]
    now: int


def _references(body: Mapping[str, Any]) -> set[str]:
    here = {
        segment for ids in body.get("segments", {"conditions": {}})["conditions"].values() for segment in ids
    }
    return here.union(*(_references(group) for group in body.get("groups", [])))


def _holds(body: Mapping[str, Any], known: _Known, zone: str | None) -> bool:
    zone = body.get("calendar", zone)
    answers = [
        _condition(key, value, known, zone)
        for key, value in body.items()
        if key not in {"junction", "not", "groups", "calendar"}
    ]
    answers += [_holds(group, known, zone) for group in body.get("groups", [])]
    answer = any(answers) if body.get("junction", "and") == "or" else all(answers)
    return not answer if body.get("not") else answer


def _condition(key: str, value: Mapping[str, Any], known: _Known, zone: str | None) -> bool:
    conditions, events = value["conditions"], known.events
    if key == "segments":
        inside = {segment for segment in known.filters if _holds_any(segment, conditions, known)}
        return all(bool(inside & set(ids)) == (operator == "$in") for operator, ids in conditions.items())
    if key == "metadata.plan":
        plans = [event.plan for event in events if event.plan is not None]
        return bool(plans) and plans[-1] in conditions["$in"]
    if key == "birthdate":
        dates = [event.birthdate for event in events if event.birthdate is not None]
        return bool(dates) and date_holds(dates[-1], conditions, known.now, zone)
    number = _number(key, value.get("within"), known, zone)
    return number is not None and all(_compare(number, *condition) for condition in conditions.items())


def _number(key: str, within: str | None, known: _Known, zone: str | None) -> int | None:
    """How often, or how many days ago."""
    name, _, metric = key.removeprefix("events.").rpartition(".")
    instants = [event.at for event in known.events if event.name == name]
    if metric == "count":
        last_days = int((within or "P36500D")[1:-1])
        return sum(known.now // DAY - at // DAY < last_days for at in instants)
    if not instants:
        return None
    since = max(instants) if metric == "last_occurred" else min(instants)
    if zone is None:
        return max(0, known.now - since) // DAY
    return max(0, (_date(known.now, zone) - _date(since, zone)).days)


def _moved_by_now(value: str, operator: str, values: Sequence[Any], now: int, zone: str | None) -> bool:
    born = date.fromisoformat(value) if len(value) == 10 else _date(_moment(value, zone), zone or "UTC")
    today = _date(now, zone or "UTC")
    if operator == "$next_month":
        return born.month == (today.month + 1 if today.month < 12 else 1)
    if operator == "$anniversary_in_days":
        come = [_is_anniversary(born, today + timedelta(days=days)) for days in range(values[0] + 1)]
        return come[-1] and not any(come[:-1])
    apart = (today - born).days if zone else (now - _moment(value, None)) // DAY
    is_past = apart >= 0 if zone else _moment(value, None) <= now
    if operator.endswith("future"):
        left = -apart if zone else (_moment(value, None) - now) // DAY
        return not is_past and _compare(left, _PLAIN.get(operator, operator), values)
    return is_past and _compare(apart, _PLAIN.get(operator, operator), values)


_PLAIN = {
    "$is_days_ago": "$is",
    "$more_than_ago": "$more_than",
    "$less_than_ago": "$less_than",
    "$is_days_in_future": "$is",
    "$more_than_future": "$more_than",
    "$less_than_future": "$less_than",
}


def _is_anniversary(born: date, day: date) -> bool:
    if day.year <= born.year:
        return False
    kept_early = (born.month, born.day) == (2, 29) and (day + timedelta(days=1)).month == 3 and day.month == 2
    return kept_early or (day.month, day.day) == (born.month, born.day)


def _moment(value: str, zone: str | None) -> int:
    """The instant of a datetime, or the first one of a date."""
    if len(value) > 10:
        return round((datetime.fromisoformat(value) - _EPOCH) / timedelta(milliseconds=1))
    begin = date.fromisoformat(value)
    if zone is None:
        return (begin - _EPOCH.date()).days * DAY
    return next(at for at in _midnights(zone) if _date(at, zone) == begin)


def _date(instant: int, zone: str) -> date:
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone)).date()


@cache
def _midnights(zone: str) -> list[int]:
    """The quarters of hours at which the date in a zone becomes another, for all of the histories."""
    quarters = range(BASE - 40 * DAY, BASE + 70 * DAY, DAY // 96)
    return [at for at in quarters if _date(at, zone) != _date(at - 1, zone)]


def _holds_any(segment: str, conditions: Mapping[str, Any], known: _Known) -> bool:
    named = {one for ids in conditions.values() for one in ids}
    return segment in named and _holds(known.filters[segment], known, None)


def _compare(number: int, operator: str, values: Sequence[int]) -> bool:
    answers: Mapping[str, bool] = {
        "$is": number == values[0],
        "$is_not": number != values[0],
        "$more_than": number > values[0],
        "$more_than_or_equal": number >= values[0],
        "$less_than": number < values[0],
        "$less_than_or_equal": number <= values[0],
        "$between": values[0] <= number <= values[-1],
    }
    return answers[operator]
