from typing import Any

from streams.domain.advance import Transition, redefine
from streams.domain.boundaries import Boundaries, Boundary
from streams.domain.effects import SegmentChanged
from streams.domain.identities import EventName
from streams.domain.instants import DAY, Instant
from streams.domain.redefinition import redefinition
from streams.domain.ruleset import Ruleset
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.domain.writing import CUSTOMER, after, compiled, event, metric, segment

VISITED, VISITED_TWICE = metric("visit.count", more_than=0), metric("visit.count", more_than=1)
RECENT = segment("recent", metric("visit.last_occurred", less_than=5))


def over(*segments: str) -> dict[str, Any]:
    """A filter over segments."""
    return {"segments": {"conditions": {"$in": [*segments]}}}


def redefined(state: CustomerState, before: Ruleset | None, ruleset: Ruleset, now: int = 7) -> Transition:
    """The customer after the change from one ruleset, or from any, to another."""
    change = redefinition(None if before is None else before.digests, ruleset)
    return redefine(state, CUSTOMER, Instant(now), change)


def changes(transition: Transition) -> list[tuple[str, int, str, str, int]]:
    """Segment, version, change, cause and instant of each change."""
    return [
        (e.segment_id, e.segment_version, e.change, e.cause, e.occurred_at)
        for e in transition.effects
        if isinstance(e, SegmentChanged)
    ]


def test_only_what_differs_is_decided() -> None:
    """Segments that are new or changed and those over them, near and far; not those that are as they were."""
    kept = segment("same", VISITED), segment("near", over("edited")), segment("far", over("near"))
    beside = segment("beside", over("same"))
    before = compiled(*kept, beside, segment("edited", VISITED), segment("gone", VISITED))
    ruleset = compiled(
        *kept,
        beside,
        segment("edited", VISITED, version=2),
        segment("new", metric("visit.last_occurred", less_than=5)),
    )
    asked = redefinition(before.digests, ruleset)
    assert [one.id for one in asked.segments] == ["edited", "new", "near", "far"]
    assert asked.boundaries == Boundaries((Boundary(EventName("visit"), "last", (5 * DAY,)),), ())


def test_a_segment_that_comes_back_with_another_filter_differs() -> None:
    """Its version begins at 1 again, so the version alone does not tell."""
    before, ruleset = compiled(segment("s", VISITED)), compiled(segment("s", VISITED_TWICE))
    assert [one.id for one in redefinition(before.digests, ruleset).segments] == ["s"]


def test_the_differences_are_published_with_version_and_cause() -> None:
    """An edited segment is entered and left by definition, a new one entered by backfill, what is gone is left."""
    before = compiled(segment("wide", VISITED), segment("narrow", VISITED_TWICE), segment("gone", VISITED))
    ruleset = compiled(
        segment("wide", VISITED_TWICE, version=2),
        segment("narrow", VISITED, version=4),
        segment("new", VISITED),
    )
    state, _ = after(NEW_CUSTOMER, before, event(at=0))
    assert changes(redefined(state, before, ruleset)) == [
        ("gone", 1, "left", "definition", 7),
        ("narrow", 4, "entered", "definition", 7),
        ("new", 1, "entered", "backfill", 7),
        ("wide", 2, "left", "definition", 7),
    ]


def test_who_is_not_concerned_keeps_the_very_same_state() -> None:
    """Nothing is kept of a look that found nothing, neither by what differs nor by everything."""
    before = compiled(RECENT)
    ruleset = compiled(RECENT, segment("twice", VISITED_TWICE))
    state, _ = after(NEW_CUSTOMER, before, event(at=0))
    for known in (before, None):
        assert redefined(state, known, ruleset) == Transition(state, ())
        assert redefined(state, known, ruleset).state is state


def test_a_deadline_that_comes_forward_is_kept() -> None:
    """Who will be moved by time under the new definitions must be due in time, though nobody moves now."""
    before, ruleset = (
        compiled(RECENT),
        compiled(RECENT, segment("soon", metric("visit.last_occurred", more_than=2))),
    )
    state, _ = after(NEW_CUSTOMER, before, event(at=0))
    moved = redefined(state, before, ruleset)
    assert (moved.effects, state.due, moved.due) == ((), 5 * DAY, 3 * DAY)
    assert moved.state.ruleset == ruleset.fingerprint


def test_a_deadline_that_is_gone_may_stay() -> None:
    """It is early then, and finds nothing when it comes."""
    before, ruleset = (
        compiled(segment("soon", metric("visit.last_occurred", more_than=2)), RECENT),
        compiled(RECENT),
    )
    state, _ = after(NEW_CUSTOMER, before, event(at=0))
    kept = redefined(state, before, ruleset).state
    assert kept is state
    kept, effects = after(kept, ruleset, 3 * DAY)
    assert (effects, kept.due) == ([], 5 * DAY)


def test_who_stays_in_gets_the_new_version() -> None:
    """The membership says under which version it holds, so it is kept, and nothing is published."""
    before, ruleset = compiled(segment("s", VISITED)), compiled(segment("s", VISITED, version=2, name="S"))
    state, _ = after(NEW_CUSTOMER, before, event(at=3))
    moved = redefined(state, before, ruleset)
    assert moved.effects == ()
    assert [*moved.state.segments.values()] == [(2, 3, True)]


def test_deadlines_that_have_passed_take_effect_as_well() -> None:
    """What time did before the look has its own instant, also under the new definitions."""
    before, ruleset = compiled(RECENT), compiled(RECENT, segment("new", VISITED))
    state, _ = after(NEW_CUSTOMER, before, event(at=0))
    assert changes(redefined(state, before, ruleset, now=6 * DAY)) == [
        ("new", 1, "entered", "backfill", 5 * DAY - 1),
        ("recent", 1, "left", "time", 5 * DAY),
    ]


def test_a_segment_turned_passive_and_back_is_told_once() -> None:
    """Who was told to have entered stays so; who entered meanwhile is told to have entered when it publishes again."""
    loud, quiet = compiled(segment("s", VISITED)), compiled(segment("s", VISITED, version=2, type="passive"))
    again = compiled(segment("s", VISITED, version=3))
    told, _ = after(NEW_CUSTOMER, loud, event(at=0))
    silent = redefined(told, loud, quiet)
    assert changes(silent) == changes(redefined(silent.state, quiet, again)) == []
    untold, _ = after(NEW_CUSTOMER, quiet, event(at=0))
    assert changes(redefined(untold, quiet, again)) == [("s", 3, "entered", "definition", 7)]


def test_of_whom_nothing_is_known_nothing_is_decided() -> None:
    """A customer without any history enters nothing."""
    ruleset = compiled(segment("quiet", metric("visit.count", less_than=1)))
    assert redefined(NEW_CUSTOMER, None, ruleset) == Transition(NEW_CUSTOMER, ())


def test_records_of_definitions_that_come_again_have_ids_of_their_own() -> None:
    """A segment that was deleted and is added as it was is entered once more, under another id than the first time."""
    nothing, ruleset = compiled(), compiled(segment("s", VISITED))
    state, _ = after(NEW_CUSTOMER, nothing, event(at=0))
    ids = list[str]()
    for before, following in [(nothing, ruleset), (ruleset, nothing)] * 2:
        state, effects = redefined(state, before, following)
        ids += [effect.id for effect in effects if isinstance(effect, SegmentChanged)]
    assert len(ids) == len(set(ids)) == 4
