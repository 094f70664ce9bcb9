"""Customers who are put on the list of a segment, and taken off."""

from typing import Any

import pytest

from streams.domain.advance import Transition, advance, redefine
from streams.domain.definitions import Definition
from streams.domain.effects import CustomerDeleted, InternalOccurred, MessageTriggered, SegmentChanged
from streams.domain.identities import SegmentId
from streams.domain.instants import DAY, Instant
from streams.domain.listing import enlist
from streams.domain.lists import memberships_of
from streams.domain.redefinition import redefinition
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Deleted, Listed, Occurred
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.domain.writing import CUSTOMER, after, compiled, definition, event, faults_of, metric, segment

VIP = segment("vip", type="static", members="topic")
INSIDERS = segment("insiders", {"segments": {"conditions": {"$in": ["vip"]}}})
WELCOME = definition(
    "distribution",
    "welcome",
    {"trigger": {"segment_entered": "insiders"}, "message": {"channel": "email", "template": "hi"}},
)


def told(
    state: CustomerState, ruleset: Ruleset, *, listed: bool = True, now: int | None = 1_000
) -> Transition:
    """The customer after a record of the list of ``vip``."""
    at = None if now is None else Instant(now)
    return enlist(state, Listed(f"l-{now}", CUSTOMER, SegmentId("vip"), listed, at), ruleset)


def redefined(state: CustomerState, before: Ruleset, ruleset: Ruleset, now: int = 5_000) -> Transition:
    """The customer after the sweep that follows a change of definitions."""
    return redefine(state, CUSTOMER, Instant(now), redefinition(before.digests, ruleset))


def moves(transition: Transition) -> list[tuple[str, str, str]]:
    """Segment, change and cause of each published change."""
    return [
        (one.segment_id, one.change, one.cause)
        for one in transition.effects
        if isinstance(one, SegmentChanged)
    ]


def inside(transition: Transition) -> dict[str, tuple[int, int]]:
    """Version and time of entry of each membership."""
    held = memberships_of(transition.state.segments)
    return {name: (one.version, one.entered_at) for name, one in held.items()}


def test_a_listed_customer_enters_and_segments_over_it_follow() -> None:
    """The list itself publishes nothing; what refers to it does, and sets off what waits for that."""
    entered = told(NEW_CUSTOMER, compiled(VIP, INSIDERS, WELCOME))
    assert inside(entered) == {"vip": (1, 1_000), "insiders": (1, 1_000)}
    assert moves(entered) == [("insiders", "entered", "profile")]
    assert [one.distribution_id for one in entered.effects if isinstance(one, MessageTriggered)] == [
        "welcome"
    ]
    left = told(entered.state, compiled(VIP, INSIDERS, WELCOME), listed=False, now=2_000)
    assert (inside(left), moves(left)) == ({}, [("insiders", "left", "profile")])


def test_what_a_file_brings_about_is_a_change_of_definitions() -> None:
    """Nobody did anything: what has not asked for that cause is not set off, not even by a new customer."""
    created = definition(
        "distribution",
        "hello",
        {"trigger": {"event": "customer.created"}, "message": {"channel": "email", "template": "hi"}},
    )
    asks = WELCOME._replace(id="asks", body={**WELCOME.body, "id": "asks", "limits": {"on": ["definition"]}})
    ruleset = compiled(VIP, INSIDERS, WELCOME, created, asks)
    signal = Listed("l", CUSTOMER, SegmentId("vip"), listed=True, now=Instant(1_000), cause="definition")
    entered = enlist(NEW_CUSTOMER, signal, ruleset)
    assert moves(entered) == [("insiders", "entered", "definition")]
    assert [one.distribution_id for one in entered.effects if isinstance(one, MessageTriggered)] == ["asks"]


def test_who_is_listed_first_is_a_new_customer() -> None:
    """As if a profile had been told: created, and in segments of those who did nothing."""
    idle = segment("idle", metric("visit.count", less_than=1))
    entered = told(NEW_CUSTOMER, compiled(VIP, idle))
    assert moves(entered) == [("idle", "entered", "profile")]
    (created,) = [one.event for one in entered.effects if isinstance(one, InternalOccurred)]
    assert (created.name, created.metadata) == ("customer.created", {"by": "list"})


@pytest.mark.parametrize("definitions", [(VIP,), (), (segment("vip", metric("visit.count", more_than=0)),)])
def test_being_told_the_same_again_changes_nothing(definitions: tuple[Definition, ...]) -> None:
    """Whether the segment is defined or not, on the list or off it."""
    ruleset = compiled(*definitions)
    once = told(NEW_CUSTOMER, ruleset).state
    assert told(once, ruleset, now=2_000) == (once, ())
    off = told(once, ruleset, listed=False, now=3_000).state
    assert told(off, ruleset, listed=False, now=4_000) == (off, ())
    assert told(NEW_CUSTOMER, ruleset, listed=False) == (NEW_CUSTOMER, ())


@pytest.mark.parametrize("knows", [False, True])
def test_a_list_that_comes_before_its_definition_is_not_lost(*, knows: bool) -> None:
    """It is no membership until the segment is defined; the sweep then finds it, for whoever it was told of."""
    before, ruleset = compiled(), compiled(VIP, INSIDERS)
    state = after(NEW_CUSTOMER, before, event())[0] if knows else NEW_CUSTOMER
    early = told(state, before)
    assert inside(early) == {}
    entered = redefined(early.state, before, ruleset)
    assert inside(entered) == {"vip": (1, 5_000), "insiders": (1, 5_000)}
    assert moves(entered) == [("insiders", "entered", "backfill")]


def test_members_stay_under_a_new_version_and_leave_with_the_definition() -> None:
    """The time of entry stays; a definition that comes back finds the list as it is then."""
    first, second = compiled(VIP), compiled(VIP._replace(version=2, body={**VIP.body, "name": "VIPs"}))
    state = told(NEW_CUSTOMER, first).state
    kept = redefined(state, first, second)
    assert inside(kept) == {"vip": (2, 1_000)}
    gone = redefined(kept.state, second, compiled())
    assert inside(gone) == {}
    assert inside(redefined(gone.state, compiled(), first)) == {"vip": (1, 5_000)}
    off = told(gone.state, compiled(), listed=False).state
    assert off.segments == {}


def test_another_kind_of_segment_has_its_own_members() -> None:
    """Who was in by a filter is not on the list for that, and who is on the list is not in by the filter."""
    by_filter = compiled(segment("vip", metric("visit.count", more_than=0)))
    by_list = compiled(VIP._replace(version=2))
    state, _ = after(NEW_CUSTOMER, by_filter, event())
    assert inside(redefined(state, by_filter, by_list)) == {}
    listed = told(NEW_CUSTOMER, by_list).state
    assert inside(redefined(listed, by_list, by_filter)) == {}


def test_deadlines_before_it_come_first() -> None:
    """What time changed before the list did has its own instant and cause."""
    ruleset = compiled(VIP, INSIDERS, segment("lapsed", metric("visit.last_occurred", more_than=1)))
    state, _ = advance(NEW_CUSTOMER, Occurred(event(at=0), Instant(0)), ruleset)
    assert moves(told(state, ruleset, now=5 * DAY)) == [
        ("lapsed", "entered", "time"),
        ("insiders", "entered", "profile"),
    ]


def test_a_list_without_a_clock_is_kept_until_the_first_event() -> None:
    """While the stream clock has no reading, nothing is decided."""
    ruleset = compiled(VIP)
    early = told(NEW_CUSTOMER, ruleset, now=None)
    assert (inside(early), early.effects) == ({}, ())
    state, _ = after(early.state, ruleset, event(at=7))
    assert memberships_of(state.segments).keys() == {"vip"}


def test_a_deletion_takes_the_customer_off_every_list() -> None:
    """The receipt counts memberships, not lists; nobody is left."""
    ruleset = compiled(VIP)
    state = told(NEW_CUSTOMER, ruleset).state
    gone = advance(state, Deleted("d-1", CUSTOMER, Instant(2_000)), ruleset)
    assert gone.state is NEW_CUSTOMER
    (receipt,) = [one for one in gone.effects if isinstance(one, CustomerDeleted)]
    assert receipt.segments == 1


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"members": "file"}, ("members",)),
        ({"members": "topic", "customers": []}, ("customers",)),
        ({"members": "topic", "filter": {}}, ("filter",)),
    ],
)
def test_members_are_told_on_the_topic_and_nowhere_else(body: dict[str, Any], at: tuple[str, ...]) -> None:
    """Another word for it, a list or a filter beside it is a fault."""
    assert [one.path for one in faults_of(segment("vip", type="static", **body))] == [at]
