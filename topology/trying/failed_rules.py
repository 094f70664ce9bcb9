"""The rules of a validation rule that would have to answer otherwise, each with what it asks and what it sees.

Decides how they are told. Which they are, the heart says: of alternatives no more than needed.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from streams.domain.facts import Facts
from streams.domain.faults import ABSENT, Place
from streams.domain.rule_expressions import rule_expression_at
from streams.domain.rules import ANY_EVENT, Context, compile_rule
from streams.domain.ruleset import Ruleset
from streams.domain.triggers import Trigger


class FailedRule(NamedTuple):
    """One numbered rule that would have to answer otherwise."""

    number: str
    """Of a rule inside rule 2, such as ``2.1``; of an expression, the place of the condition in it."""
    name: str
    """What it looks at, such as ``custom_event.metadata.rating``."""
    conditions: object
    """As written; none where that cannot be told."""
    found: object
    """What it sees; ``ABSENT`` for nothing."""
    message: str | None
    """What the rule has to say to who fails it."""


def failed_rules(body: object, trigger: Trigger, facts: Facts, ruleset: Ruleset) -> tuple[FailedRule, ...]:
    """The rules that failed; none where they cannot be told apart."""
    event = ANY_EVENT if trigger.kind == "event" else None
    events = dict.fromkeys(ruleset.plans, ANY_EVENT)
    compiled = compile_rule(
        Place("validation_rule", "", (), []), body, Context(ruleset.segments, event, events)
    )
    if compiled is None:
        return ()
    failed: list[FailedRule] = []
    for number, name, message in compiled.failures(facts):
        rule, written = compiled.rule(number), _written(body, number)
        value = None if rule is None else rule.value(facts)
        looked_at = f"{name}.{written['property']}" if "property" in written else name
        found = ABSENT if value is None else value
        failed.append(FailedRule(number, looked_at, written.get("conditions"), found, message))
    return tuple(failed)


def _written(body: object, number: str) -> Mapping[str, object]:
    """The rule of a number as it is written; of one inside another, such as ``2.1``. Empty if it is not found."""
    for part in number.split("."):
        rules = _expanded(body.get("rules", body)) if isinstance(body, Mapping) else _expanded(body)
        body = {str(key): rule for key, rule in rules.items()}.get(part)
    return body if isinstance(body, Mapping) else {}


def _expanded(rules: object) -> Mapping[Any, object]:
    """Numbered rules, also those of an expression."""
    if isinstance(rules, str):
        return rule_expression_at(Place("validation_rule", "", (), []), rules) or {}
    return rules if isinstance(rules, Mapping) else {}
