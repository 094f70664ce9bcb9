"""Generated filters over the whole grammar, and customers who are just in or just out of them.

Names and texts are few and awkward, so that conditions often speak of the same, and quoting is put to the test.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from streams.domain.definitions import EventShape
from streams.domain.evolve import counted
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
DATES = st.sampled_from(
    [
        *("1970-01-02", "1970-01-04", "1970-01-09", "1968-02-29", "1969-12-31", "1970-02-01"),
        *("1970-01-03T12:00:00Z", "1970-01-03T12:00:00.001+01:00"),
    ]
)
CIRCLES = st.sampled_from(
    [{"lat": 0, "lon": 0, "radius_km": 200}, {"radius_km": "0.5", "lat": "52.23", "lon": 21.01}]
)
ZONES = st.sampled_from(["Europe/Warsaw", "Pacific/Auckland", "UTC"])


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
BARE = st.sampled_from([True, [True], []])
PRESENCE: Operands = dict.fromkeys(("$has_value", "$is_unknown"), BARE)
TEXTUAL: Operands = {
    **dict.fromkeys(EQUAL, lists(TEXTS)),
    **dict.fromkeys(PARTS, lists(TEXTS)),
    **PRESENCE,
}
SPOKEN: Operands = {
    **dict.fromkeys(("$after", "$before"), one(DATES)),
    **dict.fromkeys(
        ("$more_than_ago", "$less_than_ago", "$more_than_future", "less_than_future"), one(SMALL)
    ),
    **dict.fromkeys(("$is_days_ago", "is_days_in_future", "$anniversary_in_days"), lists(SMALL)),
    "next_month": BARE,
}
DATED: Operands = {
    **SPOKEN,
    **dict.fromkeys(EQUAL, lists(DATES)),
    **dict.fromkeys(ORDERED, one(SMALL)),
    "$between": ascending(SMALL),
    **PRESENCE,
}
WHATEVER: Operands = {
    **SPOKEN,
    **TEXTUAL,
    **dict.fromkeys(EQUAL, lists(SCALARS)),
    **dict.fromkeys(ORDERED, one(NUMBERS)),
    "$between": ascending(NUMBERS),
    **dict.fromkeys(("$count", "$count_more", "$count_less"), one(SMALL)),
    "$in_location": lists(CIRCLES),
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
def bodies(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    """A filter's JSON form."""
    body: dict[str, Any] = {}
    if depth:
        body["groups"] = draw(st.lists(bodies(depth - 1), max_size=3))
    keys = st.lists(st.sampled_from(list(OPERATORS)), min_size=0 if body.get("groups") else 1, max_size=3)
    for key in draw(keys):
        chosen = draw(st.lists(st.sampled_from(list(OPERATORS[key])), min_size=1, max_size=3))
        body[key] = {"conditions": {operator: draw(OPERATORS[key][operator]) for operator in chosen}}
        if key.endswith(".count") and draw(st.booleans()):
            body[key]["within"] = draw(st.sampled_from(["P1D", "P3D", "P1W", "PT48H"]))
    if draw(st.integers(0, 3)) == 0:
        body["calendar"] = draw(ZONES)
    if draw(st.booleans()):
        body["junction"] = draw(st.sampled_from(["and", "or"]))
    if draw(st.booleans()):
        body["not"] = draw(st.booleans())
    return body


PLACES = st.sampled_from(["0.5,1", "52.23, 21.01", {"lat": 1, "lon": 1.0}])
VALUES = st.one_of(SCALARS, DATES, PLACES, st.none(), st.lists(SCALARS, max_size=3))
PROFILES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "email": st.one_of(TEXTS, st.none()),
        "address": st.fixed_dictionaries({}, optional={"city": TEXTS}),
        "birthdate": DATES,
        "metadata": st.dictionaries(st.sampled_from(["a", "two `words`"]), VALUES),
    },
)
INSTANTS = st.builds(
    lambda quarters, beside: Instant(quarters * DAY // 4 + beside),
    st.integers(0, 30),
    st.sampled_from([0, 0, -1, 1]),
)


@st.composite
def customers(draw: st.DrawFn) -> Facts:
    """A customer at an instant, after some events of the week before."""
    occurrences: dict[EventName, Occurrence] = {}
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=9)):
        occurrences = counted(occurrences, EventName(name), draw(INSTANTS))
    held = {SegmentId(name): Membership(1, Instant(0)) for name in draw(st.sets(st.sampled_from(SEGMENTS)))}
    return Facts(CustomerId("c-1"), occurrences, draw(PROFILES), held, draw(INSTANTS), None)
