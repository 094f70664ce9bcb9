import re
from pathlib import Path
from typing import Any

import pytest

from streams.domain.faults import Place
from streams.domain.rule_expressions import is_expression, rule_expression_at, write_rule
from tests.domain.writing import compiled, definition, faults_of, segment

PAGE = Path("topology/definitions/REACTIONS.md").read_text("utf-8")


def rules_of(text: str) -> dict[str, Any]:
    """The numbered rules of an expression."""
    found = rule_expression_at(Place("", "", (), []), text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "event.metadata.rating >= 4",
            {
                "name": "custom_event.metadata",
                "property": "rating",
                "conditions": {"$more_than_or_equal": [4]},
            },
        ),
        (
            'metadata.club_level in ("Gold", "Silver")',
            {
                "name": "customer.metadata",
                "property": "club_level",
                "conditions": {"$in": ["Gold", "Silver"]},
            },
        ),
        ('segment = "reviewers"', {"name": "customer.segment", "conditions": {"$is": ["reviewers"]}}),
        (
            'address.city starts_with "W"',
            {"name": "customer.address.city", "conditions": {"$starts_with": ["W"]}},
        ),
        (
            "count(new_review, within P30D) > 2",
            {"name": "events.new_review.count", "within": "P30D", "conditions": {"$more_than": [2]}},
        ),
        ("now dow (1, 5)", {"name": "now", "conditions": {"$dow": [1, 5]}}),
        (
            'in calendar "Europe/Warsaw" (now dow 1)',
            {"name": "now", "zone": "Europe/Warsaw", "conditions": {"$dow": [1]}},
        ),
        (
            "`event.metadata.two words` = 1",
            {"name": "custom_event.metadata", "property": "two words", "conditions": {"$is": [1]}},
        ),
    ],
)
def test_each_subject_is_a_name_of_rules(text: str, rule: dict[str, Any]) -> None:
    """What may stand before an operator stands for the name on the page, and is written of it again."""
    assert rules_of(text) == {"1": rule}
    assert write_rule({"1": rule}) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"logic": "1 and 2"}, "a and b"),
        ({"logic": "1 OR 2 AND 3"}, "a or (b and c)"),
        ({"logic": "((1) or (2)) and 3"}, "c and (a or b)"),
        ({"logic": "not not 1"}, "a"),
        ({"logic": "not (1 or 2)"}, "not (a or b)"),
        ({"logic": "1 and not 2"}, "a and not (b)"),
        ({}, "a and b and c"),
    ],
)
def test_logic_in_words(body: dict[str, Any], text: str) -> None:
    """Logic is written with the brackets that it needs."""
    rules = {
        number: {"name": "customer.metadata", "property": key, "conditions": {"$has_value": [True]}}
        for number, key in (("1", "a"), ("2", "b"), ("3", "c"))
    }
    written = write_rule({**rules, **body})
    assert written.replace("metadata.", "").replace(" has_value", "") == text
    assert write_rule(rules_of(written)) == written


def test_a_time_zone_stands_around_all_that_share_it() -> None:
    """Rules with one zone, which are joined, are written within it; others keep their own."""
    text = (
        'in calendar "Europe/Warsaw" (birthdate is_days_ago 1 and now dow 1) or in calendar "UTC" (now dow 2)'
    )
    rules = rules_of(text)
    assert [rules[number]["zone"] for number in "123"] == ["Europe/Warsaw", "Europe/Warsaw", "UTC"]
    assert write_rule(rules) == text


@pytest.mark.parametrize("name", ["reviewed-well", "a.b", "rule_1", " spaced "])
def test_a_name_is_no_expression(name: str) -> None:
    """The id of a rule that is not defined is told as such."""
    assert not is_expression(name)
    faulty = definition("campaign", "club", {"validation_rule": name})
    assert [fault.expected for fault in faults_of(faulty)] == ["a defined validation rule"]


def test_a_rule_may_have_any_id() -> None:
    """A text that is the id of a defined rule is that rule, whatever else it may look like."""
    rule = definition("validation_rule", "gold or silver", {"rules": 'metadata.level in ("Gold", "Silver")'})
    ruleset = compiled(rule, definition("campaign", "club", {"validation_rule": "gold or silver"}))
    assert [campaign.rule is not None for campaign in ruleset.campaigns.values()] == [True]


@pytest.mark.parametrize(
    ("text", "path", "found", "hint"),
    [
        ("event.metadata.rating >", (), "the end at column 24", None),
        ("event.metadata.ratng > 3", ("1", "property"), '"ratng"', "did you mean rating?"),
        ("event.rating > 3", ("1", "name"), '"event.rating"', "write event.metadata.rating"),
        ("emial has_value", ("1", "name"), '"customer.emial"', "did you mean customer.email?"),
        ('segment = "friend"', ("1", "conditions", "$is", 0), '"friend"', "did you mean friends?"),
        ("event.metadata.rating >= 4 and count(vist) > 1", ("2",), '"vist"', "did you mean visit?"),
        ("now = 3", ("1", "conditions", "$is"), '"$is"', None),
        (
            "event.metadata.text > 3",
            ("1", "conditions", "$more_than"),
            '"$more_than"',
            "it speaks of numbers",
        ),
    ],
)
def test_what_is_no_rule(text: str, path: tuple[object, ...], found: str, hint: str | None) -> None:
    """What cannot be read is told with its place in the text, what is not there by the number of the condition."""
    body = {"trigger": {"event": "review"}, "message": {"text": "hello"}, "validation_rule": text}
    (fault,) = faults_of(
        segment("friends", {"email": {"conditions": {"$has_value": True}}}),
        definition("distribution", "d", body),
    )
    assert (fault.path, fault.found, fault.hint) == (("validation_rule", *path), found, hint)


def test_the_page_tells_each_subject() -> None:
    """Every name in the page's table is a name of rules, and what stands beside it is its word in expressions."""
    _, _, section = PAGE.partition("| `name` | in an expression |")
    names = re.findall(r"(?m)^\| `([\w.]+)`\s*\| `([\w.]+)`", section)
    assert dict(names) == {
        "customer.segment": "segment",
        "customer.metadata": "metadata.club_level",
        "custom_event.metadata": "event.metadata.rating",
        "now": "now",
    }
    for name, word in names:
        operator, values = ("dow", {"$dow": [1]}) if name == "now" else ("in", {"$in": [1]})
        (rule,) = rules_of(f"{word} {operator} 1").values()
        assert (rule["name"], rule["conditions"]) == (name, values)
