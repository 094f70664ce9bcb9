"""Profiles that change without an event, and customers who are to be forgotten."""

from streams.domain.advance import advance
from streams.domain.effects import CustomerDeleted, Effect, MessageTriggered, SegmentChanged
from streams.domain.events import JsonValue
from streams.domain.instants import DAY, Instant
from streams.domain.record_ids import card_id
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Deleted, Occurred, ProfileChanged
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.domain.writing import CUSTOMER, compiled, definition, event, metric, segment

GOLD = {"metadata.level": {"conditions": {"$is": ["Gold"]}}}
LEVEL: dict[str, JsonValue] = {"metadata": {"level": "Gold"}}


def changed(
    state: CustomerState,
    ruleset: Ruleset,
    given: dict[str, JsonValue],
    now: int | None = 1_000,
    by: str = "p-1",
) -> tuple[CustomerState, tuple[Effect, ...]]:
    """The state and effects after a change of the profile."""
    at = None if now is None else Instant(now)
    return advance(state, ProfileChanged(by, CUSTOMER, given, at), ruleset)


def deleted(
    state: CustomerState, ruleset: Ruleset, now: int = 9_000
) -> tuple[CustomerState, tuple[Effect, ...]]:
    """The state and effects after a deletion."""
    return advance(state, Deleted("d-1", CUSTOMER, Instant(now)), ruleset)


def moves(effects: tuple[Effect, ...]) -> list[tuple[str, str, str, int]]:
    """Segment, change, cause and instant of each published change."""
    published = [one for one in effects if isinstance(one, SegmentChanged)]
    return [(one.segment_id, one.change, one.cause, one.occurred_at) for one in published]


def test_a_profile_alone_makes_a_customer() -> None:
    """Who is told of before any event is decided at once: by the profile, and by what nobody did yet."""
    ruleset = compiled(
        segment("gold", GOLD),
        segment("idle", metric("visit.count", less_than=1)),
        segment("busy", metric("visit.count", more_than=0)),
    )
    state, effects = changed(NEW_CUSTOMER, ruleset, LEVEL)
    assert moves(effects) == [("gold", "entered", "profile", 1_000), ("idle", "entered", "profile", 1_000)]
    assert (state.profile, state.sequence) == (LEVEL, 2)


def test_fields_are_merged_and_null_clears_one() -> None:
    """As in the profile that comes with an event; what does not change, changes nothing."""
    ruleset = compiled(segment("gold", GOLD))
    state, _ = changed(NEW_CUSTOMER, ruleset, {"email": "a@b.c", "metadata": {"level": "Gold", "x": 1}})
    after, effects = changed(state, ruleset, {"email": None, "metadata": {"level": "Silver"}})
    assert after.profile == {"metadata": {"level": "Silver", "x": 1}}
    assert moves(effects) == [("gold", "left", "profile", 1_000)]
    assert changed(after, ruleset, {"metadata": {"x": 1}}) == (after, ())


def test_deadlines_before_it_come_first() -> None:
    """What time changed before the profile did has its own instant and cause."""
    ruleset = compiled(segment("gold", GOLD), segment("lapsed", metric("visit.last_occurred", more_than=1)))
    state, _ = advance(NEW_CUSTOMER, Occurred(event(at=0), Instant(0)), ruleset)
    _, effects = changed(state, ruleset, LEVEL, 5 * DAY)
    assert moves(effects) == [("lapsed", "entered", "time", 2 * DAY), ("gold", "entered", "profile", 5 * DAY)]


def test_a_profile_brings_its_own_deadline() -> None:
    """A condition on a date of the profile is due from then on."""
    ruleset = compiled(segment("grown-up", {"birthdate": {"conditions": {"$more_than": [10]}}}))
    state, effects = changed(NEW_CUSTOMER, ruleset, {"birthdate": "1970-01-01"}, 0)
    assert (moves(effects), state.due) == ([], 11 * DAY)


def test_before_the_stream_clock_reads_anything_a_profile_decides_nothing() -> None:
    """It is kept, and the first event decides."""
    ruleset = compiled(segment("gold", GOLD))
    state, effects = changed(NEW_CUSTOMER, ruleset, LEVEL, None)
    assert (state, effects) == (NEW_CUSTOMER._replace(profile=LEVEL), ())
    _, effects = advance(state, Occurred(event(at=7), Instant(7)), ruleset)
    assert moves(effects) == [("gold", "entered", "event", 7)]


def test_a_date_that_was_told_before_the_clock_read_anything_has_its_deadline() -> None:
    """The first event decides on the profile too, and brings what is due by it."""
    ruleset = compiled(segment("grown-up", {"birthdate": {"conditions": {"$more_than": [10]}}}))
    state, _ = changed(NEW_CUSTOMER, ruleset, {"birthdate": "1970-01-01"}, None)
    state, _ = advance(state, Occurred(event(at=0), Instant(0)), ruleset)
    assert state.due == 11 * DAY


def test_a_message_may_follow() -> None:
    """Cause profile is among those on which a distribution reacts unless it says otherwise."""
    welcome = {"trigger": {"segment_entered": "gold"}, "message": {"to": "{{customer.email}}"}}
    ruleset = compiled(segment("gold", GOLD), definition("distribution", "welcome", welcome))
    _, effects = changed(NEW_CUSTOMER, ruleset, {**LEVEL, "email": "a@b.c"})
    (message,) = (one for one in effects if isinstance(one, MessageTriggered))
    assert (message.cause, message.message, message.event) == ("profile", {"to": "a@b.c"}, None)


def test_each_change_has_ids_of_its_own() -> None:
    """The same entry by two records is two records; by one record that comes again later it is one."""
    ruleset = compiled(segment("gold", GOLD))
    ids = []
    for now, by in ((1, "p-1"), (2, "p-1"), (1, "p-2")):
        effects = changed(NEW_CUSTOMER, ruleset, LEVEL, now, by)[1]
        (entered,) = (one for one in effects if isinstance(one, SegmentChanged))
        ids.append(entered.id)
    assert ids[0] == ids[1] != ids[2]


def test_a_deletion_leaves_nothing() -> None:
    """Published memberships are left by it, in order; cards are named; the state is that of nobody."""
    points = {"campaign": "club", "trigger": {"event": "visit"}, "points": {"type": "fixed", "value": 1}}
    busy = metric("visit.count", more_than=0)
    ruleset = compiled(
        segment("b", busy),
        segment("a", busy),
        segment("quiet", busy, type="passive"),
        definition("earning_rule", "welcome", points),
    )
    state, _ = advance(NEW_CUSTOMER, Occurred(event(at=0), Instant(0)), ruleset)
    after, (first, second, receipt) = deleted(state, ruleset)
    assert after is NEW_CUSTOMER
    assert moves((first, second)) == [("a", "left", "deletion", 9_000), ("b", "left", "deletion", 9_000)]
    assert isinstance(second, SegmentChanged)
    assert second.sequence == 5  # two entered, points, two left
    assert isinstance(receipt, CustomerDeleted)
    (campaign,) = state.cards
    assert (receipt.segments, receipt.occurred_at) == (3, 9_000)
    assert receipt.cards == ((campaign, card_id(campaign, CUSTOMER)),)


def test_who_is_not_known_is_not_deleted() -> None:
    """Nothing is published, and a second deletion does nothing."""
    ruleset = compiled(segment("gold", GOLD))
    assert deleted(NEW_CUSTOMER, ruleset) == (NEW_CUSTOMER, ())
    state, _ = changed(NEW_CUSTOMER, ruleset, {"email": "a@b.c"})
    gone, _ = deleted(state, ruleset)
    assert deleted(gone, ruleset) == (NEW_CUSTOMER, ())


def test_no_message_follows_a_deletion_unless_it_is_asked_for() -> None:
    """``on`` has to name the cause."""
    for on, expected in ((["event"], 0), (["deletion"], 1)):
        farewell = {"trigger": {"segment_left": "gold"}, "message": {"a": 1}, "limits": {"on": on}}
        ruleset = compiled(segment("gold", GOLD), definition("distribution", "farewell", farewell))
        state, _ = changed(NEW_CUSTOMER, ruleset, LEVEL)
        _, effects = deleted(state, ruleset)
        assert sum(isinstance(one, MessageTriggered) for one in effects) == expected


def test_afterwards_the_customer_is_new() -> None:
    """An id that was seen before the deletion counts again, and the count begins at one."""
    ruleset = compiled(segment("twice", metric("visit.count", more_than=1)))
    once = Occurred(event(at=0, event_id="same"), Instant(0))
    state, _ = advance(NEW_CUSTOMER, once, ruleset)
    gone, _ = deleted(state, ruleset)
    assert advance(gone, once, ruleset) == advance(NEW_CUSTOMER, once, ruleset)
