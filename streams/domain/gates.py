"""What must be so for a validation rule to hold, so that many rules of one event are refused by a few glances.

Of each rule a cover is taken: needs, one of which is met whenever the rule holds. The needs of all rules that look at
one attribute, one key of the customer's metadata, or the segments, are met by one test of what stands there; only where
that test is passed are the rules themselves asked. Decides nothing: a gate answers as its rules do, sooner.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Literal, NamedTuple

from streams.domain.comparisons import Comparison
from streams.domain.conditions import ProfileField, SegmentReference
from streams.domain.facts import Facts, Predicate, any_of
from streams.domain.logic import Joined
from streams.domain.operators import number_of
from streams.domain.readings import forms
from streams.domain.rule_names import EventAttribute
from streams.domain.validation import Rule, Statement, ValidationRule

Span = tuple[float, float]


class Need(NamedTuple):
    """What must stand somewhere; for the segments, that the customer is in one of ``values``."""

    where: Literal["event", "segments", "metadata"]
    key: str
    values: frozenset[object] = frozenset()
    """One of these, or a list with one of these."""
    spans: tuple[Span, ...] = ()
    """A number within one of these, ends included."""
    beginnings: tuple[str, ...] = ()
    """A text that begins so."""
    parts: tuple[str, ...] = ()
    """A text that contains one of these."""


Cover = tuple[Need, ...]
"""Needs, one of which is met whenever a rule holds."""


@dataclass(frozen=True, slots=True)
class Admitting:
    """A predicate that says beforehand what it needs."""

    holds: Predicate
    cover: Cover | None
    """None if nothing is known of it."""

    def __call__(self, facts: Facts) -> bool:
        """Whether it holds."""
        return self.holds(facts)


def admitting(rule: ValidationRule) -> Admitting:
    """The predicate of a validation rule with what it needs."""
    return Admitting(rule.holds, _cover_of(rule))


def bare(predicate: Predicate) -> Predicate:
    """The same without what it needs, a call less away."""
    return predicate.holds if isinstance(predicate, Admitting) else predicate


def gate_of(predicates: Sequence[Predicate]) -> Predicate:
    """Holds when one of the predicates holds."""
    unknown: list[Predicate] = []
    asked: dict[tuple[str, str], list[tuple[Need, Predicate]]] = {}
    for predicate in predicates:
        if not isinstance(predicate, Admitting) or predicate.cover is None:
            unknown.append(bare(predicate))
            continue
        for need in predicate.cover:
            asked.setdefault((need.where, need.key), []).append((need, predicate.holds))
    of_event = _gates([_gate(key, several) for (where, key), several in asked.items() if where == "event"])
    kept = [_gate(key, several) for (where, key), several in asked.items() if where == "metadata"]
    of_metadata, looks = _gates(kept), bool(kept)
    segments, members = _of_segments(asked.get(("segments", ""), ()))
    of_segments, otherwise = any_of(members), any_of(tuple(unknown)) if unknown else None

    def admits(facts: Facts) -> bool:
        if facts.event is not None and of_event(facts.event.metadata, facts):
            return True
        metadata = facts.profile.get("metadata") if looks else None
        if isinstance(metadata, dict) and of_metadata(metadata, facts):
            return True
        if not segments.isdisjoint(facts.segments) and of_segments(facts):
            return True
        return otherwise is not None and otherwise(facts)

    return admits


class _Gate(NamedTuple):
    """One test of what stands under a key, and whom to ask where it is passed."""

    key: str
    values: frozenset[object]
    low: float
    high: float
    """Between these are all spans."""
    text: Callable[[str], object] | None
    """Whether a text begins or contains what it needs to; none if nothing is asked."""
    admits: Predicate
    """Whether one of those whom to ask admits the facts."""


def _gates(gates: Sequence[_Gate]) -> Callable[[Mapping[str, Any], Facts], bool]:
    """Whether anybody admits the facts, of those whom to ask for what stands under the keys."""

    def admit(values: Mapping[str, Any], facts: Facts) -> bool:
        get = values.get
        for key, among, low, high, text, admits in gates:
            value = get(key)
            if value is None:
                continue
            # No function is called for what is asked of every event, and types are told apart as fast as can be.
            kind = type(value)
            if kind is str:
                if value not in among and (text is None or not text(value)):
                    continue
            elif kind is int or kind is float:
                if not low <= value <= high and value not in among:
                    continue
            elif kind is list and not _has_one_of(value, among):
                continue
            if admits(facts):
                return True
        return False

    return admit


def _has_one_of(elements: Iterable[object], among: frozenset[object]) -> bool:
    return any(isinstance(one, (str, int, float)) and one in among for one in elements)


def _gate(key: str, asked: Sequence[tuple[Need, Predicate]]) -> _Gate:
    """One test for all needs under one key, and the predicates that have them."""
    needs = [need for need, _ in asked]
    spans = [span for need in needs for span in need.spans]
    low, high = min((low for low, _ in spans), default=inf), max((high for _, high in spans), default=-inf)
    values = frozenset().union(*(need.values for need in needs))
    return _Gate(
        key, values, low, high, _text_test(needs), any_of(tuple(predicate for _, predicate in asked))
    )


def _text_test(needs: Sequence[Need]) -> Callable[[str], object] | None:
    beginnings = tuple(text for need in needs for text in need.beginnings)
    parts = tuple(text for need in needs for text in need.parts)
    if not parts:
        return (lambda value: value.startswith(beginnings)) if beginnings else None
    return lambda value: value.startswith(beginnings) or any(part in value for part in parts)


def _of_segments(asked: Sequence[tuple[Need, Predicate]]) -> tuple[frozenset[object], tuple[Predicate, ...]]:
    return frozenset().union(*(need.values for need, _ in asked)), tuple(predicate for _, predicate in asked)


def _cover_of(rule: ValidationRule) -> Cover | None:
    return _covered(rule.logic, {one.number: _cover_of_rule(one) for one in rule.rules})


def _covered(part: Joined | str, covers: Mapping[str, Cover | None]) -> Cover | None:
    if isinstance(part, str):
        return covers[part]
    if part.negated:
        return None
    found = [_covered(inner, covers) for inner in part.parts]
    known = [cover for cover in found if cover is not None]
    if not part.alternative:
        return _narrowest(known)
    return tuple(need for cover in known for need in cover) if len(known) == len(found) else None


def _cover_of_rule(rule: Rule) -> Cover | None:
    covers = [(need,) for need in map(_need_of, rule.statements) if need is not None]
    inner = None if rule.inner is None else _cover_of(rule.inner)
    return _narrowest(covers if inner is None else [*covers, inner])


def _narrowest(covers: Sequence[Cover]) -> Cover | None:
    """The cover that is met the least often, as far as can be told: few needs, equality rather than size."""
    return min(covers, key=lambda cover: (len(cover), *max(map(_breadth, cover))), default=None)


def _breadth(need: Need) -> tuple[bool, bool]:
    return bool(need.spans), need.where != "event"


def _need_of(statement: Statement) -> Need | None:
    match statement:
        case SegmentReference(segments, True):
            return Need("segments", "", segments)
        case ProfileField(("metadata", key), comparisons):
            return _need_for("metadata", key, comparisons)
        case EventAttribute(key, comparisons, kind) if kind not in {"date", "datetime"}:
            return _need_for("event", key, comparisons)
        case _:
            return None


def _need_for(
    where: Literal["event", "metadata"], key: str, comparisons: Iterable[Comparison]
) -> Need | None:
    needs = [need for one in comparisons if (need := _compared(where, key, one)) is not None]
    return min(needs, key=_breadth, default=None)


def _compared(where: Literal["event", "metadata"], key: str, comparison: Comparison) -> Need | None:
    operator, operands, _ = comparison
    if operator in {"$is", "$in"}:
        return Need(where, key, _raw(operands))
    if operator == "$contains":
        texts = tuple(operand for operand in operands if isinstance(operand, str))
        return Need(where, key, _raw(operands), parts=texts)
    if operator == "$starts_with":
        return Need(where, key, beginnings=tuple(str(operand) for operand in operands))
    return _sized(where, key, comparison)


def _sized(where: Literal["event", "metadata"], key: str, comparison: Comparison) -> Need | None:
    operator, operands, _ = comparison
    numbers = [number for number in map(number_of, operands) if number is not None]
    if not numbers or len(numbers) != len(operands):
        return None
    spans = {
        **dict.fromkeys(("$more_than", "$more_than_or_equal", "$from"), (numbers[0], inf)),
        **dict.fromkeys(("$less_than", "$less_than_or_equal"), (-inf, numbers[0])),
        "$between": (numbers[0], numbers[-1]),
    }
    return Need(where, key, spans=(spans[operator],)) if operator in spans else None


def _raw(operands: Iterable[object]) -> frozenset[object]:
    """What operands may stand for, as it stands in metadata."""
    meant = frozenset().union(*(forms(operand, None) for operand in operands))
    return frozenset(one[1] if isinstance(one, tuple) else one for one in meant)
