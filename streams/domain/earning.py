"""Earning rules: how many points an event or an entered segment is worth on a campaign's card.

Decides the number in exact decimal arithmetic: ``floor(value / every) * points``, never negative. A missing property,
or one that is no number, is worth nothing. Says how long points last and how long they can be taken back; does not know
balances.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context as Arithmetic
from decimal import Decimal, InvalidOperation

from streams.domain.causes import causes_at
from streams.domain.definitions import Definition, EventShape
from streams.domain.durations import duration_at
from streams.domain.effects import Cause
from streams.domain.expiry import Expiry, expiry_at
from streams.domain.facts import Facts, Predicate, everyone
from streams.domain.faults import ABSENT, NOTES, Place
from streams.domain.identities import CampaignId, EarningRuleId
from streams.domain.instants import Milliseconds
from streams.domain.ledger import MOST_POINTS
from streams.domain.limits import LIMITS, Limits, limits_of
from streams.domain.operators import number_of
from streams.domain.profiles import look_up
from streams.domain.references import References, rule_at
from streams.domain.triggers import Trigger, trigger_at
from streams.domain.validity import Validity, validity_at

Worth = Callable[[Facts], int]
"""How many points an occasion is worth; 0 for none."""

_KEYS = {
    *("campaign", "trigger", "points", "validation_rule", "limits"),
    *("expires", "reversible", "active", "start", "end"),
}
_CUSTOMER = "customer.metadata."
_EXACT = Arithmetic(prec=400)
"""Enough digits for any two doubles."""


@dataclass(frozen=True, slots=True)
class EarningRule:
    """A compiled earning rule."""

    id: EarningRuleId
    key: str
    """Under which its firings are remembered."""
    version: int
    campaign: CampaignId
    trigger: Trigger
    active: bool
    validity: Validity
    """When it grants."""
    admits: Predicate
    """Its validation rule."""
    worth: Worth
    on: frozenset[Cause]
    """Causes that it grants for."""
    limits: Limits
    expiry: Expiry | None
    """None if points stay."""
    reversible: Milliseconds | None
    """How long points can be taken back; none if never."""


def compile_earning_rule(place: Place, definition: Definition, references: References) -> EarningRule | None:
    """Check one earning rule's definition and compile it, or none after noting every fault."""
    body = definition.body
    noted = len(place.noted)
    place.keys(body, NOTES | _KEYS)
    campaign = place.at("campaign").text(body.get("campaign", ABSENT))
    active = place.at("active").boolean(body.get("active", True))
    validity = validity_at(place, body)
    on, limits = _limits(place.at("limits"), body.get("limits", {}))
    expiry = expiry_at(place.at("expires"), body["expires"]) if "expires" in body else None
    reversible = duration_at(place.at("reversible"), body["reversible"]) if "reversible" in body else None
    trigger = trigger_at(
        place.at("trigger"), body.get("trigger", ABSENT), references.targets, ("event", "segment_entered")
    )
    if trigger is None:
        return None
    context = references.context(trigger)
    rule = rule_at(place.at("validation_rule"), body.get("validation_rule"), context, references)
    worth = _points(place.at("points"), body.get("points", ABSENT), context.event)
    if campaign is None or worth is None or len(place.noted) > noted:
        return None
    return EarningRule(
        EarningRuleId(definition.id),
        f"earning_rule/{definition.id}",
        definition.version,
        CampaignId(campaign),
        trigger,
        active,
        validity,
        rule.holds if rule else everyone,
        worth,
        on,
        limits,
        expiry,
        reversible,
    )


def proportional_points(value: object, every: Decimal, points: int) -> int:
    """``floor(value / every) * points``, never below 0; 0 for what is no number.

    A number counts as it is written: 0.3 is three tenths, whatever a double makes of it.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0
    try:
        steps = int(_EXACT.divide_int(Decimal(repr(value)), every))
    except (InvalidOperation, OverflowError, ValueError):
        return 0
    return min(max(steps, 0) * points, MOST_POINTS)


def _points(place: Place, body: object, shape: EventShape | None) -> Worth | None:
    written = place.mapping(body)
    if written is None:
        return None
    kind = place.at("type").choice(written.get("type", ABSENT), ("fixed", "proportional"))
    if kind == "fixed":
        place.keys(written, {"type", "value"})
        value = _whole(place.at("value"), written.get("value", ABSENT))
        return None if value is None else lambda _facts: value
    return _proportional(place, written, shape) if kind == "proportional" else None


def _proportional(place: Place, body: Mapping[str, object], shape: EventShape | None) -> Worth | None:
    place.keys(body, {"type", "every", "points", "property"})
    every = number_of(body.get("every", ABSENT))
    if every is None or every <= 0:
        place.at("every").fault("a number above 0", body.get("every", ABSENT))
    points = _whole(place.at("points"), body.get("points", ABSENT))
    value = _property(place.at("property"), body.get("property", ABSENT), shape)
    if value is None or points is None or every is None or every <= 0:
        return None
    step, per_step = Decimal(repr(every)), points
    return lambda facts: proportional_points(value(facts), step, per_step)


def _property(place: Place, body: object, shape: EventShape | None) -> Callable[[Facts], object] | None:
    """What a property stands for: an attribute of the event, or a field of the customer's metadata."""
    written = place.text(body)
    if written is None:
        return None
    if written.startswith(_CUSTOMER) and written != _CUSTOMER:
        return look_up(("metadata", written.removeprefix(_CUSTOMER)))
    if shape is None:
        hint = "a segment has no metadata; the customer has"
        place.fault("customer.metadata.<key>, or an event as trigger", written, hint)
        return None
    if not _is_number(place, written, shape):
        return None
    return lambda facts: facts.event.metadata.get(written) if facts.event else None


def _is_number(place: Place, attribute: str, shape: EventShape) -> bool:
    kind = shape.attributes.get(attribute)
    if kind is None and not shape.additional:
        place.unknown("attribute of the event", attribute, shape.attributes)
        return False
    if kind not in {None, "number"}:
        place.fault("an attribute of type number", f"{attribute}, a {kind}")
        return False
    return True


def _whole(place: Place, value: object) -> int | None:
    number = number_of(value)
    if number is None or number != int(number) or not 0 < number <= MOST_POINTS:
        place.fault(f"a whole number of points, 1 to {MOST_POINTS}", value)
        return None
    return int(number)


def _limits(place: Place, body: object) -> tuple[frozenset[Cause], Limits]:
    written: Mapping[str, object] = place.mapping(body) or {}
    place.keys(written, LIMITS | {"on"})
    return causes_at(place, written), limits_of(place, written)
