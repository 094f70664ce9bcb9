"""Generated definitions and histories of one customer, for the laws.

Times lie on a grid of six hours, now and then a millisecond beside it, so that events and deadlines often meet. They
are such that the clocks of two zones are put forward and back meanwhile, at midnight.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from streams.domain.advance import advance
from streams.domain.definitions import Definition, EventShape
from streams.domain.effects import Effect, SegmentChanged
from streams.domain.events import Event
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import Instant
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.signals import Occurred, Signal, Tick
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.laws.oracle import BASE, DAY, ZONES, Filters, Happened

CUSTOMER = CustomerId("c-1")
EVENTS = {
    EventName(name): EventShape({"amount": "number"}, additional=False)
    for name in ("bought", "read", "other")
}
PLANS = ("gold", "silver")

_QUARTERS = st.integers(0, 4 * 14)
_BESIDE = st.sampled_from([0, 0, 0, 0, -1, 1])
_OPERATORS = st.sampled_from(
    ["$is", "$is_not", "$more_than", "$more_than_or_equal", "$less_than", "$less_than_or_equal"]
)
_KEYS = st.sampled_from(
    [
        f"events.{name}.{metric}"
        for name in ("bought", "read")
        for metric in ("count", "last_occurred", "first_occurred")
    ]
)
_VALUES = st.integers(0, 4).map(lambda number: [number])
_WINDOWS = st.sampled_from([{}, {"within": "P1D"}, {"within": "P3D"}])
_METRIC = st.dictionaries(_OPERATORS, _VALUES, min_size=1, max_size=2)
_BETWEEN = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: {"$between": sorted(pair)})
_LEAVES = st.dictionaries(
    _KEYS, st.one_of(_METRIC, _BETWEEN).map(lambda c: {"conditions": c}), min_size=1, max_size=2
)
_DAYS = st.tuples(st.sampled_from(["bought", "read"]), st.sampled_from(["$is", "$more_than"]), _VALUES).map(
    lambda part: {"filter": {f"events.{part[0]}.last_occurred": {"conditions": {part[1]: part[2]}}}}
)
"""Segments that nearly everybody enters and leaves by time."""
_TYPES = st.sampled_from(["auto-update", "auto-update", "passive"])
_SPEAKING_OF_NOW = st.sampled_from(
    [
        *("$is_days_ago", "$more_than_ago", "$less_than_ago", "$more_than", "$less_than_or_equal"),
        *("$is_days_in_future", "$more_than_future", "$less_than_future", "$anniversary_in_days"),
    ]
)
DATED = st.one_of(
    st.dictionaries(_SPEAKING_OF_NOW, _VALUES, min_size=1, max_size=2),
    st.just({"$next_month": [True]}),
    _BETWEEN,
).map(lambda conditions: {"conditions": conditions})


def _written(days: int, beside: int | None, year: int) -> str:
    """A day near the histories, in this year or another: as a date, or with its time in quarters of a day."""
    moment = datetime(2018, 10, 25, tzinfo=UTC) + timedelta(days=days // 4)
    if beside is None:
        return moment.date().replace(year=year).isoformat()
    return (moment + timedelta(hours=days % 4 * 6, milliseconds=beside)).replace(year=year).isoformat()


DATES = st.builds(
    _written,
    st.integers(-4 * 4, 4 * 25),
    st.sampled_from([None, None, 0, 1, -1]),
    st.sampled_from([2018, 2018, 1992]),
)
"""Dates and datetimes near the histories, or in the same season long before them."""


class Delivery(NamedTuple):
    """An event and the clock's reading when it comes."""

    event: Event
    happened: Happened
    now: int


@st.composite
def filter_bodies(draw: st.DrawFn, others: tuple[str, ...], levels: int = 5) -> dict[str, Any]:
    """A filter over two events, the plan, a date, and the segments given, of at most so many levels."""
    body: dict[str, Any] = draw(_LEAVES)
    for key, condition in body.items():
        body[key] = condition | (draw(_WINDOWS) if key.endswith("count") else {})
    if draw(st.booleans()):
        body["birthdate"] = draw(DATED)
    if draw(st.integers(0, 2)) == 0:
        body["calendar"] = draw(st.sampled_from(ZONES))
    if draw(st.integers(0, 4)) == 0:
        body["metadata.plan"] = {"conditions": {"$in": [draw(st.sampled_from(PLANS))]}}
    if others and draw(st.sampled_from([True, False])):
        operator = draw(st.sampled_from(["$in", "$not_in"]))
        body["segments"] = {
            "conditions": {operator: draw(st.lists(st.sampled_from(others), min_size=1, max_size=2))}
        }
    if levels > 1 and draw(st.integers(0, 2)) == 0:
        body["groups"] = [draw(filter_bodies((), levels - 1))]
    return body | {"junction": draw(st.sampled_from(["and", "or"])), "not": draw(st.booleans())}


@st.composite
def filter_sets(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Up to four segments; a later letter may refer to the earlier ones."""
    filters: dict[str, dict[str, Any]] = {}
    for segment in "dcab"[: draw(st.integers(1, 4))]:
        filters[segment] = draw(filter_bodies(tuple(filters)))
    return filters


@st.composite
def histories(draw: st.DrawFn) -> list[Delivery]:
    """Up to a dozen events in order of delivery under the stream clock, some of them late, ids all different."""
    deliveries: list[Delivery] = []
    now = BASE
    for index in range(draw(st.integers(1, 12))):
        at = draw(_QUARTERS) * DAY // 4 + draw(_BESIDE)
        if draw(st.sampled_from([True, False, False, False])):
            at += BASE
        else:  # three out of four come in order
            at = at % (3 * DAY) + now
        name = draw(st.sampled_from(list(EVENTS)))
        plan = draw(st.sampled_from([None, None, None, *PLANS]))
        now = max(now, at)
        deliveries.append(
            delivery(f"e-{index}", Happened(name, at, plan, draw(st.one_of(st.none(), DATES))), now)
        )
    return deliveries


def delivery(event_id: str, happened: Happened, now: int) -> Delivery:
    """The event that ``happened`` stands for, delivered at ``now``."""
    profile: dict[str, Any] = {} if happened.plan is None else {"metadata": {"plan": happened.plan}}
    if happened.birthdate is not None:
        profile["birthdate"] = happened.birthdate
    event = Event(
        EventId(event_id),
        EventName(happened.name),
        CUSTOMER,
        Instant(happened.at),
        {"amount": happened.at % 7},
        profile,
        None,
    )
    return Delivery(event, happened, now)


def segment_definitions(filters: Filters, version: int = 1) -> list[Definition]:
    """Auto-update segments with these filters."""
    return [
        Definition("segment", name, version, {"kind": "segment", "id": name, "filter": body})
        for name, body in filters.items()
    ]


@st.composite
def editions(draw: st.DrawFn) -> list[list[Definition]]:
    """What is in force one after the other: segments are added, edited, deleted, turned passive and back.

    Versions are those that ``tidemark apply`` gives: 1 for what was not there, one more for what is another.
    """
    made: list[list[Definition]] = []
    before: dict[str, Definition] = {}
    for _ in range(draw(st.integers(2, 5))):
        bodies: dict[str, Mapping[str, Any]] = {
            name: {"filter": body, "type": draw(_TYPES)} for name, body in draw(filter_sets()).items()
        }
        little = draw(st.booleans())
        if before and little:  # leave most as it was
            bodies = {name: one.body for name, one in before.items()} | {
                "d": draw(_DAYS) | {"type": draw(_TYPES)}
            }
        before = {name: edited(name, body, before.get(name)) for name, body in bodies.items()}
        made.append([*before.values()])
    return made


def edited(name: str, body: Mapping[str, Any], held: Definition | None) -> Definition:
    """The segment as it is published, after ``held``."""
    whole = {"kind": "segment", "id": name, **body}
    if held is None:
        return Definition("segment", name, 1, whole)
    return held if held.body == whole else Definition("segment", name, held.version + 1, whole)


def rules_on(segments: Sequence[str]) -> list[Definition]:
    """Distributions and earning rules that react to everything, some with limits."""
    on = ["event", "time", "profile", "definition", "backfill"]
    message = {"channel": "email", "data": {"plan": "{{customer.metadata.plan}}"}}
    bodies: list[tuple[Any, str, dict[str, Any]]] = [
        (
            "distribution",
            "on-bought",
            {"trigger": {"event": "bought"}, "message": message, "limits": {"cooldown": "P2D"}},
        ),
        (
            "earning_rule",
            "per-amount",
            {"campaign": "club", "trigger": {"event": "bought"}, "points": _PROPORTIONAL},
        ),
        (
            "earning_rule",
            "reader",
            {"campaign": "club", "trigger": {"event": "read"}, "points": _FIXED, "limits": _TWICE},
        ),
    ]
    for segment in segments:
        entered = {"trigger": {"segment_entered": segment}, "message": message, "limits": {"on": on}}
        bodies.append(("distribution", f"in-{segment}", entered))
        bodies.append(("distribution", f"out-{segment}", entered | {"trigger": {"segment_left": segment}}))
        earned = {"campaign": f"of-{segment}", "trigger": {"segment_entered": segment}, "points": _FIXED}
        bodies.append(("earning_rule", f"joined-{segment}", earned))
    return [Definition(kind, name, 1, body) for kind, name, body in bodies]


_PROPORTIONAL = {"type": "proportional", "every": 2, "points": 3, "property": "amount"}
_FIXED = {"type": "fixed", "value": 5}
_TWICE = {"max": {"times": 2, "per": "P3D"}}


def ruleset_of(filters: Filters, version: int = 1) -> Ruleset:
    """The segments with everything that reacts to them, under the stream clock."""
    return compile_ruleset(
        [*segment_definitions(filters, version), *rules_on(sorted(filters))], EVENTS, clock="stream"
    )


def occurred(one: Delivery) -> Occurred:
    """The delivery as a signal."""
    return Occurred(one.event, Instant(one.now))


def tick(now: int) -> Tick:
    """The clock reading ``now``."""
    return Tick(CUSTOMER, Instant(now))


def run(
    signals: Sequence[Signal], ruleset: Ruleset, state: CustomerState = NEW_CUSTOMER
) -> tuple[CustomerState, list[Effect]]:
    """The last state and all effects."""
    effects: list[Effect] = []
    for signal in signals:
        state, caused = advance(state, signal, ruleset)
        effects += caused
    return state, effects


def changes(effects: Sequence[Effect]) -> list[tuple[str, str, str, int]]:
    """The changes of membership among effects: segment, change, cause, instant."""
    return [
        (e.segment_id, e.change, e.cause, e.occurred_at) for e in effects if isinstance(e, SegmentChanged)
    ]


def memberships(state: CustomerState) -> Mapping[str, int]:
    """The segments that a state holds, with their versions."""
    return {segment: held.version for segment, held in state.segments.items()}
