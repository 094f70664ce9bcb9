"""Distributions: which message goes to whom, on what trigger, and how often.

Decides what holds a message back on a given occasion: its age, the time before start and after the end, a pause, a
limit. Does not send, and does not know channels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from streams.domain.causes import causes_at
from streams.domain.definitions import Definition
from streams.domain.durations import duration_at
from streams.domain.effects import Cause, SuppressionReason
from streams.domain.facts import Predicate, everyone
from streams.domain.faults import ABSENT, NOTES, Place
from streams.domain.identities import DistributionId
from streams.domain.instants import DAY, Instant, Milliseconds
from streams.domain.limits import LIMITS, Limits, limits_of
from streams.domain.messages import Message, Scope, compile_message
from streams.domain.references import References, rule_at
from streams.domain.triggers import TRIGGERS, Trigger, trigger_at
from streams.domain.validity import Validity, validity_at

Status = Literal["draft", "live", "paused"]
STATUSES: tuple[Status, ...] = get_args(Status)
MAX_AGE_BY_DEFAULT = Milliseconds(3 * DAY)


class HeldBack(NamedTuple):
    """Why a message is not sent."""

    reason: SuppressionReason
    until: Instant | None
    """The instant from which it would be, if nothing else is sent until then; none if that is not known, or never."""
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """A compiled distribution."""

    id: DistributionId
    key: str
    """Under which its firings are remembered."""
    version: int
    trigger: Trigger
    paused: bool
    validity: Validity
    """When it sends."""
    admits: Predicate
    """Its validation rule."""
    message: Message
    on: frozenset[Cause]
    """Causes of a change of segment that it reacts to."""
    max_age: Milliseconds
    limits: Limits

    def held_back(self, at: Instant, age: Milliseconds, fired: tuple[Instant, ...]) -> HeldBack | None:
        """What holds back a message of this instant, of this age by now; none if nothing does."""
        if age > self.max_age:
            return HeldBack("max_age", None)
        outside = self.validity.refusal(at)
        if outside is not None:
            return HeldBack(outside, self.validity.opens(at))
        if self.paused:
            return HeldBack("paused", None)
        reason = self.limits.refusal(fired, at)
        return None if reason is None else HeldBack(reason, self.limits.admits_from(fired))


def compile_distribution(place: Place, definition: Definition, references: References) -> Distribution | None:
    """Check one distribution's definition and compile it, or none if it is a draft, or after noting every fault."""
    body = definition.body
    noted = len(place.noted)
    place.keys(body, NOTES | {"trigger", "validation_rule", "message", "limits", "status", "start", "end"})
    status = place.at("status").choice(body.get("status", "live"), STATUSES)
    trigger = trigger_at(place.at("trigger"), body.get("trigger", ABSENT), references.targets, TRIGGERS)
    validity = validity_at(place, body)
    on, max_age, limits = _limits(place.at("limits"), body.get("limits", {}))
    if trigger is None:
        return None
    context = references.context(trigger)
    rule = rule_at(place.at("validation_rule"), body.get("validation_rule"), context, references)
    scope = Scope(context.event, trigger.kind != "event", references.templates)
    message = compile_message(place.at("message"), body.get("message", ABSENT), scope)
    if message is None or len(place.noted) > noted or status == "draft":
        return None
    return Distribution(
        DistributionId(definition.id),
        f"distribution/{definition.id}",
        definition.version,
        trigger,
        status == "paused",
        validity,
        rule.holds if rule else everyone,
        message,
        on,
        max_age,
        limits,
    )


def _limits(place: Place, body: object) -> tuple[frozenset[Cause], Milliseconds, Limits]:
    written: Mapping[str, object] = place.mapping(body) or {}
    place.keys(written, LIMITS | {"max_age", "on"})
    max_age = MAX_AGE_BY_DEFAULT
    if "max_age" in written:
        max_age = duration_at(place.at("max_age"), written["max_age"]) or max_age
    return causes_at(place, written), max_age, limits_of(place, written)
