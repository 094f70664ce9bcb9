from collections.abc import Mapping
from typing import Any

import pytest

from streams.domain.definitions import Definition
from streams.domain.identities import CampaignId, EventName, SegmentId
from streams.domain.triggers import Trigger
from tests.domain.writing import CUSTOMER, compiled, definition, facts, faults_of, metric, segment

VISIT, REVIEW = EventName("visit"), EventName("review")
MESSAGE = {"message": {"channel": "email"}}
POINTS = {"campaign": "club", "points": {"type": "fixed", "value": 1}}


def ids(things: tuple[Any, ...]) -> list[str]:
    """Their ids, in order."""
    return [thing.id for thing in things]


def test_an_event_touches_only_what_looks_at_it() -> None:
    """The plan of an event holds the segments that look at it and those over them; with a profile, those too."""
    ruleset = compiled(
        segment("visits", metric("visit.count", more_than=1)),
        segment("reviews", metric("review.count", more_than=1)),
        segment("over", {"segments": {"conditions": {"$in": ["visits"]}}}),
        segment("named", {"name": {"conditions": {"$has_value": True}}}),
        segment("listed", type="static", customers=[CUSTOMER]),
    )
    assert ids(ruleset.plans[VISIT].segments) == ["visits", "over"]
    assert ids(ruleset.plans[VISIT].segments_with_profile) == ["named", "visits", "over"]
    assert ids(ruleset.plans[REVIEW].segments) == ["reviews"]
    assert ids(ruleset.otherwise.segments) == []
    assert ids(ruleset.otherwise.segments_with_profile) == ["named"]


def test_a_newcomer_is_decided_only_where_an_answer_is_open() -> None:
    """The first event of a customer also looks at profiles, lists and segments for who did nothing; at no others."""
    ruleset = compiled(
        segment("visits", metric("visit.count", more_than=1)),
        segment("reviews", metric("review.count", more_than=1)),
        segment("quiet", metric("review.count", less_than=1)),
        segment("over", {"segments": {"conditions": {"$in": ["quiet"]}}}),
        segment("outside", {"segments": {"conditions": {"$not_in": ["reviews"]}}}),
        segment("inside", {"segments": {"conditions": {"$in": ["reviews"]}}}),
        segment("named", {"name": {"conditions": {"$has_value": True}}}),
        segment("listed", type="static", customers=[CUSTOMER]),
    )
    decided = ruleset.plans[VISIT].segments_of_newcomer
    assert set(ids(decided)) == {"listed", "named", "quiet", "visits", "outside", "over"}


def test_time_touches_only_what_it_can_change() -> None:
    """Deadlines look at segments over days and those over them; counts never change by time."""
    ruleset = compiled(
        segment("count", metric("visit.count", more_than=1)),
        segment("days", metric("visit.last_occurred", more_than=1)),
        segment("always", metric("visit.last_occurred", more_than_or_equal=0)),
        segment("over", {"segments": {"conditions": {"$in": ["days"]}}}),
    )
    assert ids(ruleset.timed) == ["days", "over"]


def test_only_live_and_active_definitions_are_triggered() -> None:
    """Drafts, paused and inactive definitions are checked, and in no plan."""
    ruleset = compiled(
        definition("distribution", "b", {"trigger": {"event": "visit"}, **MESSAGE}),
        definition("distribution", "a", {"trigger": {"event": "visit"}, **MESSAGE, "status": "live"}),
        definition("distribution", "c", {"trigger": {"event": "visit"}, **MESSAGE, "status": "draft"}),
        definition("earning_rule", "e", {"trigger": {"event": "visit"}, **POINTS}),
        definition("earning_rule", "f", {"trigger": {"event": "visit"}, **POINTS, "active": False}),
    )
    assert ids(ruleset.plans[VISIT].triggered.distributions) == ["a", "b"]
    assert ids(ruleset.plans[VISIT].triggered.earning_rules) == ["e"]
    assert ruleset.triggers.keys() == {Trigger("event", "visit")}


def test_the_fingerprint_is_that_of_the_segments() -> None:
    """It changes with what decides membership, and with nothing else."""
    leaf, other = metric("visit.count", more_than=1), metric("visit.count", more_than=2)
    rule = definition("earning_rule", "e", {"trigger": {"event": "visit"}, **POINTS})
    same = {
        compiled(segment("a", leaf), segment("b", leaf)).fingerprint,
        compiled(segment("b", leaf), segment("a", leaf)).fingerprint,
        compiled(segment("a", leaf, description="A"), segment("b", leaf), rule).fingerprint,
    }
    different = {
        compiled().fingerprint,
        compiled(segment("a", leaf)).fingerprint,
        compiled(segment("a", leaf), segment("b", other)).fingerprint,
        compiled(segment("a", leaf), segment("b", leaf, version=2)).fingerprint,
        compiled(segment("a", leaf), segment("b", leaf, type="passive")).fingerprint,
    }
    assert len(same) == 1
    assert len(same | different) == 6


def test_what_is_filled_from_scratch() -> None:
    """A first version is new to everybody; one over an edited segment is not."""
    ruleset = compiled(
        segment("new", metric("visit.count", more_than=1)),
        segment("edited", metric("visit.count", more_than=1), version=2),
        segment("over", {"segments": {"conditions": {"$in": ["edited", "new"]}}}),
    )
    assert ruleset.backfilled == {"new"}


def test_a_shared_rule_is_checked_for_each_use() -> None:
    """A rule that fits one event and not another is refused for the other alone."""
    rule: Mapping[str, Any] = {
        "rules": {"1": {"name": "custom_event.metadata", "property": "rating", "conditions": {"$is": [5]}}}
    }
    shared = definition("validation_rule", "five", rule)
    fits = definition(
        "distribution", "fits", {"trigger": {"event": "review"}, "validation_rule": "five", **MESSAGE}
    )
    no_event = definition(
        "distribution", "misfit", {"trigger": {"segment_left": "s"}, "validation_rule": "five", **MESSAGE}
    )
    leaf = segment("s", metric("visit.count", more_than=1))
    assert faults_of(shared, fits, leaf) == []
    (fault,) = faults_of(shared, fits, no_event, leaf)
    assert (fault.id, fault.path) == ("misfit", ("validation_rule",))
    assert fault.hint == "at rules.1.name of validation_rule five; this trigger has no event"


def test_a_faulty_shared_rule_is_reported_once() -> None:
    """What is wrong with the rule itself is said where it stands, not at each of its uses."""
    shared = definition("validation_rule", "bad", {"rules": {"1": {"name": "customer.sgment"}}})
    use = definition(
        "distribution", "d", {"trigger": {"event": "visit"}, "validation_rule": "bad", **MESSAGE}
    )
    assert [(f.kind, f.id, f.path) for f in faults_of(shared, use)] == [
        ("validation_rule", "bad", ("rules", "1", "name"))
    ]


def test_campaigns_keep_their_rule() -> None:
    """A campaign's rule is compiled, by id or in place; its other keys are its owner's."""
    rule = {"rules": {"1": {"name": "customer.segment", "conditions": {"$is": ["s"]}}}}
    leaf = segment("s", metric("visit.count", more_than=1))
    ruleset = compiled(
        leaf,
        definition("campaign", "club", {"validation_rule": rule, "colour": "red"}),
        definition("campaign", "open", {}),
    )
    club = ruleset.campaigns[CampaignId("club")].rule
    assert club is not None
    assert club.holds(facts(segments=("s",)))
    assert not club.holds(facts())
    assert ruleset.campaigns[CampaignId("open")].rule is None
    assert [f.path for f in faults_of(definition("campaign", "c", {"validation_rule": "none"}))] == [
        ("validation_rule",)
    ]


def test_definitions_may_come_in_any_order() -> None:
    """References are resolved over all definitions, wherever they stand."""
    over = segment("a", {"segments": {"conditions": {"$in": ["b"]}}})
    assert list(compiled(over, segment("b", metric("visit.count", more_than=1))).segments) == [
        SegmentId("b"),
        SegmentId("a"),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        Definition("segment", "s", 1, {}),
        definition("distribution", "d", {}),
        definition("earning_rule", "e", {}),
        definition("validation_rule", "v", {}),
    ],
)
def test_an_empty_body_is_refused(broken: Definition) -> None:
    """Every kind but a campaign has something that it cannot do without."""
    assert faults_of(broken)
