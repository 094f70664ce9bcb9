"""The kinds of steps that are no events: somebody tells of a customer, deletes one, or asks whether one may redeem.

Decides how they are written. Each happens when the clock reads what it reads, or the step's ``now``.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.customers import read_customer
from schemas.redemption_requests import KINDS, read_request
from schemas.rejections import Rejected
from streams.domain.faults import ABSENT, Place
from streams.domain.identities import CampaignId, CustomerId
from streams.domain.instants import Instant, parse_instant
from streams.domain.redemption import Request, decide
from streams.domain.signals import Deleted, ProfileChanged
from topology.scenarios.instants import instant_at
from topology.scenarios.playing import Play
from topology.scenarios.scenario import Step


def check_profile(place: Place, step: Step) -> None:
    """``{profile: {source_id: c-42, email: …}}``: what it says is checked when it comes."""
    place.keys(step, {"profile", "now"})
    _check_now(place, step)
    written = place.at("profile").mapping(step["profile"])
    if written is not None:
        place.at("profile").at("source_id").text(written.get("source_id", ABSENT))


def play_profile(play: Play, step: Step, name: str) -> None:
    """Merge a profile."""
    body = dict(step["profile"])
    customer = CustomerId(body.pop("source_id"))
    _pass(play, step)
    read = read_customer(customer.encode(), msgspec.json.encode(body))
    if isinstance(read, Rejected):
        play.reject(read, body, "customers")
        return
    profile = read.profile or {}
    # Without a clock that reads anything, nothing can be decided.
    play.move(customer, lambda _clock: ProfileChanged(name, customer, profile, play.clock))


def check_delete(place: Place, step: Step) -> None:
    """``{delete: c-42}``."""
    place.keys(step, {"delete", "now"})
    _check_now(place, step)
    place.at("delete").text(step["delete"])


def play_delete(play: Play, step: Step, name: str) -> None:
    """Forget a customer."""
    customer = CustomerId(step["delete"])
    _pass(play, step)
    play.move(customer, lambda clock: Deleted(name, customer, clock))


def check_request(place: Place, step: Step) -> None:
    """``{request: redemption, campaign: club, customer: {source_id: c-42}, id: r-1}``."""
    _check_now(place, step)
    place.at("request").choice(step["request"], KINDS)


def play_request(play: Play, step: Step, name: str) -> None:
    """Ask whether a customer may redeem, redeem, or roll back."""
    own = {key: value for key, value in step.items() if key not in {"request", "now"}}
    body: Mapping[str, Any] = {"id": name, **own, "kind": step["request"]}
    _pass(play, step)
    read = read_request(msgspec.json.encode(body))
    if isinstance(read, Rejected):
        play.reject(read, body, "redemption-requests")
        return
    customer, campaign = CustomerId(read.customer_id), CampaignId(read.campaign)
    request = Request(read.id, read.kind, customer, campaign, read.rolls_back)
    play.decide(customer, lambda state, now, ruleset: decide(state, request, max(now, Instant(0)), ruleset))


def customer_of_profile(step: Step) -> str | None:
    """Whom a profile is about."""
    told = step["profile"].get("source_id") if isinstance(step["profile"], Mapping) else None
    return told if isinstance(told, str) else None


def customer_of_delete(step: Step) -> str | None:
    """Who is deleted."""
    return step["delete"] if isinstance(step["delete"], str) else None


def _check_now(place: Place, step: Step) -> None:
    if "now" in step:
        instant_at(place.at("now"), step["now"])


def _pass(play: Play, step: Step) -> None:
    if "now" in step:
        play.pass_time(parse_instant(step["now"]))
