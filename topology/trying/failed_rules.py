"""The rules of a validation rule that do not hold of a customer, each with what it asks and what it sees.

Decides which of them are told: all that are numbered and do not hold, whatever joins them.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from streams.domain.facts import Facts
from streams.domain.faults import ABSENT, Place
from streams.domain.profiles import look_up, profile_path
from streams.domain.rules import ANY_EVENT, Context, ValidationRule, compile_rule
from streams.domain.ruleset import Ruleset
from streams.domain.triggers import Trigger


class FailedRule(NamedTuple):
    """One numbered rule that does not hold."""

    number: str
    name: str
    """What it looks at, such as ``custom_event.metadata.rating``."""
    conditions: object
    """As written; none where that cannot be told."""
    found: object
    """What it sees; ``ABSENT`` for nothing."""
    message: str | None
    """What the rule has to say to who fails it."""


def failed_rules(body: object, trigger: Trigger, facts: Facts, ruleset: Ruleset) -> tuple[FailedRule, ...]:
    """The rules that do not hold; none where they cannot be told apart."""
    event = ANY_EVENT if trigger.kind == "event" else None
    compiled = compile_rule(Place("validation_rule", "", (), []), body, Context(ruleset.segments, event))
    if compiled is None:
        return ()
    return tuple(
        _failed(number, message, _written(body, number), facts)
        for number, message in _failures(compiled, facts)
    )


def _failures(rule: ValidationRule, facts: Facts) -> Iterator[tuple[str, str | None]]:
    """The numbers of the rules that do not hold, and what they say to that."""
    for each in rule.rules:
        if not each.holds(facts):
            yield each.number, each.message or rule.message


def _written(body: object, number: str) -> Mapping[str, object]:
    """The rule of a number as it is written; of one inside another, such as ``2.1``. Empty if it is no mapping."""
    for part in number.split("."):
        rules = body.get("rules", body) if isinstance(body, Mapping) else {}
        by_number = {str(key): rule for key, rule in rules.items()} if isinstance(rules, Mapping) else {}
        body = by_number.get(part)
    return body if isinstance(body, Mapping) else {}


def _failed(number: str, message: str | None, written: Mapping[str, object], facts: Facts) -> FailedRule:
    name, property_ = str(written.get("name", "")), written.get("property")
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
