"""Campaigns: who may redeem in one, as a validation rule.

Checks the rule and keeps it compiled; a campaign's other keys belong to those who own it. A campaign that only earning
rules name needs no definition.
"""

from typing import NamedTuple

from streams.domain.definitions import Definition
from streams.domain.faults import Place
from streams.domain.identities import CampaignId
from streams.domain.references import References, rule_at
from streams.domain.rules import Context, ValidationRule


class Campaign(NamedTuple):
    """A compiled campaign."""

    id: CampaignId
    version: int
    rule: ValidationRule | None
    """None if everyone may redeem."""


def compile_campaign(place: Place, definition: Definition, references: References) -> Campaign | None:
    """Check one campaign's definition and compile it, or none after noting every fault."""
    noted = len(place.noted)
    context = Context(references.targets.segments, None, references.targets.events)
    rule = rule_at(place.at("validation_rule"), definition.body.get("validation_rule"), context, references)
    return None if len(place.noted) > noted else Campaign(CampaignId(definition.id), definition.version, rule)
