"""Membership worked out the slow way: from the list of all events, at one instant, by reading the filter each time.

Written from the design page alone. It imports nothing of the heart, keeps no state, and knows no deadline: it is what
the heart is held to. It reads the spellings that the histories use, and no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

DAY = 86_400_000


class Happened(NamedTuple):
    """One event of the one customer: what, when, and which plan the profile was given with it."""

    name: str
    at: int
    plan: str | None


Filters = Mapping[str, Mapping[str, Any]]
"""Filters by segment id."""

Moved = tuple[str, str, str, int]
"""Segment, ``entered`` or ``left``, cause, instant."""


def members(filters: Filters, events: Sequence[Happened], now: int) -> frozenset[str]:
    """The segments that the customer is in at ``now`` after these events."""
    return frozenset(segment for segment in filters if _holds(filters[segment], filters, events, now))


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
    """The changes after ``since`` up to ``until`` without any event, looked for at each whole day after each event."""
    days = range(1, 2 + max(((until - event.at) // DAY for event in events), default=0))
    instants = {event.at + day * DAY for event in events for day in days}
    for instant in sorted(instant for instant in instants if since < instant <= until):
        yield moved(filters, events, members(filters, events, instant - 1), (instant, "time", instant))


def _references(body: Mapping[str, Any]) -> set[str]:
    here = {
        segment for ids in body.get("segments", {"conditions": {}})["conditions"].values() for segment in ids
    }
    return here.union(*(_references(group) for group in body.get("groups", [])))


def _holds(body: Mapping[str, Any], filters: Filters, events: Sequence[Happened], now: int) -> bool:
    answers = [
        _condition(key, value["conditions"], filters, events, now)
        for key, value in body.items()
        if key not in {"junction", "not", "groups"}
    ]
    answers += [_holds(group, filters, events, now) for group in body.get("groups", [])]
    answer = any(answers) if body.get("junction", "and") == "or" else all(answers)
    return not answer if body.get("not") else answer


def _condition(
    key: str, conditions: Mapping[str, Any], filters: Filters, events: Sequence[Happened], now: int
) -> bool:
    if key == "segments":
        inside = {segment for segment in filters if _holds_any(segment, conditions, filters, events, now)}
        return all(bool(inside & set(ids)) == (operator == "$in") for operator, ids in conditions.items())
    if key == "metadata.plan":
        plans = [event.plan for event in events if event.plan is not None]
        return bool(plans) and plans[-1] in conditions["$in"]
    _, name, metric = key.split(".")
    dates = [event.at for event in events if event.name == name]
    if metric == "count":
        return all(_compare(len(dates), operator, values) for operator, values in conditions.items())
    if not dates:
        return False
    since = max(dates) if metric == "last_occurred" else min(dates)
    return all(
        _compare(max(0, now - since) // DAY, operator, values) for operator, values in conditions.items()
    )


def _holds_any(
    segment: str, conditions: Mapping[str, Any], filters: Filters, events: Sequence[Happened], now: int
) -> bool:
    named = {one for ids in conditions.values() for one in ids}
    return segment in named and _holds(filters[segment], filters, events, now)


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
