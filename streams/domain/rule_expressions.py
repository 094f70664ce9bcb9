"""Validation rules as one expression, and any valid rule in words: both ways.

Decides which name of a rule stands for which word of the grammar of filters, to which the event that triggers
(``event.metadata.rating``) and the clock (``now``) are added. What rules tell to who fails them has no place in an
expression.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from streams.domain.expression_text import named, tree_text
from streams.domain.expression_tokens import PLAIN_NAME
from streams.domain.expressions import tree_at
from streams.domain.faults import Place
from streams.domain.logic import Joined as Logic
from streams.domain.logic import parse_logic
from streams.domain.statements import Joined, Statement, Tree, in_calendar, joined, negated

_EVENT = "event.metadata."
_CUSTOMER = "metadata."


def is_expression(text: str) -> bool:
    """Whether a text is more than the id of a rule."""
    return re.fullmatch(PLAIN_NAME, text.strip()) is None


def rule_expression_at(place: Place, text: str) -> dict[str, object] | None:
    """The numbered rules that an expression written at a place stands for, or none after noting what is wrong."""
    tree = tree_at(place, text)
    if tree is None:
        return None
    rules: list[dict[str, object]] = []
    logic = _logic(tree, None, rules)
    numbered: dict[str, object] = {str(number): rule for number, rule in enumerate(rules, 1)}
    return numbered if len(rules) == 1 and logic == "1" else {**numbered, "logic": logic}


def write_rule(body: Mapping[str, Any]) -> str:
    """The canonical expression of a valid validation rule."""
    return tree_text(rule_tree(body))


def rule_tree(body: Mapping[str, Any] | str) -> Tree:
    """The tree of a valid validation rule."""
    if isinstance(body, str):
        return _parsed(body)
    rules = body.get("rules", body)
    if isinstance(rules, str):
        return _parsed(rules)
    return _joined_tree(rules, rules.get("logic") or body.get("logic"))


def _parsed(text: str) -> Tree:
    numbered: Any = rule_expression_at(Place("", "", (), []), text)
    return rule_tree(numbered)


def _joined_tree(rules: Mapping[Any, Any], logic: object) -> Tree:
    trees = {str(number): _rule_tree(rule) for number, rule in rules.items() if str(number).isdecimal()}
    return (
        _tree(parse_logic(str(logic)), trees) if logic else _together(list(trees.values()), alternative=False)
    )


def _rule_tree(rule: Mapping[str, Any]) -> Tree:
    key = _key(rule)
    operators = (named(key, spelled, operand) for spelled, operand in rule["conditions"].items())
    own = joined((Statement(key, rule.get("within"), one) for one in operators), alternative=False)
    own = in_calendar(rule["zone"], own) if "zone" in rule else own
    inside = rule.get("rules")
    return _together([own, _joined_tree(inside, inside.get("logic"))], alternative=False) if inside else own


def _tree(logic: Logic | str, trees: Mapping[str, Tree]) -> Tree:
    if isinstance(logic, str):
        return trees[logic]
    tree = _together([_tree(part, trees) for part in logic.parts], alternative=logic.alternative)
    return negated(tree) if logic.negated else tree


def _together(members: Sequence[Tree], *, alternative: bool) -> Tree:
    """The members joined; a time zone that is that of each of them stands around them all."""
    zones = {member.calendar if isinstance(member, Joined) else None for member in members}
    (zone, *further) = zones
    if further or zone is None or len(members) == 1:
        return joined(members, alternative=alternative)
    bare = [_bare(member) for member in members if isinstance(member, Joined)]
    return in_calendar(zone, joined(bare, alternative=alternative))


def _bare(member: Joined) -> Tree:
    """A group without its time zone."""
    alone = len(member.members) == 1 and not member.negated
    return member.members[0] if alone else member._replace(calendar=None)


def _key(rule: Mapping[str, Any]) -> str:
    match rule["name"]:
        case "customer.segment":
            return "segments"
        case "customer.metadata":
            return f"{_CUSTOMER}{rule['property']}"
        case "custom_event.metadata":
            return f"{_EVENT}{rule['property']}"
        case name:
            return str(name).removeprefix("customer.")


def _logic(tree: Tree, zone: str | None, rules: list[dict[str, object]]) -> str:
    """The logic of a tree; its statements are added to the rules as they come."""
    if isinstance(tree, Statement):
        rules.append(_rule(tree, zone))
        return str(len(rules))
    parts = [_part(member, tree.calendar or zone, rules) for member in tree.members]
    text = (" or " if tree.alternative else " and ").join(parts)
    return f"not ({text})" if tree.negated else text


def _part(member: Tree, zone: str | None, rules: list[dict[str, object]]) -> str:
    text = _logic(member, zone, rules)
    several = isinstance(member, Joined) and not member.negated and len(member.members) > 1
    return f"({text})" if several else text


def _rule(statement: Statement, zone: str | None) -> dict[str, object]:
    key = statement.key
    rule: dict[str, object]
    if key == "segments":
        rule = {"name": "customer.segment"}
    elif key.startswith(_EVENT):
        rule = {"name": "custom_event.metadata", "property": key.removeprefix(_EVENT)}
    elif key.startswith(_CUSTOMER):
        rule = {"name": "customer.metadata", "property": key.removeprefix(_CUSTOMER)}
    else:
        rule = {"name": key if key == "now" or key.startswith(("events.", "event.")) else f"customer.{key}"}
    rule["conditions"] = dict(statement.operators)
    beside = {"within": statement.within, "zone": zone}
    return rule | {name: value for name, value in beside.items() if value is not None}
