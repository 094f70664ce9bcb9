"""Segments whose customers are told one by one: whatever happens in between, the membership is the list."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.advance import advance
from streams.domain.definitions import Definition
from streams.domain.events import Event
from streams.domain.identities import EventId, EventName, SegmentId
from streams.domain.instants import Instant
from streams.domain.listing import enlist
from streams.domain.lists import lists_of, memberships_of
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.signals import Listed, Occurred
from tests.laws.histories import CUSTOMER, EVENTS, rules_on, tick
from tests.laws.test_edits import Swept, assert_alternate

HOUR = 3_600_000
VIP = SegmentId("vip")
BODIES: dict[str, dict[str, Any]] = {
    "listed": {"type": "static", "members": "topic"},
    "renamed": {"type": "static", "members": "topic", "name": "Very important"},
    "filtered": {"filter": {"events.bought.count": {"conditions": {"$more_than": [0]}}}},
    "static": {"type": "static", "customers": [CUSTOMER]},
}
OVER: dict[str, dict[str, Any]] = {
    "inside": {"filter": {"segments": {"conditions": {"$in": ["vip"]}}}},
    "outside": {"filter": {"segments": {"conditions": {"$not_in": ["vip"]}}}},
}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("list"), st.booleans()),
        st.tuples(st.just("list"), st.booleans()),
        st.tuples(st.just("edit"), st.sampled_from([None, *BODIES])),
        st.tuples(st.just("event"), st.sampled_from(["bought", "read"])),
        st.tuples(st.sampled_from(["sweep", "tick"]), st.none()),
    ),
    min_size=1,
    max_size=14,
)


def in_force(kind: str | None, version: int) -> Ruleset:
    """The segment of this kind, with two that refer to it and all that reacts; without it, nothing."""
    if kind is None:
        return compile_ruleset([], EVENTS, clock="stream")
    bodies = {"vip": BODIES[kind], **OVER}
    segments = [
        Definition("segment", name, version, {"kind": "segment", "id": name, **body})
        for name, body in bodies.items()
    ]
    return compile_ruleset([*segments, *rules_on(sorted(OVER))], EVENTS, clock="stream")


class Told(Swept):
    """A customer, and what the definition in force and the last record say of the membership."""

    def __init__(self) -> None:
        super().__init__(in_force(None, 1))
        self.kind: str | None = None
        self.listed = self.known = False
        self.bought = 0

    def play(self, step: tuple[str, Any], number: int) -> None:
        """Do what a step says, some hours after the one before."""
        what, value = step
        now = Instant(number * 7 * HOUR)
        if what == "edit":
            self.kind = value
            self.edit(in_force(value, number + 1))
        elif what == "list":
            self.listed = value
            self.known |= value
            signal = Listed(f"l-{number}", CUSTOMER, VIP, value, now)
            self.state, effects = enlist(self.state, signal, self.ruleset)
            self.effects += effects
        elif what == "event":
            self.known = True
            self.bought += value == "bought"
            event = Event(
                EventId(f"e-{number}"), EventName(value), CUSTOMER, now, {"amount": number}, {}, None
            )
            self.move(Occurred(event, now))
        elif what == "sweep":
            self.sweep(now)
        else:
            self.move(tick(now))

    def expected(self) -> set[str]:
        """The memberships, by the last record and the definition alone."""
        if self.kind is None or not self.known:
            return set()
        by_filter = {"filtered": self.bought > 0, "static": True}
        inside = by_filter.get(self.kind, self.listed)
        return {"vip", "inside"} if inside else {"outside"}


@settings(max_examples=400, deadline=None)
@given(STEPS)
def test_the_membership_is_the_last_record_of_the_list(steps: list[tuple[str, Any]]) -> None:
    """Over listings, events, sweeps and edits of the definition; entered and left of what refers to it take turns."""
    customer = Told()
    for number, step in enumerate(steps, 1):
        customer.play(step, number)
        assert_alternate(customer)
        assert bool([*lists_of(customer.state.segments)]) is customer.listed
        caught_up, _ = advance(customer.state, tick(number * 7 * HOUR), customer.ruleset)
        assert memberships_of(caught_up.segments).keys() == customer.expected()
