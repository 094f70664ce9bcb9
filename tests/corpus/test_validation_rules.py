from typing import Any

import pytest

from streams.domain.advance import advance
from streams.domain.definitions import Definition, EventShape
from streams.domain.effects import Effect, MessageTriggered
from streams.domain.events import Event
from streams.domain.facts import Facts
from streams.domain.faults import Place
from streams.domain.identities import CustomerId, EventId, EventName
from streams.domain.instants import parse_instant
from streams.domain.rule_expressions import write_rule
from streams.domain.rules import Context, ValidationRule, compile_rule
from streams.domain.ruleset import Ruleset, compile_ruleset
from streams.domain.signals import Occurred
from streams.domain.state import NEW_CUSTOMER, CustomerState
from tests.corpus.rule_cases import RuleCase, rule_cases

CASES = list(rule_cases())
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.sentence}")
CUSTOMER = CustomerId("c-42")


@EACH
def test_messages_follow_the_rule(case: RuleCase) -> None:
    """A message behind the rule is sent on the occasion, or is not, as the case says."""
    assert sent(case, case.rule) is case.holds


@EACH
def test_every_rule_may_be_typed(case: RuleCase) -> None:
    """The rule, written as an expression, answers the same."""
    body = {"rules": case.rule} if isinstance(case.rule, str) else case.rule
    assert sent(case, write_rule(body)) is case.holds


@EACH
def test_which_rules_failed(case: RuleCase) -> None:
    """Those that failed are the ones that the case names, with the words that it quotes."""
    failures = compiled(case).failures(facts_of(case))
    assert [one.rule for one in failures] == case.failed
    assert case.told is None or [one.message for one in failures] == case.told


def test_there_are_cases() -> None:
    """The files are found, and sentences tell cases apart."""
    assert len({(case.file, case.sentence) for case in CASES}) == len(CASES) >= 90


def sent(case: RuleCase, rule: object) -> bool:
    """Whether a distribution behind the rule sends its message on the occasion."""
    trigger = {"event": case.occasion["event"]["event"]}
    body = {"trigger": trigger, "validation_rule": rule, "message": {"text": "hello"}}
    ruleset = ruleset_of(case, Definition("distribution", "d", 1, body))
    _, effects = happened(case, ruleset)
    return any(isinstance(effect, MessageTriggered) for effect in effects)


def happened(case: RuleCase, ruleset: Ruleset) -> tuple[CustomerState, tuple[Effect, ...]]:
    """The customer after all events, and what the last one caused."""
    state, effects = NEW_CUSTOMER, tuple[Effect, ...]()
    for event in (*map(event_of, case.occasion.get("before", [])), the_event(case)):
        state, effects = advance(state, Occurred(event, event.occurred_at), ruleset)
    return state, effects


def facts_of(case: RuleCase) -> Facts:
    """What the rule sees: the customer after the event is counted."""
    state, _ = happened(case, ruleset_of(case))
    event = the_event(case)
    return Facts(CUSTOMER, state.occurrences, state.profile, state.segments, event.occurred_at, event)


def compiled(case: RuleCase) -> ValidationRule:
    """The rule alone."""
    events = shapes(case)
    segments = [segment["id"] for segment in case.occasion.get("segments", [])]
    place = Place("distribution", "d", ("validation_rule",), [])
    rule = compile_rule(place, case.rule, Context(segments, events[the_event(case).name], events))
    assert rule is not None, place.noted
    return rule


def ruleset_of(case: RuleCase, *further: Definition) -> Ruleset:
    """The segments of the occasion, and further definitions."""
    segments = (Definition("segment", body["id"], 1, body) for body in case.occasion.get("segments", []))
    return compile_ruleset([*segments, *further], shapes(case))


def shapes(case: RuleCase) -> dict[EventName, EventShape]:
    """The events of the occasion."""
    return {
        EventName(name): EventShape(
            {key: kind for key, kind in attributes.items() if key != "additional"},
            additional=bool(attributes.get("additional", False)),
        )
        for name, attributes in case.occasion["events"].items()
    }


def the_event(case: RuleCase) -> Event:
    """The event that triggers."""
    return event_of(case.occasion["event"], case.occasion.get("profile", {}))


def event_of(written: dict[str, Any], profile: dict[str, Any] | None = None) -> Event:
    """An event as written; when it occurred tells it apart."""
    at, name = written["occurred_at"], EventName(written["event"])
    metadata = written.get("metadata", {})
    return Event(EventId(at), name, CUSTOMER, parse_instant(at), metadata, profile or {}, None)
