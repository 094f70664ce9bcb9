"""Generated validation rules over the whole grammar, nested and joined by any logic, and occasions to ask them on."""

from typing import Any

from hypothesis import strategies as st

from streams.domain.events import Event
from streams.domain.facts import Facts
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant
from streams.domain.rules import ANY_EVENT, Context
from tests.laws.filters import (
    EVENTS,
    OPERATORS,
    SEGMENTS,
    VALUES,
    WHATEVER,
    ZONES,
    Operands,
    customers,
    lists,
    one,
)

CONTEXT = Context(SEGMENTS, ANY_EVENT, EVENTS)
TIMED: Operands = {
    "$dow": lists(st.integers(0, 6).flatmap(lambda day: st.sampled_from([day, str(day)]))),
    "$timeframe_absolute": lists(
        st.sampled_from(["1970-01-02;1970-01-05T12:00:00Z", "1970-01-04;1970-01-05"])
    ),
    "$timeframe": lists(st.sampled_from(["1970-01-02;P1D;PT6H", "1969-12-01T05:00:00Z;P2D;P1D"])),
    "$timeframe_daily_hours": lists(st.sampled_from(["06:00;12:00", "18:00;05:59;0,4", "00:00;24:00;2"])),
}
SETS: Operands = dict.fromkeys(
    ("$not_differ", "$not_intersect"), lists(st.sampled_from(["a", "ab", 1, True]))
)
FROM: Operands = {"$from": one(st.sampled_from([0, 1.5, "1970-01-03", "1970-01-03T12:00:00Z"]))}
ANYTHING: Operands = {**WHATEVER, **TIMED, **SETS, **FROM}
PROPERTIES = st.sampled_from(["a", "two `words`"])


@st.composite
def rules(draw: st.DrawFn, depth: int = 1) -> dict[str, Any]:
    """One numbered rule."""
    kind = draw(st.sampled_from(["filter", "customer", "event", "now"]))
    usable: Operands
    if kind == "filter":
        key = draw(st.sampled_from([key for key in OPERATORS if not key.startswith("metadata.")]))
        usable = OPERATORS[key]
        segment = key == "segments"
        rule = {
            "name": "customer.segment" if segment else key if key.startswith("events.") else f"customer.{key}"
        }
        if key.endswith(".count") and draw(st.booleans()):
            rule["within"] = "P3D"
    elif kind == "now":
        rule, usable = {"name": "now"}, TIMED
    else:
        name = "custom_event.metadata" if kind == "event" else "customer.metadata"
        rule, usable = {"name": name, "property": draw(PROPERTIES)}, ANYTHING
    chosen = draw(st.lists(st.sampled_from(list(usable)), min_size=1, max_size=2))
    body: dict[str, Any] = {**rule, "conditions": {operator: draw(usable[operator]) for operator in chosen}}
    if draw(st.integers(0, 3)) == 0:
        body["zone"] = draw(ZONES)
    if depth and draw(st.integers(0, 3)) == 0:
        body["rules"] = draw(numbered(depth - 1))
    return body


def logics(numbers: list[str]) -> st.SearchStrategy[str]:
    """Any logic over these numbers."""
    return st.recursive(
        st.sampled_from(numbers),
        lambda inner: st.one_of(
            inner.map(lambda text: f"not {text}"),
            st.builds(
                lambda word, parts: "(" + f" {word} ".join(parts) + ")",
                st.sampled_from(["and", "or", "AND"]),
                st.lists(inner, min_size=2, max_size=3),
            ),
        ),
        max_leaves=6,
    )


@st.composite
def numbered(draw: st.DrawFn, depth: int = 1) -> dict[str, Any]:
    """Numbered rules with their logic."""
    several = draw(st.lists(rules(depth), min_size=1, max_size=4))
    body: dict[str, Any] = {str(number): rule for number, rule in enumerate(several, 1)}
    if draw(st.booleans()):
        body["logic"] = draw(logics(list(body)))
    return body


@st.composite
def occasions(draw: st.DrawFn) -> Facts:
    """A customer at an instant, perhaps with the event that is decided on."""
    facts: Facts = draw(customers())
    attributes: Any = draw(st.none() | st.dictionaries(PROPERTIES, VALUES))
    if attributes is None:
        return facts
    event = Event(
        EventId("e"), EventName("visit"), CustomerId("c-1"), Instant(facts.now), attributes, {}, None
    )
    return facts._replace(event=event)
