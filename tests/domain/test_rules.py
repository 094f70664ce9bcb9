from collections.abc import Mapping
from typing import Any

import pytest

from streams.domain.definitions import EventShape
from streams.domain.faults import Place
from streams.domain.instants import DAY
from streams.domain.rules import Context, ValidationRule, compile_rule
from tests.domain.writing import EVENTS, event, facts

REVIEW = EVENTS[event("review").name]


def read(body: Mapping[str, Any], context: Context | None = None) -> ValidationRule:
    """The compiled rule."""
    place = Place("distribution", "d", ("validation_rule",), [])
    found = compile_rule(place, body, context or Context({"friends"}, REVIEW))
    assert found is not None, place.noted
    return found


def paths(body: object) -> list[tuple[str | int, ...]]:
    """Where the faults are."""
    place = Place("distribution", "d", (), [])
    assert compile_rule(place, body, Context({"friends"}, REVIEW)) is None
    return [fault.path for fault in place.noted]


RATED = {"name": "custom_event.metadata", "property": "rating", "conditions": {"$more_than": [3]}}
FRIEND = {"name": "customer.segment", "conditions": {"$is": ["friends"]}}
VIP = {"name": "customer.metadata", "property": "vip", "conditions": {"$is": [True]}}


def test_voucherifys_own_form() -> None:
    """The whole rule object as Voucherify writes it is understood, messages kept."""
    rule = read(
        {
            "name": "My rule",
            "type": "expression",
            "context_type": "earning_rule.custom_event",
            "object": "validation_rules",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": None,
            "assignments_count": 1,
            "error": {"message": "fallback"},
            "rules": {
                "1": {**RATED, "error": {"message": "too low"}, "rules": {}},
                "2": {**FRIEND, "rules": {}, "error": {"message": ""}},
                "logic": "1 and 2",
            },
            "applicable_to": {"included": [], "excluded": [], "included_all": True},
        }
    )
    assert [(one.number, one.message) for one in rule.rules] == [("1", "too low"), ("2", None)]
    assert rule.message == "fallback"
    rated = event("review", metadata={"rating": 4})
    assert rule.holds(facts(segments=("friends",), of=rated))
    assert not rule.holds(facts(of=rated))


@pytest.mark.parametrize(
    "body",
    [
        {"1": FRIEND, "2": VIP},
        {"rules": {1: FRIEND, 2: VIP}},
        {"rules": {"1": FRIEND, "2": VIP, "logic": ""}},
    ],
)
def test_without_logic_all_rules_must_hold(body: Mapping[str, Any]) -> None:
    """The rules may stand bare or under ``rules``, their numbers as text or as numbers."""
    rule = read(body)
    assert rule.holds(facts(profile={"metadata": {"vip": True}}, segments=("friends",)))
    assert not rule.holds(facts(segments=("friends",)))


@pytest.mark.parametrize(
    "where",
    [
        {"rules": {"1": FRIEND, "2": VIP, "logic": "1 or 2"}},
        {"rules": {"1": FRIEND, "2": VIP}, "logic": "1 or 2"},
    ],
)
def test_logic_stands_inside_or_beside(where: Mapping[str, Any]) -> None:
    """Logic is read beside the numbered rules and beside ``rules``."""
    assert read(where).holds(facts(segments=("friends",)))


def test_segments() -> None:
    """A rule over segments takes one or many, positive or negative."""
    holds = read({"1": {"name": "customer.segment", "conditions": {"$not_in": ["friends"]}}}).holds
    assert holds(facts())
    assert not holds(facts(segments=("friends",)))


def test_standard_fields() -> None:
    """Standard fields of the customer may be named without property."""
    holds = read({"1": {"name": "customer.email", "conditions": {"$ends_with": ["@acme.com"]}}}).holds
    assert holds(facts(profile={"email": "a@acme.com"}))
    assert not holds(facts())


def test_days_are_counted_from_when_the_rule_is_asked() -> None:
    """Fields of the customer and attributes of the event may be compared with now, in days of 24 hours."""
    held = {"name": "customer.created_at", "conditions": {"more_than_ago": [1]}}
    due = {"name": "custom_event.metadata", "property": "due", "conditions": {"$less_than_future": [2]}}
    paid = Context({}, EventShape({"due": "date"}, additional=False))
    holds = read({"1": held, "2": due}, paid).holds
    profile, of = {"created_at": "1970-01-02T12:00:00Z"}, event("review", metadata={"due": "1970-01-06"})
    noon = 3 * DAY + DAY // 2
    instants = [noon - 1, noon, 5 * DAY - 1, 5 * DAY]
    assert [holds(facts(profile=profile, of=of, now=now)) for now in instants] == [False, True, True, False]


def test_attributes_are_compared_by_their_type() -> None:
    """The type in the event's definition decides which operators there are, and how values are read."""
    tagged = read(
        {"1": {"name": "custom_event.metadata", "property": "tags", "conditions": {"$contains": ["new"]}}}
    ).holds
    assert tagged(facts(of=event("review", metadata={"tags": ["new", "hot"]})))
    assert paths({"1": {**RATED, "property": "text"}}) == [("1", "conditions", "$more_than")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (5, [()]),
        ({}, [()]),
        ({"rules": {}}, [("rules",)]),
        ({"rules": {"one": FRIEND}}, [("rules", "one")]),
        ({"1": 5}, [("1",)]),
        ({"1": {**FRIEND, "name": "customer.segments"}}, [("1", "name")]),
        ({"1": {**VIP, "property": ""}}, [("1", "property")]),
        ({"1": {**RATED, "property": "ratng"}}, [("1", "property")]),
        ({"1": {"name": "customer.segment"}}, [("1", "conditions")]),
        ({"1": {**FRIEND, "rules": {"1": 5}}}, [("1", "rules", "1")]),
        ({"1": {**FRIEND, "rules": {"1": VIP, "logic": "2"}}}, [("1", "rules", "logic")]),
        ({"1": {**FRIEND, "rules": [VIP]}}, [("1", "rules")]),
        ({"1": {**FRIEND, "zone": "Europe/Warsw"}}, [("1", "zone")]),
        ({"1": {"name": "now", "conditions": {"$is": [1]}}}, [("1", "conditions", "$is")]),
        ({"1": {"name": "now", "conditions": {"$dow": [7]}}}, [("1", "conditions", "$dow")]),
        ({"1": {"name": "events.vist.count", "conditions": {"$is": [1]}}}, [("1",)]),
        ({"1": {**FRIEND, "conditons": {}}}, [("1", "conditons")]),
        ({"1": FRIEND, "logic": "1 and 3"}, [("logic",)]),
        ({"1": FRIEND, "logic": "1 nand 1"}, [("logic",)]),
        ({"1": FRIEND, "logic": ["1"]}, [("logic",)]),
        ({"rules": {"1": FRIEND}, "applicable_to": {"included": [{"id": "prod_1"}]}}, [("applicable_to",)]),
        ({"rules": {"1": FRIEND}, "eror": {}}, [("eror",)]),
    ],
)
def test_what_is_no_rule(body: object, expected: list[tuple[str | int, ...]]) -> None:
    """What cannot be meant is refused at its place."""
    assert paths(body) == expected


def nested(levels: int) -> dict[str, Any]:
    """A rule with rules inside it, so many levels in all."""
    return {"1": FRIEND if levels == 1 else {**FRIEND, "rules": nested(levels - 1)}}


@pytest.mark.parametrize(
    ("fits", "too_much", "expected"),
    [
        (nested(8), nested(9), "at most 8 levels of rules inside rules"),
        (
            {str(n): VIP for n in range(200)},
            {str(n): VIP for n in range(201)},
            "at most 200 numbered rules",
        ),
        (
            {"1": {**FRIEND, "rules": {str(n): VIP for n in range(199)}}},
            {"1": {**FRIEND, "rules": {str(n): VIP for n in range(200)}}},
            "at most 200 numbered rules",
        ),
        (
            {"1": {**VIP, "conditions": {"$in": list(range(10_000))}}},
            {"1": {**VIP, "conditions": {"$in": list(range(10_001))}}},
            "at most 10000 values behind all operators",
        ),
        (
            {"1": VIP, "logic": " or ".join(["1"] * 200)},
            {"1": VIP, "logic": " or ".join(["1"] * 201)},
            "at most 200 rule numbers",
        ),
        (
            {"1": VIP, "logic": "not " * 15 + "1"},
            {"1": VIP, "logic": "not " * 16 + "1"},
            "at most 16 brackets inside each other",
        ),
    ],
)
def test_rules_are_bounded(fits: dict[str, Any], too_much: dict[str, Any], expected: str) -> None:
    """Depth, number and values are capped, with a message that says how much there may be."""
    read(fits)
    place = Place("distribution", "d", (), [])
    assert compile_rule(place, too_much, Context({"friends"}, REVIEW)) is None
    assert expected in [fault.expected for fault in place.noted]
