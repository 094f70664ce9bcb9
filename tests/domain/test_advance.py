import pytest

from streams.domain.advance import advance
from streams.domain.definitions import Definition
from streams.domain.effects import DuplicateDropped, SegmentChanged
from streams.domain.identities import EventName, SegmentId
from streams.domain.instants import DAY, Instant, format_instant, parse_instant
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Occurred
from streams.domain.state import NEW_CUSTOMER, CustomerState, Occurrence
from tests.domain.writing import after, compiled, definition, event, metric, segment

RECENT = segment("recent", metric("visit.last_occurred", less_than=5))
NOTHING = compiled()


def changed(ruleset: Ruleset, state: CustomerState, *steps: object) -> list[tuple[str, str, str, int]]:
    """Segment, change, cause and instant of each change."""
    _, effects = after(state, ruleset, *steps)  # type: ignore[arg-type]  # steps are events and instants
    return [
        (e.segment_id, e.change, e.cause, e.occurred_at) for e in effects if isinstance(e, SegmentChanged)
    ]


def test_every_event_is_counted_whether_or_not_anything_asks() -> None:
    """Occurrence and recency are kept for events that no definition looks at."""
    state, effects = after(NEW_CUSTOMER, NOTHING, event(at=5), event(at=9), event("review", at=7))
    assert effects == []
    assert state.occurrences == {
        EventName("visit"): Occurrence(2, Instant(5), Instant(9), b"\0\0\0\2"),
        EventName("review"): Occurrence(1, Instant(7), Instant(7), b"\0\0\0\1"),
        EventName("customer.created"): Occurrence(1, Instant(5), Instant(5), b"\0\0\0\1"),
    }
    assert state.due is None


def test_a_new_customer_is_decided_at_the_first_event() -> None:
    """The first event decides every segment, also those that do not look at it, with cause event."""
    never = segment("no-review", metric("review.count", less_than=1))
    assert changed(compiled(never), NEW_CUSTOMER, event(at=5)) == [("no-review", "entered", "event", 5)]


def test_time_does_nothing_to_who_is_unknown() -> None:
    """A tick for a customer of whom nothing is known leaves nothing behind."""
    never = segment("no-review", metric("review.count", less_than=1))
    assert after(NEW_CUSTOMER, compiled(never), 7) == (NEW_CUSTOMER, [])


def test_due_is_the_next_instant_that_matters() -> None:
    """An event sets the deadline of what it touches; a later event may leave it early, a tick puts it right."""
    ruleset = compiled(RECENT)
    state, _ = after(NEW_CUSTOMER, ruleset, event(at=0))
    assert state.due == 5 * DAY
    state, _ = after(state, ruleset, event(at=DAY))
    assert state.due == 5 * DAY
    state, effects = after(state, ruleset, 5 * DAY)
    assert (state.due, effects) == (6 * DAY, [])
    state, effects = after(state, ruleset, 6 * DAY)
    assert state.due is None
    assert len(effects) == 1


def test_a_tick_before_due_changes_nothing() -> None:
    """The very same state comes back."""
    ruleset = compiled(RECENT)
    state, _ = after(NEW_CUSTOMER, ruleset, event(at=0))
    assert after(state, ruleset, 5 * DAY - 1)[0] == state


def test_deadlines_are_passed_one_by_one() -> None:
    """A long sleep ends with every change in its turn, each at its own instant."""
    third = segment("third-day", metric("visit.last_occurred", **{"is": 3}))
    assert changed(compiled(third, RECENT), NEW_CUSTOMER, event(at=0), 100 * DAY) == [
        ("recent", "entered", "event", 0),
        ("third-day", "entered", "time", 3 * DAY),
        ("third-day", "left", "time", 4 * DAY),
        ("recent", "left", "time", 5 * DAY),
    ]


def test_a_duplicate_is_dropped_after_time_has_passed() -> None:
    """Deadlines up to the duplicate's coming take effect; the duplicate itself does not."""
    ruleset = compiled(segment("fresh", metric("visit.last_occurred", less_than=1)))
    state, _ = after(NEW_CUSTOMER, ruleset, event(at=0, event_id="same"))
    again = Occurred(event(at=0, event_id="same"), Instant(DAY))
    transition = advance(state, again, ruleset)
    assert [type(effect) for effect in transition.effects] == [SegmentChanged, DuplicateDropped]
    assert transition.state.occurrences[EventName("visit")] == state.occurrences[EventName("visit")]
    assert transition.due is None


def test_nothing_handed_in_is_changed() -> None:
    """The state before stays as it was, its mappings included."""
    ruleset = compiled(
        RECENT,
        definition(
            "earning_rule",
            "e",
            {
                "campaign": "c",
                "trigger": {"event": "visit"},
                "points": {"type": "fixed", "value": 1},
                "limits": {"cooldown": "PT1S"},
            },
        ),
    )
    before, _ = after(NEW_CUSTOMER, ruleset, event(at=0, profile={"metadata": {"a": 1}}))
    copy = (
        dict(before.occurrences),
        dict(before.profile),
        dict(before.segments),
        dict(before.cards),
        dict(before.firings),
    )
    after(before, ruleset, event(at=DAY, profile={"metadata": {"a": 2}}), 100 * DAY)
    assert copy == (before.occurrences, before.profile, before.segments, before.cards, before.firings)


def test_entry_time_is_that_of_the_change() -> None:
    """The membership tells since when, also after the segment was edited without consequence."""
    state, _ = after(NEW_CUSTOMER, compiled(RECENT), event(at=7))
    edited = segment("recent", metric("visit.last_occurred", less_than=6), version=2)
    state, effects = after(state, compiled(edited), DAY)
    assert effects == []
    assert state.segments[SegmentId("recent")] == (2, 7, True)
    assert state.due == 7 + 6 * DAY


def test_a_ruleset_is_looked_at_once() -> None:
    """After the first look under new definitions, further looks decide nothing."""
    state, _ = after(NEW_CUSTOMER, NOTHING, event(at=0))
    ruleset = compiled(RECENT)
    state, effects = after(state, ruleset, 5, 6, 7)
    assert len(effects) == 1
    assert state.ruleset == ruleset.fingerprint


@pytest.mark.parametrize(
    "quiet",
    [
        segment("q", metric("visit.count", more_than=0), type="passive"),
        segment("q", type="static", customers=["c-42"]),
    ],
)
def test_quiet_segments_are_kept_and_not_published(quiet: Definition) -> None:
    """Passive and static memberships stand in the state; entering and being removed are not told."""
    state, effects = after(NEW_CUSTOMER, compiled(quiet), event(at=3))
    assert effects == []
    assert state.segments[SegmentId("q")] == (1, 3, False)
    assert after(state, NOTHING, 9)[1] == []


def test_who_was_announced_leaves_for_all_to_see() -> None:
    """A segment turned passive stops telling of entries; those told before are told to have left."""
    told, _ = after(NEW_CUSTOMER, compiled(segment("s", metric("visit.count", less_than=2))), event(at=0))
    turned = compiled(segment("s", metric("visit.count", less_than=2), version=2, type="passive"))
    assert changed(turned, told, event(at=1)) == [("s", "left", "event", 1)]


BORN = segment("grown", {"birthdate": {"conditions": {"$more_than_ago": [2]}}})


def test_a_profile_that_changes_brings_its_deadlines() -> None:
    """The event that gives a date sets the deadline; the change that time makes has its own instant and cause."""
    ruleset = compiled(BORN)
    state, effects = after(NEW_CUSTOMER, ruleset, event(at=0))
    assert (state.due, effects) == (None, [])
    state, effects = after(state, ruleset, event(at=5, profile={"birthdate": "1970-01-02"}))
    assert (state.due, effects) == (4 * DAY, [])
    assert changed(ruleset, state, 9 * DAY) == [("grown", "entered", "time", 4 * DAY)]


def test_a_newcomer_with_a_profile_has_its_deadlines() -> None:
    """Also where the first event itself is looked at by nothing."""
    state, _ = after(NEW_CUSTOMER, compiled(BORN), event("review", profile={"birthdate": "1970-01-02"}))
    assert state.due == 4 * DAY


def test_an_event_leaves_the_deadlines_of_the_profile() -> None:
    """Without a change of the profile they are where they were; a later date may leave the deadline early."""
    ruleset = compiled(BORN)
    state, _ = after(NEW_CUSTOMER, ruleset, event(at=0, profile={"birthdate": "1970-01-02"}))
    state, _ = after(state, ruleset, event(at=7), event(at=8, profile={"birthdate": "1970-01-02"}))
    assert state.due == 4 * DAY
    state, _ = after(state, ruleset, event(at=9, profile={"birthdate": "1970-01-05"}))
    assert state.due == 4 * DAY
    state, effects = after(state, ruleset, 4 * DAY)
    assert (state.due, effects) == (7 * DAY, [])


def test_a_window_is_left_at_midnight() -> None:
    """A day leaves a window at a midnight by UTC; a late event comes into it on its own day."""
    often = segment("often", {"events.visit.count": {"conditions": {"$more_than": [1]}, "within": "P3D"}})
    ruleset, noon = compiled(often), DAY // 2
    steps = (event(at=DAY + noon), event(at=3 * DAY + noon), event(at=2 * DAY, event_id="late"), 20 * DAY)
    assert changed(ruleset, NEW_CUSTOMER, *steps) == [
        ("often", "entered", "event", 3 * DAY + noon),
        ("often", "left", "time", 5 * DAY),
    ]


def test_a_window_that_is_added_later_knows_the_past() -> None:
    """Days are kept whether or not anything asks for them."""
    state, _ = after(NEW_CUSTOMER, NOTHING, event(at=DAY), event(at=2 * DAY), event("review", at=9 * DAY))
    busy = segment("busy", {"events.visit.count": {"conditions": {"$is": [2]}, "within": "P10D"}})
    assert changed(compiled(busy), state, 9 * DAY, 30 * DAY) == [
        ("busy", "entered", "backfill", 9 * DAY),
        ("busy", "left", "time", 11 * DAY),
    ]


def test_days_of_a_calendar_change_at_its_midnights() -> None:
    """Yesterday begins and ends at midnight in the zone, whenever in the day the event was."""
    body = {"calendar": "America/Sao_Paulo", **metric("visit.last_occurred", **{"is": 1})}
    steps = (event(at=parse_instant("2018-11-03T23:30:00Z")), parse_instant("2018-12-01"))
    assert changed(compiled(segment("yesterday", body)), NEW_CUSTOMER, *steps) == [
        ("yesterday", "entered", "time", parse_instant("2018-11-04T03:00:00Z")),
        ("yesterday", "left", "time", parse_instant("2018-11-05T02:00:00Z")),
    ]


def test_birthdays_come_every_year() -> None:
    """A deadline that was passed brings the next one; 29 February is kept on the 28th where there is none."""
    birthday = segment("birthday", {"birthdate": {"conditions": {"$anniversary_in_days": [0]}}})
    begin, end = parse_instant("2027-12-01"), parse_instant("2029-12-31")
    told = changed(
        compiled(birthday), NEW_CUSTOMER, event(at=begin, profile={"birthdate": "2000-02-29"}), end
    )
    assert [(change, format_instant(Instant(at))[:10]) for _, change, _, at in told] == [
        ("entered", "2028-02-29"),
        ("left", "2028-03-01"),
        ("entered", "2029-02-28"),
        ("left", "2029-03-01"),
    ]
