from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from streams.domain.conditions import DaysSince, EventCount, ProfileField
from streams.domain.faults import Place
from streams.domain.filters import DEEPEST, MOST_CONDITIONS, Filter, Group, Vocabulary, compile_filter
from streams.domain.instants import parse_instant
from tests.domain.writing import EVENTS, facts, metric

VOCABULARY = Vocabulary(EVENTS, {"friends"})


def read(body: Mapping[str, Any]) -> Filter:
    """The compiled filter."""
    place = Place("segment", "s", ("filter",), [])
    found = compile_filter(place, body, VOCABULARY)
    assert found is not None, place.noted
    return found


def faults(body: object) -> list[tuple[tuple[str | int, ...], str, str]]:
    """Path, expectation and finding of each fault."""
    place = Place("segment", "s", (), [])
    assert compile_filter(place, body, VOCABULARY) is None
    return [(fault.path, fault.expected, fault.found) for fault in place.noted]


@pytest.mark.parametrize(("junction", "negated"), [*product(["and", "or"], [True, False])])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_junctions(junction: str, negated: bool, number: int) -> None:  # noqa: FBT001  part of the case
    """However many conditions, *and* is all, *or* is any, and *not* turns the whole round."""
    fields = ["name", "email", "phone"][:number]
    body = {field: {"conditions": {"$has_value": [True]}} for field in fields}
    holds = read(body | {"junction": junction, "not": negated}).holds
    for given in product([True, False], repeat=number):
        profile = {field: "x" for field, is_given in zip(fields, given, strict=True) if is_given}
        assert holds(facts(profile=profile)) is ((any if junction == "or" else all)(given) is not negated)


def test_groups_nest() -> None:
    """A group is one more condition of the group around it, to any depth."""
    inner = {"not": True, "phone": {"conditions": {"$has_value": True}}}
    holds = read(
        {"junction": "or", "name": {"conditions": {"$is": "Ann"}}, "groups": [{"groups": [inner]}]}
    ).holds
    assert holds(facts(profile={"name": "Ann", "phone": "1"}))
    assert holds(facts(profile={"name": "Bea"}))
    assert not holds(facts(profile={"name": "Bea", "phone": "1"}))


def test_and_is_the_default() -> None:
    """Without a junction all conditions must hold."""
    holds = read(metric("visit.count", more_than=0) | metric("review.count", more_than=0)).holds
    assert not holds(facts({"visit": (1, 0, 0)}))
    assert holds(facts({"visit": (1, 0, 0), "review": (1, 0, 0)}))


def test_customer_fields() -> None:
    """Fields are found where they stand: at the top, below address, below metadata; source_id is the customer's id."""
    body = {
        "source_id": {"conditions": {"$starts_with": ["c-"]}},
        "address.city": {"conditions": {"$is": ["Paris"]}},
        "metadata.a.b": {"conditions": {"$more_than": [1]}},
        "birthdate": {"conditions": {"$before": ["2000-01-01"]}},
    }
    known: dict[str, Any] = {"address": {"city": "Paris"}, "metadata": {"a.b": 2}, "birthdate": "1999-12-31"}
    assert read(body).holds(facts(profile=known))
    assert not read(body).holds(facts(profile=known | {"address": "Paris"}))


def test_what_a_filter_depends_on() -> None:
    """Events, boundaries, profile and references are known, wherever in the filter they occur."""
    body = metric("visit.last_occurred", less_than=5) | {
        "groups": [
            metric("visit.last_occurred", more_than=1),
            metric("review.count", more_than=1) | {"segments": {"conditions": {"$in": ["friends"]}}},
        ]
    }
    found = read(body)
    assert found.events == {"visit", "review"}
    assert [(one.event, one.written) for one in found.boundaries if isinstance(one, DaysSince)] == [
        ("visit", (("$less_than", (5,)),)),
        ("visit", (("$more_than", (1,)),)),
    ]
    assert found.references == {"friends"}
    assert not found.reads_profile
    assert read({"name": {"conditions": {"$has_value": True}}}).reads_profile


def test_a_calendar_holds_for_its_group_and_those_within() -> None:
    """Days are counted in midnights where a calendar is written, and further in until another is."""
    leaf = metric("visit.last_occurred", **{"is": 1})
    body = {
        **leaf,
        "groups": [
            {"calendar": "Europe/Warsaw", "groups": [leaf, {"calendar": "UTC", **leaf}]},
            {"birthdate": {"conditions": {"is_days_ago": [1]}}, "calendar": "Asia/Beirut"},
        ],
    }
    tree = read(body).tree
    zones = [one.calendar and one.calendar.zone for one in tree.conditions() if isinstance(one, DaysSince)]
    assert zones == [None, "Europe/Warsaw", "UTC"]
    assert [group.calendar for group in tree.members if isinstance(group, Group)] == [
        "Europe/Warsaw",
        "Asia/Beirut",
    ]
    assert tree.calendar is None
    last = tree.members[-1]
    assert isinstance(last, Group)
    birth = {"birthdate": "2022-10-29"}
    before, begin = parse_instant("2022-10-29T21:59:59.999Z"), parse_instant("2022-10-29T22:00:00Z")
    assert not last.predicate()(facts(profile=birth, now=before))
    assert last.predicate()(facts(profile=birth, now=begin))


def test_a_count_may_look_at_a_window() -> None:
    """The window stands beside the conditions, in whole days."""
    body = {"events.visit.count": {"conditions": {"more_than": [2]}, "within": "P1W"}}
    (leaf,) = read(body).tree.conditions()
    assert isinstance(leaf, EventCount)
    assert (leaf.within, leaf.written) == (7, (("$more_than", (2,)),))


@pytest.mark.parametrize(
    ("condition", "path", "expected"),
    [
        ({"within": "P367D"}, ("within",), "whole days, P1D to P366D"),
        ({"within": "PT12H"}, ("within",), "whole days, P1D to P366D"),
        ({"within": "P0D"}, ("within",), "whole days, P1D to P366D"),
        ({"within": "P1M"}, ("within",), "whole days, P1D to P366D"),
        ({"within": 30}, ("within",), "whole days, P1D to P366D"),
        ({"within": None}, ("within",), "whole days, P1D to P366D"),
        ({"whithin": "P3D"}, ("whithin",), "one of conditions, within"),
    ],
)
def test_what_is_no_window(condition: dict[str, Any], path: tuple[str, ...], expected: str) -> None:
    """Windows are whole days, up to a year."""
    body = {"events.visit.count": {"conditions": {"$is": [1]}, **condition}}
    (fault,) = faults(body)
    assert fault[:2] == (("events.visit.count", *path), expected)


def test_only_a_count_has_a_window() -> None:
    """Days since, and fields, have none."""
    lasting = {"conditions": {"$is": [1]}, "within": "P3D"}
    for key in ("events.visit.last_occurred", "metadata.age"):
        assert faults({key: lasting}) == [((key, "within"), "one of conditions", '"within"')]
    place = Place("segment", "s", (), [])
    compile_filter(place, {"events.visit.last_occurred": lasting}, VOCABULARY)
    (fault,) = place.noted
    assert fault.hint == "last_occurred counts days itself; a window stands beside events.visit.count"


def test_operators_may_be_spelled_without_a_dollar() -> None:
    """Wherever operators stand: on metrics, on fields and on segments."""
    body = {
        "events.visit.count": {"conditions": {"greater_than": [1], "between": [0, 9]}},
        "name": {"conditions": {"not_contains": ["x"], "has_value": True}},
        "segments": {"conditions": {"not_in": ["friends"]}},
    }
    count, name, _ = read(body).tree.conditions()
    assert isinstance(count, EventCount)
    assert count.written == (("$more_than", (1,)), ("$between", (0, 9)))
    assert isinstance(name, ProfileField)
    assert [one.operator for one in name.comparisons] == ["$not_contain", "$has_value"]


def test_all_faults_are_found_at_once() -> None:
    """A filter is checked to its end, every fault with its place."""
    body = {
        "junction": "nor",
        "not": "yes",
        "calendar": "Europe/Warsw",
        "events.vist.count": {"conditions": {"$is": ["x"]}},
        "groups": [{}, {"email": {"conditions": {"$like": ["x"]}}}, 5],
    }
    assert [path for path, _, _ in faults(body)] == [
        ("junction",),
        ("not",),
        ("calendar",),
        ("events.vist.count",),
        ("events.vist.count", "conditions", "$is"),
        ("groups", 0),
        ("groups", 1, "email", "conditions", "$like"),
        ("groups", 2),
    ]


def test_depth_is_bounded() -> None:
    """A group too deep inside groups is refused, however deep it goes on."""
    body: dict[str, Any] = metric("visit.count", more_than=0)
    for _ in range(300):
        body = {"groups": [body]}
    assert faults(body) == [(("groups", 0) * DEEPEST, "at most 16 levels of groups", "17")]


def test_cost_is_bounded() -> None:
    """So is a filter of too many conditions."""
    body = {f"metadata.m{number}": {"conditions": {"$is": [1]}} for number in range(MOST_CONDITIONS + 1)}
    assert faults(body) == [((), "at most 200 conditions", "201")]


@pytest.mark.parametrize("body", [None, [], 5, True])
def test_what_is_no_filter(body: object) -> None:
    """A filter is a mapping, or an expression."""
    assert [expected for _, expected, _ in faults(body)] == ["a mapping"]
