"""A filter as a tree of statements: what its JSON form and its expression have in common.

Decides when two ways to write a filter are one: brackets that change nothing are gone, two turnings round cancel each
other, conditions on one field that must all hold stand together. The tree of a text and the tree of the JSON that it
stands for are equal. Knows neither notation, nor what a statement means.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

Operators = Mapping[str, list[object]]
"""Operators, one name each, with their values; all of them must hold."""

STRUCTURE = ("junction", "not", "groups", "calendar")
"""Keys of a filter's JSON form that are no conditions."""


class Statement(NamedTuple):
    """What a filter says of one key, such as ``events.new_review.count``."""

    key: str
    within: str | None
    """The window of a count."""
    operators: Operators


class Joined(NamedTuple):
    """Trees joined by *and*, or by *or* (``alternative``); two or more, unless it is negated or has a calendar."""

    alternative: bool
    negated: bool
    calendar: str | None
    members: tuple["Statement | Joined", ...]


Tree = Statement | Joined


def joined(members: Iterable[Tree], *, alternative: bool) -> Tree:
    """All of the members, or one of them; statements on keys of their own come first."""
    together = list(_spliced(members, alternative=alternative))
    ordered = _ordered(together if alternative else _merged(together))
    return (
        ordered[0]
        if len(ordered) == 1
        else Joined(alternative, negated=False, calendar=None, members=ordered)
    )


def negated(tree: Tree) -> Tree:
    """The tree turned round."""
    if isinstance(tree, Statement):
        return Joined(alternative=False, negated=True, calendar=None, members=(tree,))
    if tree.negated and len(tree.members) == 1 and tree.calendar is None:
        return tree.members[0]
    return tree._replace(negated=not tree.negated)


def in_calendar(zone: str, tree: Tree) -> Tree:
    """The tree with days counted in a time zone; one that has a calendar of its own keeps it."""
    if isinstance(tree, Statement):
        return Joined(alternative=False, negated=False, calendar=zone, members=(tree,))
    return tree if tree.calendar is not None else tree._replace(calendar=zone)


def body_of(tree: Tree) -> dict[str, object]:
    """The JSON form of a tree."""
    if isinstance(tree, Statement):
        return {tree.key: _condition(tree)}
    structure = {
        "junction": "or" if tree.alternative else None,
        "not": tree.negated,
        "calendar": tree.calendar,
    }
    body: dict[str, object] = {key: value for key, value in structure.items() if value}
    groups: list[object] = []
    for member in tree.members:
        if isinstance(member, Statement) and member.key not in body:
            body[member.key] = _condition(member)
        else:
            groups.append(body_of(member))
    return {**body, "groups": groups} if groups else body


def _condition(statement: Statement) -> dict[str, object]:
    condition: dict[str, object] = {"conditions": dict(statement.operators)}
    return condition if statement.within is None else {**condition, "within": statement.within}


def _spliced(members: Iterable[Tree], *, alternative: bool) -> Iterable[Tree]:
    """The members, those of a plain group of the same kind in its place."""
    for member in members:
        plain = isinstance(member, Joined) and not member.negated and member.calendar is None
        if isinstance(member, Joined) and plain and member.alternative is alternative:
            yield from member.members
        else:
            yield member


def _merged(members: Iterable[Tree]) -> list[Tree]:
    """The members with one statement for a key and window; a further one for an operator that occurs again."""
    merged: list[Tree] = []
    often: dict[tuple[str, str | None, str], int] = {}
    places: dict[tuple[str, str | None, int], int] = {}
    for member in members:
        if isinstance(member, Joined):
            merged.append(member)
            continue
        key, within, operators = member
        for operator, values in operators.items():
            nth = often[key, within, operator] = often.get((key, within, operator), 0) + 1
            at = places.setdefault((key, within, nth), len(merged))
            if at == len(merged):
                merged.append(Statement(key, within, {}))
            merged[at] = Statement(key, within, {**_operators(merged[at]), operator: values})
    return merged


def _operators(tree: Tree) -> Operators:
    return tree.operators if isinstance(tree, Statement) else {}


def _ordered(members: Iterable[Tree]) -> tuple[Tree, ...]:
    """As the JSON form holds them: first a statement for each key, then all that needs a group of its own."""
    leading: dict[str, Tree] = {}
    further: list[Tree] = []
    for member in members:
        if isinstance(member, Statement) and member.key not in leading:
            leading[member.key] = member
        else:
            further.append(member)
    return (*leading.values(), *further)
