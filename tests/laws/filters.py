"""Generated filters over the whole grammar, and customers who are just in or just out of them.

Names and texts are few and awkward, so that conditions often speak of the same, and quoting is put to the test.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from streams.domain.definitions import EventShape
from streams.domain.facts import Facts
from streams.domain.filters import Vocabulary
from streams.domain.identities import CustomerId, EventName, SegmentId
from streams.domain.instants import Instant
from streams.domain.state import Membership, Occurrence

DAY = 86_400_000
NAMES = ("visit", "a.b-c", "and", "1e5", "two words", "`quoted``", '"')
SEGMENTS = ("friends", 'the "best"')
EVENTS = {EventName(name): EventShape({}, additional=True) for name in NAMES}
VOCABULARY = Vocabulary(EVENTS, SEGMENTS)

TEXTS = st.sampled_from(["", "a", "ab", "1", "true", 'say "hi"\\', "línea\n2", "\ud800", "2026-11-20"])
NUMBERS = st.sampled_from([0, 1, 1.0, 1.5, -2, 10**15, 10**39, 1e300, -0.0])
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans())
SMALL = st.integers(0, 3).flatmap(lambda n: st.sampled_from([n, str(n), float(n)]))
DATES = st.sampled_from(["2026-11-19", "2026-11-20", "2026-11-20T12:00:00Z", "2026-11-20T12:00:00.001+01:00"])


def lists(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One to three values in a list, or one bare."""
    return st.one_of(values, st.lists(values, min_size=1, max_size=3))


def one(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One value, in a list or bare."""
    return values.flatmap(lambda value: st.sampled_from([value, [value]]))


def ascending(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Two values, the smaller first."""
    return st.lists(values, min_size=2, max_size=2).map(lambda pair: sorted(pair, key=float))


EQUAL = ("$is", "$is_not", "$in", "$not_in")
ORDERED = (
    *("$more_than", "$greater_than", "$more_than_or_equal", "$more_than_equal", "$greater_than_equal"),
    *("$less_than", "$less_than_or_equal", "$less_than_equal"),
)
PARTS = ("$starts_with", "$ends_with", "$contains", "$not_contain", "$not_contains")
Operands = Mapping[str, st.SearchStrategy[Any]]
"""What each operator of a field may be given."""

COUNTED: Operands = {
    **dict.fromkeys(("$is", "$is_not", *ORDERED), one(SMALL)),
    "$between": ascending(SMALL),
}
PRESENCE: Operands = dict.fromkeys(("$has_value", "$is_unknown"), st.sampled_from([True, [True], []]))
TEXTUAL: Operands = {
    **dict.fromkeys(EQUAL, lists(TEXTS)),
    **dict.fromkeys(PARTS, lists(TEXTS)),
    **PRESENCE,
}
DATED: Operands = {
    **dict.fromkeys(EQUAL, lists(DATES)),
    **dict.fromkeys(("$after", "$before"), one(DATES)),
    **PRESENCE,
}
WHATEVER: Operands = {
    **TEXTUAL,
    **dict.fromkeys(EQUAL, lists(SCALARS)),
    **dict.fromkeys(ORDERED, one(NUMBERS)),
    "$between": ascending(NUMBERS),
    **dict.fromkeys(("$count", "$count_more", "$count_less"), one(SMALL)),
}
METRICS = ("count", "last_occurred", "first_occurred")
OPERATORS: Mapping[str, Operands] = {
    **{f"events.{name}.{metric}": COUNTED for name in NAMES for metric in METRICS},
    "email": TEXTUAL,
    "address.city": TEXTUAL,
    "birthdate": DATED,
    "metadata.a": WHATEVER,
    "metadata.two `words`": WHATEVER,
    "segments": dict.fromkeys(EQUAL, lists(st.sampled_from(SEGMENTS))),
}


@st.composite
def bodies(draw: st.DrawFn, depth: int = 3) -> dict[str, Any]:
    """A filter's JSON form."""
    body: dict[str, Any] = {}
    if depth:
        body["groups"] = draw(st.lists(bodies(depth - 1), max_size=3))
    keys = st.lists(st.sampled_from(list(OPERATORS)), min_size=0 if body.get("groups") else 1, max_size=3)
    for key in draw(keys):
        chosen = draw(st.lists(st.sampled_from(list(OPERATORS[key])), min_size=1, max_size=3))
        body[key] = {"conditions": {operator: draw(OPERATORS[key][operator]) for operator in chosen}}
    if draw(st.booleans()):
        body["junction"] = draw(st.sampled_from(["and", "or"]))
    if draw(st.booleans()):
        body["not"] = draw(st.booleans())
    return body


VALUES = st.one_of(SCALARS, st.none(), st.lists(SCALARS, max_size=3))
PROFILES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "email": st.one_of(TEXTS, st.none()),
        "address": st.fixed_dictionaries({}, optional={"city": TEXTS}),
        "birthdate": DATES,
        "metadata": st.dictionaries(st.sampled_from(["a", "two `words`"]), VALUES),
    },
)


@st.composite
def customers(draw: st.DrawFn) -> Facts:
    """A customer at an instant."""
    occurrences = {
        EventName(name): Occurrence(
            draw(st.integers(1, 4)), Instant(first), Instant(first + draw(st.integers(0, 3)) * DAY)
        )
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True))
        for first in [draw(st.integers(0, 3)) * DAY]
    }
    held = {SegmentId(name): Membership(1, Instant(0)) for name in draw(st.sets(st.sampled_from(SEGMENTS)))}
    now = Instant(draw(st.integers(0, 6)) * DAY)
    return Facts(CustomerId("c-1"), occurrences, draw(PROFILES), held, now, None)
