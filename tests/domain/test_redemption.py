"""Who may redeem: what is answered, what is remembered, and when a refusal would end."""

from typing import Any

from streams.domain.advance import advance
from streams.domain.definitions import EventShape
from streams.domain.effects import Effect, RedemptionDecided, RequestKind, SegmentChanged
from streams.domain.identities import CampaignId, EventName
from streams.domain.instants import DAY, Instant
from streams.domain.redemption import MOST_REMEMBERED, Request, decide, redeemed
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.signals import Occurred
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.domain.writing import CUSTOMER, EVENTS, compiled, definition, event, faults_of, metric, segment

MEMBERS_ONLY = {
    "rules": {
        "1": {
            "name": "customer.segment",
            "conditions": {"$is": ["reviewers"]},
            "error": {"message": "Write a review first."},
        }
    }
}
REVIEWERS = segment("reviewers", metric("review.count", more_than=0))


def club(**body: Any) -> Ruleset:
    """A campaign and the segment that its rules may name."""
    return compiled(REVIEWERS, definition("campaign", "club", body, version=3))


def ask(
    state: CustomerState,
    ruleset: Ruleset,
    kind: RequestKind = "redemption",
    name: str = "r-1",
    now: int = 0,
    **more: Any,
) -> tuple[CustomerState, RedemptionDecided]:
    """The state and the answer."""
    campaign = CampaignId(more.pop("campaign", "club"))
    request = Request(name, kind, CUSTOMER, campaign, more.get("rolls_back"))
    after, effects = decide(state, request, Instant(now), ruleset)
    (answer,) = (one for one in effects if isinstance(one, RedemptionDecided))
    return after, answer


def known(ruleset: Ruleset, name: str = "visit", at: int = 0) -> CustomerState:
    """A customer after one event."""
    state, _ = advance(NEW_CUSTOMER, Occurred(event(name, at), Instant(at)), ruleset)
    return state


def others(effects: tuple[Effect, ...]) -> list[tuple[str, str]]:
    """Published changes of membership."""
    return [(one.segment_id, one.cause) for one in effects if isinstance(one, SegmentChanged)]


def test_who_passes_the_rule_may_redeem() -> None:
    """The answer names campaign and version, and takes the customer's next sequence number."""
    ruleset = club(validation_rule=MEMBERS_ONLY)
    state = known(ruleset, "review")
    after, answer = ask(state, ruleset, now=5)
    assert (answer.valid, answer.code, answer.campaign_version, answer.decided_at) == (True, None, 3, 5)
    assert answer.sequence == after.sequence == state.sequence + 1


def test_who_does_not_is_told_which_rule() -> None:
    """With Voucherify's code, the rule's number, name and message."""
    ruleset = club(validation_rule=MEMBERS_ONLY)
    _, answer = ask(known(ruleset), ruleset)
    assert (answer.valid, answer.code, answer.message) == (
        False,
        "customer_rules_violated",
        "Write a review first.",
    )
    assert [tuple(one) for one in answer.failed] == [("1", "customer.segment", "Write a review first.")]
    assert answer.qualifies_at is None


def test_only_what_has_to_hold_is_named() -> None:
    """No more than needed: of alternatives that all fail one; with the message of the whole where there is no own."""
    rules: dict[str, Any] = {
        str(number): {"name": "customer.metadata", "property": key, "conditions": {"$is": [1]}}
        for number, key in enumerate("abcd", 1)
    }
    body = {"rules": rules, "logic": "(1 or 2) and (3 or 4)", "error": {"message": "no"}}
    ruleset = club(validation_rule=body)
    state = known(ruleset)._replace(profile={"metadata": {"a": 1}})
    _, answer = ask(state, ruleset)
    assert [tuple(one) for one in answer.failed] == [("3", "customer.metadata", "no")]


def test_asking_redeems_nothing() -> None:
    """A validation is answered as a redemption would be, and counts for no limit."""
    ruleset = club(limits={"max": {"times": 1, "per": "P30D"}})
    state = known(ruleset)
    for _ in range(3):
        state, answer = ask(state, ruleset, "validation")
        assert answer.valid
    assert redeemed(state, CampaignId("club")) == []


def test_a_request_that_comes_twice_redeems_once() -> None:
    """It is answered again, as of the first time, also when a limit is reached by now."""
    ruleset = club(limits={"max": {"times": 1, "per": "P30D"}})
    state, first = ask(known(ruleset), ruleset, now=5)
    state, again = ask(state, ruleset, now=99)
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.valid, again.decided_at) == (True, 5)
    assert len(redeemed(state, CampaignId("club"))) == 1


def test_limits_count_redemptions_and_say_when_they_end() -> None:
    """So many times in a period; the first of them leaves it at its own instant."""
    ruleset = club(limits={"max": {"times": 2, "per": "P2D"}})
    state = known(ruleset)
    for number in range(2):
        state, answer = ask(state, ruleset, name=f"r-{number}", now=number)
        assert answer.valid
    state, refused = ask(state, ruleset, name="r-2", now=7)
    assert (refused.code, refused.qualifies_at) == ("quantity_exceeded", 2 * DAY)
    assert ask(state, ruleset, name="r-2", now=2 * DAY - 1)[1].code == "quantity_exceeded"
    assert ask(state, ruleset, name="r-2", now=2 * DAY)[1].valid


def test_a_rollback_gives_the_limit_back() -> None:
    """Once: a second one changes nothing, and what was rolled back is not redeemed again by the same request."""
    ruleset = club(limits={"max": {"times": 1, "per": "P30D"}})
    state, _ = ask(known(ruleset), ruleset)
    assert not ask(state, ruleset, name="r-2")[1].valid
    state, undone = ask(state, ruleset, "rollback", "b-1", 3, rolls_back="r-1")
    assert (undone.valid, undone.repeated) == (True, False)
    state, twice = ask(state, ruleset, "rollback", "b-2", 4, rolls_back="r-1")
    assert (twice.valid, twice.repeated, twice.decided_at) == (True, True, 3)
    assert ask(state, ruleset, name="r-1", now=5)[1].code == "already_rolled_back"
    assert ask(state, ruleset, name="r-2", now=5)[1].valid


def test_what_was_not_redeemed_is_not_rolled_back() -> None:
    """Not by this customer, or not in this campaign."""
    ruleset = compiled(definition("campaign", "club", {}), definition("campaign", "other", {}))
    state, _ = ask(known(ruleset), ruleset)
    assert ask(state, ruleset, "rollback", rolls_back="r-9")[1].code == "not_redeemed"
    assert ask(state, ruleset, "rollback", rolls_back="r-1", campaign="other")[1].code == "not_redeemed"


def test_a_campaign_that_is_not_there_or_not_in_force() -> None:
    """Each has its code; one that begins later says when."""
    ruleset = compiled(
        definition("campaign", "later", {"start": "1970-01-11"}),
        definition("campaign", "over", {"end": "1970-01-01"}),
        definition("campaign", "off", {"active": False}),
    )
    state = known(ruleset)
    assert ask(state, ruleset, campaign="none")[1].code == "campaign_not_found"
    later = ask(state, ruleset, campaign="later")[1]
    assert (later.code, later.qualifies_at) == ("campaign_not_active", 10 * DAY)
    assert ask(state, ruleset, campaign="later", now=10 * DAY)[1].valid
    for campaign in ("over", "off"):
        answer = ask(state, ruleset, campaign=campaign)[1]
        assert (answer.code, answer.qualifies_at) == ("campaign_not_active", None)


def test_time_alone_may_make_it_so() -> None:
    """By a segment that is entered at a deadline, and by a date in the profile."""
    rested = segment("rested", metric("visit.last_occurred", more_than=2))
    rules: dict[str, Any] = {
        "1": {"name": "customer.segment", "conditions": {"$is": ["rested"]}},
        "2": {"name": "customer.birthdate", "conditions": {"$more_than": [4]}},
    }
    ruleset = compiled(rested, definition("campaign", "club", {"validation_rule": {"rules": rules}}))
    state = known(ruleset)._replace(profile={"birthdate": "1970-01-01"})
    answer = ask(state, ruleset, now=7)[1]
    assert (answer.code, answer.qualifies_at) == ("customer_rules_violated", 5 * DAY)
    assert len(answer.failed) == 2
    assert ask(state, ruleset, now=5 * DAY - 1)[1].code == "customer_rules_violated"
    assert ask(state, ruleset, now=5 * DAY)[1].valid


def test_deadlines_that_have_passed_come_first() -> None:
    """They are published before the answer, which sees them."""
    rested = segment("rested", metric("visit.last_occurred", more_than=0))
    rule = {"rules": {"1": {"name": "customer.segment", "conditions": {"$is": ["rested"]}}}}
    ruleset = compiled(rested, definition("campaign", "club", {"validation_rule": rule}))
    request = Request("r-1", "redemption", CUSTOMER, CampaignId("club"))
    _, effects = decide(known(ruleset), request, Instant(3 * DAY), ruleset)
    assert others(effects) == [("rested", "time")]
    assert [one.valid for one in effects if isinstance(one, RedemptionDecided)] == [True]


def test_nobody_becomes_known_by_asking() -> None:
    """Who is not known is decided as if told of; only a redemption is remembered, with what follows from it."""
    idle = segment("idle", metric("visit.count", less_than=1))
    rule = {"rules": {"1": {"name": "customer.segment", "conditions": {"$is": ["idle"]}}}}
    ruleset = compiled(idle, definition("campaign", "club", {"validation_rule": rule}))
    state, answer = ask(NEW_CUSTOMER, ruleset, "validation")
    assert state is NEW_CUSTOMER
    assert (answer.valid, answer.sequence) == (True, 0)
    request = Request("r-1", "redemption", CUSTOMER, CampaignId("club"))
    state, effects = decide(NEW_CUSTOMER, request, Instant(0), ruleset)
    assert others(effects) == [("idle", "profile")]
    assert (len(redeemed(state, CampaignId("club"))), state.sequence) == (1, 2)


def test_outcomes_count_in_segments() -> None:
    """A redemption is an event of the customer, in the same step; one that is answered again is none."""
    redeemer = segment("redeemer", metric("customer.redemption.succeeded.count", more_than=0))
    ruleset = compile_ruleset(
        [redeemer, definition("campaign", "club", {})],
        {**EVENTS, EventName("customer.redemption.succeeded"): EventShape({}, additional=True)},
    )
    state, _ = ask(known(ruleset), ruleset, "validation")
    assert state.segments == {}
    request = Request("r-1", "redemption", CUSTOMER, CampaignId("club"))
    state, effects = decide(state, request, Instant(7), ruleset)
    assert others(effects) == [("redeemer", "event")]
    again, effects = decide(state, request, Instant(8), ruleset)
    assert others(effects) == []
    assert again.occurrences == state.occurrences


def test_no_more_is_remembered_than_must_be() -> None:
    """The newest redemptions stay, those of other campaigns beside them."""
    ruleset = compiled(definition("campaign", "club", {}), definition("campaign", "club/b", {}))
    state, _ = ask(known(ruleset), ruleset, campaign="club/b")
    for number in range(MOST_REMEMBERED + 5):
        state, _ = ask(state, ruleset, name=f"r-{number}", now=number)
    kept = redeemed(state, CampaignId("club"))
    assert [one.at for one in kept] == list(range(5, MOST_REMEMBERED + 5))
    assert len(redeemed(state, CampaignId("club/b"))) == 1


def test_a_campaign_is_checked_as_a_whole() -> None:
    """Rule, limits, times and switch are refused with their places."""
    body = {
        "validation_rule": {"rules": {"1": {"name": "custom_event.metadata", "property": "a"}}},
        "limits": {"max": {"times": 0, "per": "P1D"}, "on": ["event"]},
        "active": "yes",
        "start": "1970-01-02",
        "end": "1970-01-01",
    }
    paths = {fault.path[:2] for fault in faults_of(definition("campaign", "club", body))}
    assert paths == {("validation_rule", "rules"), ("limits", "max"), ("limits", "on"), ("active",), ("end",)}
