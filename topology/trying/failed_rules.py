"""The rules of a validation rule that do not hold of a customer, each with what it asks and what it sees.

Decides which of them are told: all that are numbered and do not hold, whatever joins them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from streams.domain.facts import Facts
from streams.domain.faults import ABSENT, Place
from streams.domain.profiles import look_up, profile_path
from streams.domain.rules import ANY_EVENT, Context, compile_rule
from streams.domain.ruleset import Ruleset
from streams.domain.triggers import Trigger


class FailedRule(NamedTuple):
    """One numbered rule that does not hold."""

    number: str
    name: str
    """What it looks at, such as ``custom_event.metadata.rating``."""
    conditions: object
    """As written."""
    found: object
    """What it sees; ``ABSENT`` for nothing."""
    message: str | None
    """What the rule has to say to who fails it."""


def failed_rules(body: object, trigger: Trigger, facts: Facts, ruleset: Ruleset) -> tuple[FailedRule, ...]:
    """The rules that do not hold; none where they cannot be told apart."""
    event = ANY_EVENT if trigger.kind == "event" else None
    place = Place("validation_rule", "", (), [])
    compiled = compile_rule(place, body, Context(ruleset.segments, event))
    if compiled is None or not isinstance(body, Mapping):
        return ()
    numbered: Mapping[Any, Any] = body.get("rules", body)
    written = {str(number): rule for number, rule in numbered.items()}
    return tuple(
        _failed(rule.number, written[rule.number], rule.message or compiled.message, facts)
        for rule in compiled.rules
        if not rule.holds(facts)
    )


def _failed(number: str, written: Mapping[str, Any], message: str | None, facts: Facts) -> FailedRule:
    name = str(written["name"])
    property_ = written.get("property")
    looked_at = name if property_ is None else f"{name}.{property_}"
    return FailedRule(number, looked_at, written.get("conditions"), _seen(name, property_, facts), message)


def _seen(name: str, property_: object, facts: Facts) -> object:
    if name == "customer.segment":
        return sorted(facts.segments)
    if name == "custom_event.metadata":
        return ABSENT if facts.event is None else facts.event.metadata.get(str(property_), ABSENT)
    field = name.removeprefix("customer.")
    path = profile_path(Place("", "", (), []), field if property_ is None else f"{field}.{property_}")
    value = None if path is None else look_up(path[0])(facts)
    return ABSENT if value is None else value
