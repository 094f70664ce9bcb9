"""How an event becomes history: counted, dated, its profile fields merged.

A fold, no more: no rule and no segment is known here. A late event counts and may move ``first`` back; it never moves
``last`` back.
"""

from collections.abc import Mapping

from streams.domain.day_counts import with_one_more
from streams.domain.events import JsonValue
from streams.domain.identities import EventName
from streams.domain.instants import Instant
from streams.domain.state import Occurrence

_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class; for what is made for every event."""
_MERGED = ("metadata", "address")
"""Fields whose keys are merged one by one; every other field is replaced as a whole."""


def counted(
    occurrences: Mapping[EventName, Occurrence], name: EventName, at: Instant
) -> dict[EventName, Occurrence]:
    """The occurrences with one more of this event."""
    known = occurrences.get(name)
    if known is None:
        return {**occurrences, name: Occurrence(1, at, at, with_one_more(b"", at))}
    count, first, last, days = known
    if at > last:
        last = at
    elif at < first:
        first = at
    following = dict(occurrences)
    following[name] = _new(Occurrence, (count + 1, first, last, with_one_more(days, at)))
    return following


def merged_profile(
    profile: Mapping[str, JsonValue], given: Mapping[str, JsonValue]
) -> Mapping[str, JsonValue]:
    """The profile with the given fields; null deletes. The very same object if nothing changed."""
    merged = _merged(profile, given)
    for field in _MERGED:
        inner, known = given.get(field), profile.get(field)
        if isinstance(inner, dict):
            merged[field] = _merged(known if isinstance(known, dict) else {}, inner)
            if not merged[field]:
                del merged[field]
    return profile if merged == profile else merged


def changed_fields(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]) -> list[str]:
    """The fields in which two profiles differ, ascending; those of metadata and address one by one, with a dot."""
    changed: list[str] = []
    for field in before.keys() | after.keys():
        old, new = before.get(field), after.get(field)
        if old == new:
            continue
        if field in _MERGED and isinstance(old or {}, dict) and isinstance(new or {}, dict):
            changed += (f"{field}.{inner}" for inner in changed_fields(old or {}, new or {}))  # type: ignore[arg-type]
        else:
            changed.append(field)
    return sorted(changed)


def _merged(known: Mapping[str, JsonValue], given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    merged = {**known, **given}
    return {field: value for field, value in merged.items() if value is not None}
