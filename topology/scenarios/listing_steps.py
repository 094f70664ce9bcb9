"""The steps that put a customer on the list of a segment, and take one off.

Decides how they are written: ``{list: vip, customer: c-42}`` and ``{unlist: vip, customer: c-42}``, with ``cause:
definition`` for what a file of members does. Which segments there are is not asked, as a worker does not either.
"""

from streams.domain.faults import ABSENT, Place
from streams.domain.identities import CustomerId, SegmentId
from streams.domain.instants import parse_instant
from streams.domain.listing import enlist
from streams.domain.signals import Listed
from topology.scenarios.instants import instant_at
from topology.scenarios.playing import Play
from topology.scenarios.scenario import Step

PUT_ON, TAKEN_OFF = "list", "unlist"


def check_listing(place: Place, step: Step) -> None:
    """Both name a segment and a customer; ``now`` may say when."""
    key = _key(step)
    place.keys(step, {key, "customer", "now", "cause"})
    place.at(key).text(step[key])
    place.at("customer").text(step.get("customer", ABSENT))
    if "now" in step:
        instant_at(place.at("now"), step["now"])
    if "cause" in step:
        place.at("cause").choice(step["cause"], ("profile", "definition"))


def play_listing(play: Play, step: Step, name: str) -> None:
    """Put a customer on a list, or take one off."""
    key, customer = _key(step), CustomerId(step["customer"])
    if "now" in step:
        play.pass_time(parse_instant(step["now"]))
    cause = step.get("cause", "profile")
    signal = Listed(name, customer, SegmentId(step[key]), key == PUT_ON, play.clock, cause)
    play.decide(customer, lambda state, _now, ruleset: enlist(state, signal, ruleset))


def customer_of_listing(step: Step) -> str | None:
    """Whom it is about."""
    told = step.get("customer")
    return told if isinstance(told, str) else None


def _key(step: Step) -> str:
    return PUT_ON if PUT_ON in step else TAKEN_OFF
