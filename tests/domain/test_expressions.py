import json
import re
from typing import Any

import pytest

from streams.domain.definitions import DefinitionError
from streams.domain.expression_grammar import DEEPEST
from streams.domain.expressions import MOST_CHARACTERS, filter_body, parse_expression
from streams.domain.faults import Place
from streams.domain.filters import Vocabulary, compile_filter
from tests.domain.writing import EVENTS, faults_of, segment

CONDITION = "a condition, such as count(new_review) > 1"
OPERATOR = "an operator, such as = or starts_with"
VALUE = "a number, text in double quotes, true or false"
GOES_ON = "and, or, or the end"


def said(**conditions: Any) -> dict[str, Any]:
    """Operators with their values, as a filter holds them: ``said(more_than=[1], is_=[2])``."""
    return {
        "conditions": {f"${operator.removesuffix('_')}": values for operator, values in conditions.items()}
    }


def refusal(text: str) -> tuple[str, str, str | None]:
    """What was expected, what stood where, and the hint, of the one fault in a text."""
    with pytest.raises(DefinitionError) as error:
        filter_body(text)
    (fault,) = error.value.faults
    return fault.expected, fault.found, fault.hint


@pytest.mark.parametrize(
    ("text", "key", "condition"),
    [
        ("count(new_review) > 1", "events.new_review.count", said(more_than=[1])),
        ("last(refund) <= 30", "events.refund.last_occurred", said(less_than_or_equal=[30])),
        ("first(visit) = 0", "events.visit.first_occurred", said(is_=[0])),
        ("COUNT( a.b-c_d )>=2", "events.a.b-c_d.count", said(more_than_or_equal=[2])),
        ("count(404) > 0", "events.404.count", said(more_than=[0])),
        ("count(and) > 0", "events.and.count", said(more_than=[0])),
        ("count(`a (b) ``c```) > 0", "events.a (b) `c`.count", said(more_than=[0])),
        ("count(x, within P30D) != 3", "events.x.count", said(is_not=[3]) | {"within": "P30D"}),
        ("count(x) between 3 and 9", "events.x.count", said(between=[3, 9])),
        ("count(x) between (3, 9)", "events.x.count", said(between=[3, 9])),
        ('email = "a@b.c"', "email", said(is_=["a@b.c"])),
        ('address.city != "Paris"', "address.city", said(is_not=["Paris"])),
        ("metadata.score < -1.5e2", "metadata.score", said(less_than=[-150.0])),
        ("`metadata.a key` = true", "metadata.a key", said(is_=[True])),
        ("metadata.größe = 3", "metadata.größe", said(is_=[3])),
        ("metadata.ok = False", "metadata.ok", said(is_=[False])),
        ('segment in ("a", "b")', "segments", said(in_=["a", "b"])),
        ('segments not in ("a")', "segments", said(not_in=["a"])),
        ('metadata.x NOT IN ("a", 2, true)', "metadata.x", said(not_in=["a", 2, True])),
        ('metadata.x not_in ("a")', "metadata.x", said(not_in=["a"])),
        ('metadata.x in "a"', "metadata.x", said(in_=["a"])),
        ('metadata.x = ("a", "b")', "metadata.x", said(is_=["a", "b"])),
        ("metadata.x more_than 3", "metadata.x", said(more_than=[3])),
        ("metadata.x greater_than_equal 3", "metadata.x", said(more_than_or_equal=[3])),
        ('name Starts_With "A"', "name", said(starts_with=["A"])),
        ('name starts_with ("A", "B")', "name", said(starts_with=["A", "B"])),
        ('name ends_with "\\"\\u00e9\\n"', "name", said(ends_with=['"é\n'])),
        ('metadata.tags contains "x"', "metadata.tags", said(contains=["x"])),
        ('metadata.tags not_contains "x"', "metadata.tags", said(not_contain=["x"])),
        ("metadata.tags count_more 2", "metadata.tags", said(count_more=[2])),
        ('created_at after "2026-11-20"', "created_at", said(after=["2026-11-20"])),
        ("created_at is_days_ago 3", "created_at", said(is_days_ago=[3])),
        ("birthdate next_month", "birthdate", said(next_month=[True])),
        ("birthdate next_month true", "birthdate", said(next_month=[True])),
        ("birthdate anniversary_in_days 0", "birthdate", said(anniversary_in_days=[0])),
        ("email has_value", "email", said(has_value=[True])),
        ("email is_unknown", "email", said(is_unknown=[True])),
        (
            'metadata.home in_location {"lat": 52.23, "lon": 21.01, "radius_km": 5}',
            "metadata.home",
            said(in_location=[{"lat": 52.23, "lon": 21.01, "radius_km": 5}]),
        ),
    ],
)
def test_a_condition(text: str, key: str, condition: dict[str, Any]) -> None:
    """Each way to write a condition stands for one in the JSON form."""
    assert parse_expression(text) == {key: condition}


A, B, C = ({name: {"conditions": {"$has_value": [True]}}} for name in "abc")


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("a and b and c", {**A, **B, **C}),
        ("a or b or c", {"junction": "or", **A, **B, **C}),
        ("a or b and c", {"junction": "or", **A, "groups": [{**B, **C}]}),
        ("a and b or c", {"junction": "or", **C, "groups": [{**A, **B}]}),
        ("(a or b) and c", {**C, "groups": [{"junction": "or", **A, **B}]}),
        ("((a)) and (b and (c))", {**A, **B, **C}),
        ("a AND (b Or c)", {**A, "groups": [{"junction": "or", **B, **C}]}),
        ("not a", {"not": True, **A}),
        ("not not a", A),
        ("not a and b", {**B, "groups": [{"not": True, **A}]}),
        ("not (a and b)", {"not": True, **A, **B}),
        ("not (a or b)", {"junction": "or", "not": True, **A, **B}),
        (
            "not (not (a and b) or c)",
            {"junction": "or", "not": True, **C, "groups": [{"not": True, **A, **B}]},
        ),
        ('in calendar "UTC" (a)', {"calendar": "UTC", **A}),
        (
            'in calendar "UTC" (a or b) and c',
            {**C, "groups": [{"junction": "or", "calendar": "UTC", **A, **B}]},
        ),
        ('not in calendar "UTC" (a and b)', {"not": True, "calendar": "UTC", **A, **B}),
        ('in calendar "UTC" (in calendar "Asia/Tokyo" (a))', {"calendar": "Asia/Tokyo", **A}),
    ],
)
def test_joining(text: str, body: dict[str, Any]) -> None:
    """``not`` binds closest, then ``and``, then ``or``; brackets that change nothing leave no group behind."""
    assert parse_expression(re.sub(r"\b[abc]\b", r"\g<0> has_value", text)) == body


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("a > 1 and a < 5", {"a": said(more_than=[1], less_than=[5])}),
        ("a > 1 and b = 2 and a < 5", {"a": said(more_than=[1], less_than=[5]), "b": said(is_=[2])}),
        ("a > 1 and a > 2", {"a": said(more_than=[1]), "groups": [{"a": said(more_than=[2])}]}),
        (
            "a > 1 or a < 0",
            {"junction": "or", "a": said(more_than=[1]), "groups": [{"a": said(less_than=[0])}]},
        ),
        (
            "count(x, within P1D) > 1 and count(x) < 5",
            {
                "events.x.count": said(more_than=[1]) | {"within": "P1D"},
                "groups": [{"events.x.count": said(less_than=[5])}],
            },
        ),
        (
            "a > 1 and a < 5 or b > 1",
            {"junction": "or", "b": said(more_than=[1]), "a": said(more_than=[1], less_than=[5])},
        ),
    ],
)
def test_conditions_on_one_field(text: str, body: dict[str, Any]) -> None:
    """Different operators that must all hold stand together; what cannot, stands in a group of its own."""
    assert parse_expression(text) == body


@pytest.mark.parametrize(
    ("text", "expected", "found", "hint"),
    [
        ("", CONDITION, "the end at column 1", None),
        (" \n ", CONDITION, "the end at line 2, column 2", None),
        ("and a = 1", CONDITION, '"and" at column 1', None),
        ("groups = 1", CONDITION, '"groups" at column 1', None),
        ("12 > 3", CONDITION, "12 at column 1", None),
        ('a = 1 or ("x" = a)', CONDITION, '"x" at column 11', None),
        ("!(a = 1)", CONDITION, '"!" at column 1', "use not"),
        ("cuont(x) > 1", "count, last or first before (", '"cuont" at column 1', "did you mean count?"),
        ("`count`(x) > 1", "count, last or first before (", "`count` at column 1", "did you mean count?"),
        ("count() > 1", "the name of an event", '")" at column 7', None),
        ('count("x") > 1', "the name of an event", '"x" at column 7', None),
        ("count(x, witin P3D) > 1", "within", '"witin" at column 10', None),
        ("count(x, within 3) > 1", "a duration, such as P30D", "3 at column 17", None),
        ("last(x, within P3D) > 1", ")", '"," at column 7', None),
        ("count(x > 1", ")", '">" at column 9', None),
        ("a", OPERATOR, "the end at column 2", None),
        ("a b", OPERATOR, '"b" at column 3', None),
        ('email start_with "x"', OPERATOR, '"start_with" at column 7', "did you mean starts_with?"),
        ("a == 1", OPERATOR, '"==" at column 3', "use ="),
        ("a <> 1", OPERATOR, '"<>" at column 3', "use !="),
        ("a $more_than 1", OPERATOR, '"$" at column 3', "use the operator without its $"),
        ("a = 1\n  and b ~ 3", OPERATOR, '"~" at line 2, column 9', None),
        ("a not 3", "in", "3 at column 7", None),
        ("a between 3", "and", "the end at column 12", None),
        ("a >", VALUE, "the end at column 4", None),
        ("a starts_with", VALUE, "the end at column 14", None),
        ("email = x", VALUE, '"x" at column 9', 'put "x" in double quotes'),
        ("email = 'x'", VALUE, '"\'" at column 9', None),
        ("email = null", VALUE, '"null" at column 9', "use is_unknown or has_value"),
        ("a in ()", VALUE, '")" at column 7', None),
        ('a in ("x", )', VALUE, '")" at column 12', None),
        ('a in ("x" "y")', ")", '"y" at column 11', None),
        ("a in_location {lat: 1}", "a name in double quotes", '"lat" at column 16', None),
        ('a in_location {"lat" 1}', ":", "1 at column 22", None),
        ('a in_location {"lat": {}}', VALUE, '"{" at column 23', None),
        ('a in_location {"lat": 1', "}", "the end at column 24", None),
        ('in ("x")', "calendar", '"(" at column 4', None),
        ("in calendar UTC (a = 1)", 'a time zone, such as "Europe/Warsaw"', '"UTC" at column 13', None),
        ('in calendar "UTC" a = 1', "(", '"a" at column 19', None),
        ("(a = 1", ")", "the end at column 7", None),
        ("a = 1)", GOES_ON, '")" at column 6', None),
        ("a = 1 && b = 2", GOES_ON, '"&&" at column 7', "use and"),
        ("a = 1 b = 2", GOES_ON, '"b" at column 7', None),
        ('email = "x', 'a closing "', "the end at column 11", None),
        ("`abc = 1", "a closing `", "the end at column 9", None),
        ('a = "\\q"', "the escapes of JSON in a text", '"\\q" at column 5', None),
        ("a = 1e999", "a smaller number", "1e999 at column 5", None),
        ("a = " + "9" * 5000, "a number of fewer digits", "9" * 59 + "… at column 5", None),
        ('a = "' + "x" * 99 + '" b', GOES_ON, '"b" at column 107', None),
        ("{", "JSON", "the end at column 2", "Expecting property name enclosed in double quotes"),
        ('{"a": 1,\n "b" 2}', "JSON", '"2}" at line 2, column 6', "Expecting ':' delimiter"),
        ('{"a": 1, "a": 2}', "JSON", '"a twice in one mapping"', None),
        ('{"a": NaN}', "JSON", '"NaN"', None),
    ],
)
def test_what_is_no_filter(text: str, expected: str, found: str, hint: str | None) -> None:
    """What is wrong is told with what was expected, what stands there, where, and what may have been meant."""
    assert refusal(text) == (expected, found, hint)


@pytest.mark.parametrize("opening", ["(", "not ", 'in calendar "UTC" ('])
def test_depth_is_bounded(opening: str) -> None:
    """Brackets may stand inside each other only so deep, whatever stands before them."""
    inside = opening.count("(")
    parse_expression(opening * DEEPEST + "a = 1" + ")" * inside * DEEPEST)
    expected, _, _ = refusal(opening * 10_000 + "a = 1" + ")" * inside * 10_000)
    assert expected == "at most 64 brackets inside each other"


def test_length_is_bounded() -> None:
    """A text of a million characters is read, whatever is joined in it; a longer one is refused at once."""
    whole = " and ".join(["a = 1"] * 100_000)[:MOST_CHARACTERS]
    assert len(parse_expression(whole.removesuffix(" and "))["groups"]) == 99_999  # type: ignore[arg-type]
    assert refusal(" " * (MOST_CHARACTERS + 1))[0] == "at most 1000000 characters"
    assert refusal('{"a":' * 100_000)[0] == "JSON"


def test_typed_json_is_a_filter_too() -> None:
    """What begins with a brace is the JSON form, anything else an expression."""
    body = {"events.visit.count": {"conditions": {"$more_than": [1]}}}
    assert filter_body(f"\n {json.dumps(body)}") == filter_body("count(visit) > 1") == body


def test_an_expression_stands_wherever_a_filter_may() -> None:
    """A segment's filter may be an expression, and so may a group; faults name the place in the definition."""
    assert not faults_of(segment("s", "count(visit) > 1"))
    assert not faults_of(segment("s", {"groups": ["count(visit) > 1", "last(review) < 3"]}))
    (fault,) = faults_of(segment("s", {"groups": ["count(visit) > 1", "cont(visit) > 1"]}))
    assert (fault.id, fault.path, fault.hint) == ("s", ("filter", "groups", 1), "did you mean count?")


def test_what_an_expression_speaks_of_is_checked_as_ever() -> None:
    """An unknown event, field or segment in an expression is a fault whose path names it."""
    text = 'count(vist) > 1 and emial has_value and segment in ("x") and count(review) > "many"'
    place = Place("segment", "s", ("filter",), [])
    assert compile_filter(place, text, Vocabulary(EVENTS, {"friends"})) is None
    assert [(fault.path[1:], fault.hint) for fault in place.noted] == [
        (("events.vist.count",), "did you mean visit?"),
        (("emial",), "did you mean email?"),
        (("segments", "conditions", "$in", 0), None),
        (("events.review.count", "conditions", "$more_than"), None),
    ]
