"""Why a distribution or an earning rule that an event sets off does nothing.

Asks in the order in which the heart does, so that the first reason is the one that held it back. Decides no wording.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from streams.agents.records import Record
from streams.domain.definitions import Definition
from streams.domain.distributions import Distribution
from streams.domain.earning import EarningRule
from streams.domain.event_plans import NOTHING_TRIGGERED
from streams.domain.events import Event
from streams.domain.facts import Facts
from streams.domain.identities import EventId, EventName
from streams.domain.instants import Instant, Milliseconds, parse_instant
from streams.domain.limits import Limits
from streams.domain.ruleset import Ruleset
from streams.domain.state import CustomerState
from streams.domain.triggers import Trigger, TriggerKind
from topology.scenarios.topics import INTERNAL
from topology.trying.failed_rules import FailedRule, failed_rules
from topology.trying.told import Told

SUPPRESSIONS = "distribution-suppressions"
"""The topic that tells itself which messages were held back, and why."""
_KINDS = ("distribution", "earning_rule")
"""Kinds of definitions that something sets off."""


class Rules(NamedTuple):
    """What decides."""

    ruleset: Ruleset
    definitions: Sequence[Definition]
    """The same as written; those that are not live are not in the ruleset."""


class Silent(NamedTuple):
    """A definition that was set off and did nothing."""

    kind: str
    id: str
    trigger: Trigger
    reason: str
    """A word: of the topic that tells what was held back, or one of those below."""
    until: Instant | None = None
    """When a limit would admit again."""
    failed: tuple[FailedRule, ...] = ()
    """Of a validation rule, those of its rules that do not hold."""
    detail: str | None = None
    """Of a template, which text failed, and how."""


class _Case(NamedTuple):
    """What a definition is asked against."""

    facts: Facts
    age: Milliseconds
    before: CustomerState
    rules: Rules


def silent(
    facts: Facts, age: Milliseconds, before: CustomerState, happens: Sequence[Told], rules: Rules
) -> Iterator[Silent]:
    """All that the event, and what it brought about, set off in vain; distributions first, by id."""
    case = _Case(facts, age, before, rules)
    held_back = {str(each.record["distribution_id"]): each for each in happens if each.topic == SUPPRESSIONS}
    acted = {
        (kind, each.record.get(f"{kind}_id"))
        for each in happens
        for kind in _KINDS
        if each.topic != SUPPRESSIONS
    }
    occasions = dict(reversed(list(_occasions(facts, happens))))  # of occasions of one kind the first is told
    for definition in sorted(rules.definitions, key=lambda each: (each.kind, each.id)):
        for trigger in _triggers(definition):
            if trigger not in occasions or (definition.kind, definition.id) in acted:
                continue
            if definition.kind == "distribution" and definition.id in held_back:
                yield _held_back(trigger, held_back[definition.id].record)
            else:
                yield _silent(definition, trigger, case._replace(facts=occasions[trigger]))


def _held_back(trigger: Trigger, record: Record) -> Silent:
    """What the record of a message that was held back says."""
    until = record["until"]
    at = None if until is None else parse_instant(str(until))
    detail = record["detail"]
    about = Silent("distribution", str(record["distribution_id"]), trigger, str(record["reason"]), at)
    return about if detail is None else about._replace(detail=str(detail))


def _occasions(facts: Facts, happens: Sequence[Told]) -> Iterator[tuple[Trigger, Facts]]:
    """All that something may wait for, with what a rule sees then."""
    if facts.event is not None:
        yield Trigger("event", facts.event.name), facts
    for topic, record in happens:
        if topic == "segment-changes":
            kind: TriggerKind = "segment_entered" if record["change"] == "entered" else "segment_left"
            yield Trigger(kind, str(record["segment_id"])), facts
        elif topic == INTERNAL:
            event = _internal(record, facts)
            yield Trigger("event", event.name), facts._replace(event=event)


def _internal(record: Record, facts: Facts) -> Event:
    """An internal event as the heart sees it."""
    name, metadata = EventName(str(record["event"])), record["metadata"]
    at = parse_instant(str(record["occurred_at"]))
    told = metadata if isinstance(metadata, dict) else {}
    return Event(EventId(str(record["id"])), name, facts.customer_id, at, told, {}, None)


def _triggers(definition: Definition) -> Iterator[Trigger]:
    written = definition.body.get("trigger")
    if definition.kind in _KINDS and isinstance(written, Mapping):
        yield from (Trigger(kind, str(target)) for kind, target in written.items())


def _silent(definition: Definition, trigger: Trigger, case: _Case) -> Silent:
    about = Silent(definition.kind, definition.id, trigger, "not_live")
    triggered = case.rules.ruleset.triggers.get(trigger, NOTHING_TRIGGERED)
    for distribution in triggered.distributions:
        if definition.kind == "distribution" and distribution.id == definition.id:
            return _of_distribution(about, distribution, definition, case)
    for rule in triggered.earning_rules:
        if definition.kind == "earning_rule" and rule.id == definition.id:
            return _of_earning_rule(about, rule, definition, case)
    return about if definition.kind == "distribution" else about._replace(reason="not_active")


def _of_distribution(about: Silent, distribution: Distribution, written: Definition, case: _Case) -> Silent:
    if "event" not in distribution.on:
        return about._replace(reason="cause")
    return _failing(about, written, case)  # all else is held back, and told


def _of_earning_rule(about: Silent, rule: EarningRule, written: Definition, case: _Case) -> Silent:
    at = _occurred_at(case.facts)
    if "event" not in rule.on:
        return about._replace(reason="cause")
    outside = rule.validity.refusal(at)
    if outside is not None:
        return about._replace(reason=outside, until=rule.validity.opens(at))
    if not rule.admits(case.facts):
        return _failing(about, written, case)
    if rule.worth(case.facts) <= 0:
        return about._replace(reason="no_points")
    return _limited(about, rule.key, rule.limits, case)


def _failing(about: Silent, written: Definition, case: _Case) -> Silent:
    rule = written.body.get("validation_rule")
    body: Any = rule
    for each in case.rules.definitions:
        if each.kind == "validation_rule" and each.id == rule:
            body = each.body
    failed = failed_rules(body, about.trigger, case.facts, case.rules.ruleset)
    return about._replace(reason="validation_rule", failed=failed)


def _limited(about: Silent, key: str, limits: Limits, case: _Case) -> Silent:
    """The limit that held back what all else let pass."""
    fired = case.before.firings.get(key, ())
    reason = limits.refusal(fired, _occurred_at(case.facts)) or "max"
    return about._replace(reason=reason, until=limits.admits_from(fired))


def _occurred_at(facts: Facts) -> Instant:
    return facts.now if facts.event is None else facts.event.occurred_at
