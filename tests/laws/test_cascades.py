"""Internal events are fed back, and all laws of membership hold with them: they are events like any other."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.advance import advance
from streams.domain.definitions import Definition, EventShape
from streams.domain.effects import CascadeCut, DuplicateDropped, Effect, Unnumbered
from streams.domain.identities import EventName
from streams.domain.instants import Instant
from streams.domain.internal_events import event_of, name_of
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.signals import Signal
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.laws.histories import (
    CUSTOMER,
    EVENTS,
    Delivery,
    changes,
    editions,
    filter_sets,
    histories,
    occurred,
    rules_on,
    run,
    segment_definitions,
    tick,
)
from tests.laws.oracle import DAY, Filters, Happened, members, moved_by_time
from tests.laws.test_edits import ACTIONS, Swept, assert_alternate, known

LATER = 12 * DAY
INTERNAL = (
    "customer.created",
    "customer.updated",
    "customer.custom_event",
    "customer.segment.entered",
    "customer.segment.left",
    "customer.voucher.loyalty_card.points_added",
)
_METRICS = st.sampled_from(["count", "count", "last_occurred", "first_occurred"])
_OPERATORS = st.sampled_from(["$is", "$more_than", "$less_than", "$more_than_or_equal"])


@st.composite
def _leaves(draw: st.DrawFn) -> dict[str, Any]:
    """A condition on an internal event."""
    condition: dict[str, Any] = {draw(_OPERATORS): [draw(st.integers(0, 4))]}
    return {f"events.{draw(st.sampled_from(INTERNAL))}.{draw(_METRICS)}": {"conditions": condition}}


@st.composite
def watching_filters(draw: st.DrawFn) -> Filters:
    """Segments of which nearly all look at internal events as well."""
    filters = draw(filter_sets())
    for body in filters.values():
        for leaf in draw(st.lists(_leaves(), max_size=2)):
            body.update(leaf)
    return filters


def watching(filters: Filters) -> Ruleset:
    """The segments, all that reacts to them, and rules on internal events, one of which would go on for ever."""
    on = ["event", "time", "profile", "definition", "backfill"]
    more = [
        Definition(
            "distribution", f"on-{name}", 1, {"trigger": {"event": name}, "message": {}, "limits": {"on": on}}
        )
        for name in INTERNAL
    ]
    points = {"type": "fixed", "value": 1}
    entered = {
        "campaign": "club",
        "trigger": {"event": INTERNAL[3]},
        "points": points,
        "limits": {"cooldown": "P1D"},
    }
    shapes = EVENTS | {EventName(name): EventShape({}, additional=True) for name in INTERNAL}
    rules = [*rules_on(sorted(filters)), *more, Definition("earning_rule", "joiner", 1, entered)]
    return compile_ruleset([*segment_definitions(filters), *rules], shapes, clock="stream")


class Watched:
    """A customer, and all events that count: those that came, and those that were fed back."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.state: CustomerState = NEW_CUSTOMER
        self.effects: list[Effect] = []
        self.seen: list[Happened] = []
        self._ruleset = ruleset

    def move(self, signal: Signal, *came: Happened) -> None:
        """An event comes, or time passes."""
        self.state, effects = advance(self.state, signal, self._ruleset)
        self.effects += effects
        self.seen += [*_fed_back(effects), *came]


def _fed_back(effects: Sequence[Effect]) -> list[Happened]:
    """What was counted of what was told: all but the last ones of a cascade that was cut."""
    told: list[Happened] = []
    for effect in effects:
        if isinstance(effect, CascadeCut):
            del told[-effect.events :]
        elif name_of(effect) is not None:
            event = event_of(CUSTOMER, effect)  # type: ignore[arg-type]  # it has a name
            told.append(Happened(event.name, event.occurred_at, None))
    return told


@settings(max_examples=150, deadline=None)
@given(watching_filters(), histories(), st.data())
def test_membership_is_what_all_events_give(
    filters: Filters, history: list[Delivery], data: st.DataObject
) -> None:
    """At every instant membership is that of the list of all events, those that were fed back included."""
    customer, clock = Watched(watching(filters)), 0
    for one in history:
        for now in data.draw(st.lists(st.integers(clock, one.now), max_size=2).map(sorted)):
            customer.move(tick(now))
            if customer.seen:
                assert customer.state.segments.keys() == members(filters, customer.seen, now)
        customer.move(occurred(one), one.happened)
        clock = one.now
        assert customer.state.segments.keys() == members(filters, customer.seen, clock)
    for now in sorted(data.draw(st.lists(st.integers(clock, clock + LATER), max_size=4))):
        customer.move(tick(now))
        assert customer.state.segments.keys() == members(filters, customer.seen, now)


@settings(max_examples=80, deadline=None)
@given(watching_filters(), histories())
def test_a_deadline_is_never_late(filters: Filters, history: list[Delivery]) -> None:
    """After each event, ``due`` is no later than the first instant at which time alone changes the membership."""
    customer = Watched(watching(filters))
    for one in history:
        customer.move(occurred(one), one.happened)
        ahead = (moved for moved in moved_by_time(filters, customer.seen, one.now, one.now + LATER) if moved)
        first = next(ahead, None)
        if first is not None:
            assert customer.state.due is not None
            assert one.now < customer.state.due <= first[0][3]


@settings(max_examples=80, deadline=None)
@given(watching_filters(), histories())
def test_entered_and_left_alternate(filters: Filters, history: list[Delivery]) -> None:
    """For each segment, entered and left take turns, entered first, and add up to the membership."""
    state, effects = run([*map(occurred, history), tick(history[-1].now + LATER)], watching(filters))
    for segment in filters:
        turns = [change for changed, change, _, _ in changes(effects) if changed == segment]
        assert all(before != after for before, after in pairwise(["left", *turns]))
        assert (turns[-1:] == ["entered"]) == (segment in state.segments)


@settings(max_examples=80, deadline=None)
@given(watching_filters(), histories())
def test_each_internal_event_counts_once(filters: Filters, history: list[Delivery]) -> None:
    """As often as it was told, dated by what it tells; ids are all different, sequences without a gap."""
    customer = Watched(watching(filters))
    for one in history:
        customer.move(occurred(one), one.happened)
    customer.move(tick(history[-1].now + LATER))
    instants: dict[str, list[int]] = {}
    for happened in customer.seen:
        instants.setdefault(happened.name, []).append(happened.at)
    counted = {
        name: (known.count, known.first, known.last) for name, known in customer.state.occurrences.items()
    }
    assert counted == {name: (len(at), min(at), max(at)) for name, at in instants.items()}
    told = [event_of(CUSTOMER, each).id for each in customer.effects if name_of(each)]  # type: ignore[arg-type]
    numbered = [each for each in customer.effects if not isinstance(each, Unnumbered)]
    assert len(set(told)) == len(told)
    assert len({each.id for each in numbered}) == len(numbered)
    assert [each.sequence for each in numbered] == list(range(1, customer.state.sequence + 1))


@settings(max_examples=60, deadline=None)
@given(watching_filters(), histories(), st.data())
def test_replays_and_ticks_change_nothing(
    filters: Filters, history: list[Delivery], data: st.DataObject
) -> None:
    """Events that come twice and looks in between change no effect, id, sequence or membership."""
    ruleset = watching(filters)
    until = tick(history[-1].now + LATER)
    signals: list[Signal] = []
    clock = 0
    for one in history:
        between = data.draw(st.lists(st.integers(clock, one.now), max_size=2).map(sorted))
        signals += [*map(tick, between), occurred(one), occurred(one)]
        clock = one.now
    expected = run([*map(occurred, history), until], ruleset)
    state, effects = run([*signals, until], ruleset)
    kept = [effect for effect in effects if not isinstance(effect, DuplicateDropped)]
    assert (state, kept) == expected


@settings(max_examples=60, deadline=None)
@given(watching_filters(), histories(), st.integers(0, 11))
def test_a_backfill_decides_by_what_was_counted(
    filters: Filters, history: list[Delivery], known: int
) -> None:
    """Who was decided under nothing before is decided by all internal events that were counted, and no others."""
    customer, nothing = Watched(compile_ruleset([], EVENTS, clock="stream")), min(known, len(history) - 1)
    for one in history[: nothing + 1]:
        customer.move(occurred(one), one.happened)
    after = Watched(watching(filters))
    after.state, after.seen = customer.state, customer.seen
    now = history[nothing].now
    after.move(tick(now))
    assert after.state.segments.keys() == members(filters, after.seen, Instant(now))


@st.composite
def watching_editions(draw: st.DrawFn) -> list[list[Definition]]:
    """What is in force one after the other, each segment looking at an internal event all along."""
    leaves = {name: draw(_leaves()) for name in "abcd"}
    return [
        [
            one._replace(body={**one.body, "filter": {**one.body["filter"], **leaves[one.id]}})  # type: ignore[dict-item]
            for one in edition
        ]
        for edition in draw(editions())
    ]


@settings(max_examples=150, deadline=None)
@given(watching_editions(), histories(), st.data())
def test_sweeps_follow_edits(
    made: list[list[Definition]], history: list[Delivery], data: st.DataObject
) -> None:
    """After edits, events, ticks and sweeps membership is that of all events, those that sweeps caused included."""
    edition, now = made[0], 0
    customer = Swept(edited(edition))
    for index, one in enumerate([*history, None]):
        until = now + LATER if one is None else one.now
        came = [earlier.happened for earlier in history[:index]]
        for action in data.draw(ACTIONS):
            now = data.draw(st.integers(now, until))
            if action == "edit":
                edition = data.draw(st.sampled_from(made))
                customer.edit(edited(edition))
            elif action == "tick":
                customer.move(tick(now))
            if action == "tick" or (action == "sweep" and customer.sweep(now)):
                seen = [*came, *_fed_back(customer.effects)] if came else []
                assert customer.state.segments.keys() == known(edition, seen, now)
        if one is not None:
            now = one.now
            customer.move(occurred(one))
        assert_alternate(customer)
    ids = [each.id for each in customer.effects if not isinstance(each, Unnumbered)]
    assert len(ids) == len(set(ids))


def edited(edition: Sequence[Definition]) -> Ruleset:
    """An edition with everything that reacts to its segments and to internal events."""
    shapes = EVENTS | {EventName(name): EventShape({}, additional=True) for name in INTERNAL}
    published = [one.id for one in edition if one.body["type"] == "auto-update"]
    return compile_ruleset([*edition, *rules_on(published)], shapes, clock="stream")
