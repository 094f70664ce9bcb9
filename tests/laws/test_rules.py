from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.definitions import DefinitionError
from streams.domain.expressions import parse_expression
from streams.domain.facts import Facts
from streams.domain.faults import Place
from streams.domain.gates import gate_of
from streams.domain.instants import Instant
from streams.domain.rule_expressions import rule_expression_at, write_rule
from streams.domain.rules import ValidationRule, compile_rule
from tests.laws.filters import DAY
from tests.laws.rules import CONTEXT, numbered, occasions
from tests.laws.test_expressions import WORDS

SEVERAL = st.lists(occasions(), min_size=5, max_size=5)


def read(body: Any) -> ValidationRule:
    """The compiled rule."""
    place = Place("validation_rule", "r", (), [])
    compiled = compile_rule(place, body, CONTEXT)
    assert compiled is not None, place.noted
    return compiled


def json_form(text: str) -> dict[str, object] | None:
    """The numbered rules of an expression; none if it is not one."""
    return rule_expression_at(Place("validation_rule", "r", (), []), text)


@settings(max_examples=200, deadline=None)
@given(numbered(), SEVERAL)
def test_a_rule_and_its_expression_decide_the_same(body: dict[str, Any], several: list[Facts]) -> None:
    """Whatever a rule says in its JSON form, the expression written of it says on every occasion."""
    text = write_rule(body)
    each = [read(body).holds, read(text).holds, read(json_form(text)).holds, read({"rules": text}).holds]
    for facts in several:
        assert len({holds(facts) for holds in each}) == 1


@settings(max_examples=200, deadline=None)
@given(numbered())
def test_the_canonical_text_stays(body: dict[str, Any]) -> None:
    """Reading a canonical text and writing it again changes nothing, nor does reading what was read."""
    text = write_rule(body)
    once = json_form(text)
    assert once is not None
    assert write_rule(once) == text
    assert json_form(write_rule(once)) == once


@settings(max_examples=200, deadline=None)
@given(numbered(), SEVERAL)
def test_who_fails_is_told_why(body: dict[str, Any], several: list[Facts]) -> None:
    """A rule that holds has no failures, and one that does not has some, each of a rule that is there."""
    rule = read(body)
    for facts in several:
        failed = rule.failures(facts)
        assert bool(failed) is not rule.holds(facts)
        assert {one.rule.partition(".")[0] for one in failed} <= {one.number for one in rule.rules}


@settings(max_examples=100, deadline=None)
@given(numbered(), occasions(), st.lists(st.integers(0, 9 * DAY), min_size=10, max_size=10))
def test_no_answer_changes_before_its_time(body: dict[str, Any], facts: Facts, later: list[int]) -> None:
    """Up to the instant that a rule gives for its next change it answers as it does now."""
    rule = read(body)
    change = rule.next_change(facts)
    assert change is None or change > facts.now
    for after in [*later, 1]:
        then = facts.now + after if change is None else min(facts.now + after, change - 1)
        assert rule.holds(facts._replace(now=Instant(then))) is rule.holds(facts)


@settings(max_examples=200, deadline=None)
@given(st.lists(numbered(), max_size=5), SEVERAL)
def test_a_gate_answers_as_its_rules_do(bodies: list[dict[str, Any]], several: list[Facts]) -> None:
    """Asked all at once, rules answer whether any of them holds, whatever any of them is."""
    rules = [read(body).holds for body in bodies]
    gate = gate_of(rules)
    for facts in several:
        assert gate(facts) is any(holds(facts) for holds in rules)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(WORDS, st.sampled_from(["now", "dow", "event.metadata.a", "segment", '"friends"'])))
)
def test_any_text_is_a_rule_or_refused(words: list[str]) -> None:
    """Whatever reads as an expression of filters reads as rules, and can be written; all else is refused."""
    text = " ".join(words)
    try:
        parse_expression(text)
    except DefinitionError:
        assert json_form(text) is None
        return
    rules = json_form(text)
    assert rules is not None
    assert json_form(write_rule(rules)) is not None


KEYS = st.sampled_from(
    [
        *(
            "1",
            "2",
            "01",
            "logic",
            "rules",
            "name",
            "property",
            "conditions",
            "zone",
            "within",
            "error",
            "message",
        ),
        *("$is", "$dow", "$timeframe", "$timeframe_daily_hours", "$in_location", "$from", "$between", "x"),
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(
        [
            *(
                "customer.metadata",
                "customer.segment",
                "custom_event.metadata",
                "events.visit.count",
                "events.",
            ),
            *(
                "now",
                "customer.address.city",
                "customer.birthdate",
                "a",
                "1 and not 2",
                "Europe/Warsaw",
                "P3D",
            ),
            *("1970-01-01;9999-12-31", "1970-01-01;P1D;PT1H", "9999-12-31T23:59:59Z", "00:00;24:00", "1e400"),
        ]
    ),
    st.text(max_size=5),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(KEYS, st.integers(0, 3)), inner, max_size=5)
    ),
    max_leaves=20,
)


@st.composite
def nearly(draw: st.DrawFn) -> Any:
    """A rule of which something has been replaced by anything."""
    body: Any = draw(numbered())
    place = body
    while True:
        key = draw(st.sampled_from(list(place)))
        if isinstance(place[key], dict) and place[key] and draw(st.booleans()):
            place = place[key]
            continue
        place[key] = draw(ANYTHING)
        return body


@settings(max_examples=500, deadline=None)
@given(st.one_of(ANYTHING, nearly()), occasions())
def test_anything_is_a_rule_or_refused(body: Any, facts: Facts) -> None:
    """Nothing whatsoever makes the compiler stumble, nor the rule that comes of it; what is refused has its faults."""
    place = Place("validation_rule", "r", (), [])
    rule = compile_rule(place, body, CONTEXT)
    assert (rule is None) is bool(place.noted)
    if rule is not None:
        assert rule.holds(facts) is not bool(rule.failures(facts))
        change = rule.next_change(facts)
        assert change is None or change > facts.now
