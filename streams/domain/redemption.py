"""Redemption: whether a customer may redeem in a campaign now, and what is remembered of it.

Theory of operation. A request is decided over the customer as time has made it: deadlines that have passed take effect
first. Somebody of whom nothing is known is decided as if they had just been told of, and is remembered only if they
redeem. What was redeemed is remembered by the digest of the request's id, with its instant and that of its rollback: so
a request that comes twice redeems once, limits count what was not rolled back, and a rollback knows what it undoes.

A refusal says since which instant it would be otherwise, if nothing but time passed: the next instants at which time
can change anything are tried one after the other, each with the deadlines up to it taken. Does not know how requests
arrive, and redeems nothing itself: a campaign's worth is its owner's business.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

from streams.domain.advance import Transition, advance, settled
from streams.domain.campaigns import Campaign
from streams.domain.effects import Effect, RedemptionDecided, RefusalCode, RequestKind
from streams.domain.facts import Facts
from streams.domain.identities import CampaignId, CustomerId
from streams.domain.instants import Instant, Milliseconds
from streams.domain.reactions import Moment
from streams.domain.ruleset import Ruleset
from streams.domain.signals import ProfileChanged, Tick
from streams.domain.state import CustomerState
from streams.domain.validation import Failure

MOST_REMEMBERED = 100
"""Redemptions of one customer in one campaign, beside those that its limits count; the newest of them."""
MOST_STEPS = 100
"""Instants that are tried to say when a refusal would end."""


class Request(NamedTuple):
    """What is asked."""

    id: str
    kind: RequestKind
    customer_id: CustomerId
    campaign: CampaignId
    rolls_back: str | None = None
    """The request that a rollback undoes."""


class Redeemed(NamedTuple):
    """One redemption as it is remembered."""

    key: str
    at: Instant
    rolled_back: bool


class _Refusal(NamedTuple):
    code: RefusalCode
    message: str | None
    failed: tuple[Failure, ...] = ()


_NO_CAMPAIGN = _Refusal("campaign_not_found", "there is no such campaign")


def decide(state: CustomerState, request: Request, now: Instant, ruleset: Ruleset) -> Transition:
    """Answer one request: before the answer, what time and a newcomer's arrival cause; behind it, what it causes."""
    answered = _decide(state, request, now, ruleset)
    decision = answered.effects[-1]
    if not isinstance(decision, RedemptionDecided) or not decision.sequence or decision.repeated:
        return answered
    facts = _facts(request.customer_id, answered.state, now)
    moment = Moment(f"redemption:{request.id}", now, Milliseconds(0))
    state, caused = settled(answered.state, (facts, ()), moment, ruleset, [decision])
    return Transition(state, (*answered.effects[:-1], *caused))


def _decide(state: CustomerState, request: Request, now: Instant, ruleset: Ruleset) -> Transition:
    """Answer one request; the last effect is the answer."""
    known, effects = _known(state, request, now, ruleset)
    campaign = ruleset.campaigns.get(request.campaign)
    if campaign is None:
        return _answered(state, known, effects, _decision(request, None, _NO_CAMPAIGN, now))
    if request.kind == "rollback":
        return _rolled_back(state, Transition(known, effects), request, campaign, now)
    before = known.firings.get(_key(request.campaign, request.id))
    if request.kind == "redemption" and before is not None:
        return _answered(state, known, effects, _again(request, campaign, before))
    refusal = _refusal(campaign, request.customer_id, known, now)
    decision = _decision(request, campaign, refusal, now)
    if refusal is not None:
        when = _qualifies_at(campaign, request.customer_id, known, now, ruleset)
        return _answered(state, known, effects, decision._replace(qualifies_at=when))
    if request.kind == "redemption":
        known = _with(known, campaign, _key(campaign.id, request.id), (now,))
        return _answered(known, known, effects, decision)
    return _answered(state, known, effects, decision)


def redeemed(state: CustomerState, campaign: CampaignId) -> list[Redeemed]:
    """What the customer redeemed in a campaign, as far as it is remembered, ascending."""
    prefix = _key(campaign, "")
    found = [
        Redeemed(key, fired[0], len(fired) > 1)
        for key, fired in state.firings.items()
        if key.startswith(prefix) and "/" not in key[len(prefix) :]
    ]
    return sorted(found, key=lambda one: (one.at, one.key))


def _known(
    state: CustomerState, request: Request, now: Instant, ruleset: Ruleset
) -> tuple[CustomerState, tuple[Effect, ...]]:
    """The customer at this instant; of whom nothing is known, as if somebody had just told of them."""
    if state.ruleset:
        return advance(state, Tick(request.customer_id, now), ruleset)
    return advance(state, ProfileChanged(request.id, request.customer_id, {}, now), ruleset)


def _answered(
    state: CustomerState, known: CustomerState, effects: tuple[Effect, ...], decision: RedemptionDecided
) -> Transition:
    """The transition that ends with a decision; nobody becomes known by asking."""
    if not state.ruleset:
        return Transition(state, (decision,))
    sequence = known.sequence + 1
    return Transition(known._replace(sequence=sequence), (*effects, decision._replace(sequence=sequence)))


def _decision(
    request: Request, campaign: Campaign | None, refusal: _Refusal | None, now: Instant
) -> RedemptionDecided:
    code, message, failed = (None, None, ()) if refusal is None else refusal
    version = None if campaign is None else campaign.version
    return RedemptionDecided(
        request.id, 0, request.kind, request.campaign, version, refusal is None, code, message, failed,
        qualifies_at=None, decided_at=now, repeated=False,
    )  # fmt: skip


def _again(request: Request, campaign: Campaign, before: tuple[Instant, ...]) -> RedemptionDecided:
    """The answer to a redemption that was answered before."""
    undone = _Refusal("already_rolled_back", "what this request redeemed was rolled back")
    refusal = undone if len(before) > 1 else None
    return _decision(request, campaign, refusal, before[0])._replace(repeated=True)


def _rolled_back(
    state: CustomerState, caught_up: Transition, request: Request, campaign: Campaign, now: Instant
) -> Transition:
    known, effects = caught_up
    key = _key(campaign.id, request.rolls_back or "")
    before = known.firings.get(key)
    if before is None:
        unknown = _Refusal(
            "not_redeemed", f"no redemption {request.rolls_back} of this customer is remembered"
        )
        return _answered(state, known, effects, _decision(request, campaign, unknown, now))
    if len(before) > 1:
        again = _decision(request, campaign, None, before[1])._replace(repeated=True)
        return _answered(state, known, effects, again)
    known = _with(known, campaign, key, (before[0], max(now, before[0])))
    return _answered(known, known, effects, _decision(request, campaign, None, now))


def _refusal(campaign: Campaign, customer: CustomerId, state: CustomerState, now: Instant) -> _Refusal | None:
    """Why the customer may not redeem at this instant; none if they may."""
    if not campaign.active or campaign.validity.refusal(now) is not None:
        return _Refusal("campaign_not_active", "the campaign is not active now")
    rule = campaign.rule
    if rule is not None:
        failed = rule.failures(_facts(customer, state, now))
        if failed:
            message = rule.message or next((one.message for one in failed if one.message), None)
            return _Refusal("customer_rules_violated", message, failed)
    if not campaign.limits.admit(_counted(state, campaign), now):
        return _Refusal("quantity_exceeded", "the customer has redeemed as often as the campaign allows")
    return None


def _qualifies_at(
    campaign: Campaign, customer: CustomerId, state: CustomerState, now: Instant, ruleset: Ruleset
) -> Instant | None:
    at = now
    for _ in range(MOST_STEPS):
        ahead = [one for one in _instants(campaign, customer, state, at) if one > at]
        if not ahead:
            return None
        at = min(ahead)
        state, _effects = advance(state, Tick(customer, at), ruleset)
        if _refusal(campaign, customer, state, at) is None:
            return at
    return None


def _instants(
    campaign: Campaign, customer: CustomerId, state: CustomerState, at: Instant
) -> Iterator[Instant]:
    """Instants at which time may change the answer, the next one of each cause."""
    rule = campaign.rule
    rules = None if rule is None else rule.next_change(_facts(customer, state, at))
    limits = campaign.limits.admits_from(_counted(state, campaign))
    yield from (one for one in (state.due, rules, limits, campaign.validity.start) if one is not None)


def _counted(state: CustomerState, campaign: Campaign) -> tuple[Instant, ...]:
    """The instants of what was redeemed and not rolled back."""
    return tuple(one.at for one in redeemed(state, campaign.id) if not one.rolled_back)


def _with(state: CustomerState, campaign: Campaign, key: str, fired: tuple[Instant, ...]) -> CustomerState:
    """The state that remembers a redemption as it is now, and no more of them than it must."""
    firings = {**state.firings, key: fired}
    most = max(MOST_REMEMBERED, campaign.limits.remembered)
    kept = state._replace(firings=firings)
    for old in redeemed(kept, campaign.id)[:-most]:
        del firings[old.key]
    return kept


def _facts(customer: CustomerId, state: CustomerState, at: Instant) -> Facts:
    return Facts(customer, state.occurrences, state.profile, state.segments, at, None)


def _key(campaign: CampaignId, request: str) -> str:
    """Under which a redemption is remembered; without a request, how the keys of a campaign begin."""
    if not request:
        return f"redemption/{campaign}/"
    digest = blake2b(request.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"redemption/{campaign}/{digest}"
