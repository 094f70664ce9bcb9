"""Validation rules: Voucherify's rule JSON, numbered rules joined by ``logic``, compiled into one predicate.

Decides how rules are written, nested and joined, and how many there may be. What the names in them stand for is told in
``rule_names``, how a rule is written as one expression in ``rule_expressions``. Rules see the customer after the event
is counted.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from streams.domain.facts import all_of
from streams.domain.faults import NOTES, Place, nearest
from streams.domain.gates import admitting
from streams.domain.logic import Joined, LogicError, parse_logic
from streams.domain.operators import values_of
from streams.domain.rule_expressions import rule_expression_at
from streams.domain.rule_names import ANY_EVENT, Context, statements_at
from streams.domain.validation import Failure, Rule, ValidationRule

__all__ = ["ANY_EVENT", "Context", "Failure", "Rule", "ValidationRule", "compile_rule"]

MOST_RULES = 200
"""Numbered rules in one validation rule, those inside rules among them."""
DEEPEST_RULES = 8
"""Levels of rules inside rules."""
MOST_VALUES = 10_000
"""Values behind all operators of one validation rule."""

_BODY = NOTES | {
    *("type", "context_type", "error", "rules", "logic", "applicable_to"),
    *("object", "created_at", "updated_at", "assignments_count"),  # as Voucherify answers with
}


class _Scope(NamedTuple):
    """What surrounds numbered rules."""

    context: Context
    depth: int


def compile_rule(place: Place, body: object, context: Context) -> ValidationRule | None:
    """Check a validation rule, or an expression, and compile it, or none after noting every fault."""
    noted = len(place.noted)
    written = rule_expression_at(place, body) if isinstance(body, str) else place.mapping(body)
    if written is None:
        return None
    inner, numbered = _rules(place, written)
    if _too_large(inner, numbered):
        return None
    beside = (place.at("logic"), written.get("logic"))
    within = (inner.at("logic"), numbered.get("logic"))
    compiled = _joined(inner, numbered, within if "logic" in numbered else beside, _Scope(context, 1))
    message = _message(place.at("error"), written.get("error"))
    if compiled is None or len(place.noted) > noted:
        return None
    return compiled._replace(message=message, holds=admitting(compiled))


def _rules(place: Place, body: Mapping[str, object]) -> tuple[Place, Mapping[str, object]]:
    """The mapping that holds the numbered rules: under ``rules``, or the body itself when it stands inline."""
    if "rules" not in body:
        return place, {key: value for key, value in body.items() if key not in _BODY or key == "logic"}
    place.keys(body, _BODY)
    applicable = body.get("applicable_to")
    if isinstance(applicable, Mapping) and (applicable.get("included") or applicable.get("excluded")):
        # Nothing here is a product: a rule for some products only would be misread.
        place.at("applicable_to").fault("no products", applicable)
    inner, rules = place.at("rules"), body["rules"]
    written = rule_expression_at(inner, rules) if isinstance(rules, str) else inner.mapping(rules)
    return inner, written or {}


def _joined(
    place: Place, numbered: Mapping[str, object], joining: tuple[Place, object], scope: _Scope
) -> ValidationRule | None:
    if not numbered.keys() - {"logic"}:
        place.fault(f"1 to {MOST_RULES} numbered rules", 0)
    for key in numbered:
        if not key.isdecimal() and key != "logic":
            place.at(key).fault("a rule number or logic", key, nearest(key, ("logic",)))
    found = [_rule(place.at(key), key, numbered[key], scope) for key in _numbers(numbered)]
    rules = {rule.number: rule for rule in found if rule is not None}
    logic = _logic(*joining, numbered)
    if logic is None or not logic.numbers() <= rules.keys():
        return None
    asked = tuple(rule for rule in rules.values() if rule.number in logic.numbers())
    holds = logic.predicate({rule.number: rule.holds for rule in asked})
    return ValidationRule(holds, asked, None, logic)


def _numbers(numbered: Mapping[str, object]) -> list[str]:
    return [key for key in numbered if key.isdecimal()]


def _logic(place: Place, logic: object, numbered: Mapping[str, object]) -> Joined | None:
    """How the rules are joined: as written, or all of them; none after noting faults."""
    numbers = _numbers(numbered)
    if logic is None or logic == "":
        return Joined(alternative=False, parts=tuple(numbers)) if numbers else None
    if isinstance(logic, int) and not isinstance(logic, bool):
        logic = str(logic)
    text = place.text(logic)
    try:
        joined = None if text is None else parse_logic(text)
    except LogicError as error:
        place.fault(error.expected, error.found)
        return None
    for number in sorted(joined.numbers() - set(numbers) if joined else ()):
        place.unknown("rule number", number, numbers)
    return joined


def _rule(place: Place, number: str, body: object, scope: _Scope) -> Rule | None:
    written = place.mapping(body)
    if written is None:
        return None
    said = statements_at(place, written, scope.context)
    inside = written.get("rules")
    inner = _inner(place.at("rules"), inside, scope) if inside else None
    message = _message(place.at("error"), written.get("error"))
    if said is None or (inside and inner is None):
        return None
    name, statements = said
    own = all_of(tuple(statement.predicate() for statement in statements))
    holds = own if inner is None else all_of((own, inner.holds))
    return Rule(number, name, holds, message, own, statements, inner)


def _inner(place: Place, body: object, scope: _Scope) -> ValidationRule | None:
    """The rules inside a rule."""
    if scope.depth >= DEEPEST_RULES:
        place.fault(f"at most {DEEPEST_RULES} levels of rules inside rules", "more")
        return None
    written = place.mapping(body)
    if written is None:
        return None
    joining = (place.at("logic"), written.get("logic"))
    return _joined(place, written, joining, scope._replace(depth=scope.depth + 1))


def _too_large(place: Place, numbered: Mapping[str, object]) -> bool:
    """Whether there is too much to look at any of it; that is a fault."""
    sizes = list(_sizes(numbered, 1))
    if len(sizes) > MOST_RULES:
        place.fault(f"at most {MOST_RULES} numbered rules", len(sizes))
    if sum(sizes) > MOST_VALUES:
        place.fault(f"at most {MOST_VALUES} values behind all operators", sum(sizes))
    return len(sizes) > MOST_RULES or sum(sizes) > MOST_VALUES


def _sizes(numbered: Mapping[Any, object], depth: int) -> Iterator[int]:
    """For each numbered rule, those inside rules among them, how many values stand behind its operators."""
    for rule in numbered.values():
        if isinstance(rule, Mapping):
            conditions, inside = rule.get("conditions"), rule.get("rules")
            operands = conditions.values() if isinstance(conditions, Mapping) else ()
            yield sum(len(values_of(operand)) for operand in operands)
            if isinstance(inside, Mapping) and depth < DEEPEST_RULES:
                yield from _sizes(inside, depth + 1)


def _message(place: Place, body: object) -> str | None:
    if body is None:
        return None
    written = place.mapping(body)
    message = None if written is None else written.get("message")
    return place.at("message").text(message) if message else None
