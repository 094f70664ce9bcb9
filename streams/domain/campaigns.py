"""Campaigns: who may redeem in one, and how often.

Checks what a definition says and keeps it compiled; a campaign's other keys belong to those who own it. A campaign that
only earning rules name needs no definition. Whether a customer may redeem now is decided in ``redemption``.
"""

from typing import NamedTuple

from streams.domain.definitions import Definition
from streams.domain.faults import Place
from streams.domain.identities import CampaignId
from streams.domain.limits import LIMITS, Limits, limits_of
from streams.domain.references import References, rule_at
from streams.domain.rules import Context, ValidationRule
from streams.domain.validity import Validity, validity_at


class Campaign(NamedTuple):
    """A compiled campaign."""

    id: CampaignId
    version: int
    rule: ValidationRule | None
    """None if everyone may redeem."""
    limits: Limits
    """How often one customer may."""
    active: bool
    validity: Validity
    """When anybody may."""


def compile_campaign(place: Place, definition: Definition, references: References) -> Campaign | None:
    """Check one campaign's definition and compile it, or none after noting every fault."""
    noted, body = len(place.noted), definition.body
    context = Context(references.targets.segments, None, references.targets.events)
    rule = rule_at(place.at("validation_rule"), body.get("validation_rule"), context, references)
    written = place.at("limits").mapping(body.get("limits", {})) or {}
    place.at("limits").keys(written, LIMITS)
    limits = limits_of(place.at("limits"), written)
    active = place.at("active").boolean(body.get("active", True))
    validity = validity_at(place, body)
    if len(place.noted) > noted:
        return None
    return Campaign(CampaignId(definition.id), definition.version, rule, limits, active, validity)
