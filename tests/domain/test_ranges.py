from collections.abc import Mapping
from typing import Any

import pytest

from streams.domain.faults import Place
from streams.domain.ranges import Range, range_at


def read(conditions: Mapping[str, Any]) -> Range:
    """The range that conditions leave."""
    place = Place("segment", "s", (), [])
    found = range_at(place, {"conditions": conditions}, "times", 1000)
    assert found is not None, place.noted
    return found[0]


def among(meant: Range, numbers: range) -> list[int]:
    """The numbers in the range."""
    return [number for number in numbers if meant.holds(number)]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"$more_than": [2]}, [3, 4, 5]),
        ({"$more_than_equal": ["2"]}, [2, 3, 4, 5]),
        ({"$more_than_or_equal": 2}, [2, 3, 4, 5]),
        ({"$greater_than_or_equal": [2.0]}, [2, 3, 4, 5]),
        ({"$less_than": [2]}, [0, 1]),
        ({"$less_than_equal": [2]}, [0, 1, 2]),
        ({"$less_than_or_equal": [2]}, [0, 1, 2]),
        ({"$is": ["2"]}, [2]),
        ({"$is_not": [2]}, [0, 1, 3, 4, 5]),
        ({"$between": [2, 4]}, [2, 3, 4]),
        ({"$more_than": [1], "$less_than": [5], "$is_not": [3]}, [2, 4]),
        ({"$less_than": [0]}, []),
        ({"$more_than": [3], "$less_than": [3]}, []),
    ],
)
def test_which_numbers(conditions: Mapping[str, Any], expected: list[int]) -> None:
    """Each operator leaves its numbers; several leave those that all of them leave."""
    assert among(read(conditions), range(6)) == expected


@pytest.mark.parametrize(
    ("conditions", "steps"),
    [
        ({"$more_than": [2]}, (3,)),
        ({"$more_than_or_equal": [2]}, (2,)),
        ({"$more_than_or_equal": [0]}, ()),
        ({"$less_than": [2]}, (2,)),
        ({"$less_than_or_equal": [2]}, (3,)),
        ({"$is": [0]}, (1,)),
        ({"$is": [2]}, (2, 3)),
        ({"$is_not": [2]}, (2, 3)),
        ({"$is": [5, 2, 3]}, (2, 4, 5, 6)),
        ({"$is_not": [2, 4]}, (2, 3, 4, 5)),
        ({"$between": [2, 4]}, (2, 5)),
        ({"$more_than": [1], "$is_not": [3]}, (2, 3, 4)),
        ({"$more_than": [4], "$is_not": [3]}, (5,)),
        ({"$less_than": [3], "$is_not": [2]}, (2,)),
    ],
)
def test_where_a_growing_number_crosses(conditions: Mapping[str, Any], steps: tuple[int, ...]) -> None:
    """The steps are the numbers at which the answer for a growing number changes, and no others."""
    assert read(conditions).steps() == steps


def test_what_was_written_is_kept() -> None:
    """The operators stand beside the range, by their one name, in order, their values as numbers."""
    place = Place("segment", "s", (), [])
    found = range_at(place, {"conditions": {"$greater_than": ["1"], "$between": [0, 9]}}, "times", 1000)
    assert found == (Range(2, 9), (("$more_than", (1,)), ("$between", (0, 9))))


@pytest.mark.parametrize(
    "value", [[], [-1], [1.5], ["x"], ["1_0"], [" 1"], [True], [None], [1, "x"], [1001], {"a": 1}, ["1e999"]]
)
def test_values_that_count_nothing(value: object) -> None:
    """Whole numbers within bounds are asked for; anything else is a fault at the operator."""
    place = Place("segment", "s", (), [])
    assert range_at(place, {"conditions": {"$is": value}}, "times", 1000) is None
    assert [fault.path for fault in place.noted] == [("conditions", "$is")]


def test_alternatives_lie_within_reach_of_one_another() -> None:
    """What stands between them is kept, so it is bounded."""
    place = Place("segment", "s", (), [])
    assert range_at(place, {"conditions": {"$is": [1, 20_000]}}, "times", 10**6) is None
    assert [fault.expected for fault in place.noted] == ["values that lie at most 10000 apart"]


def test_between_needs_two_in_order() -> None:
    """A range from more to less is a mistake, not an empty range."""
    place = Place("segment", "s", (), [])
    assert range_at(place, {"conditions": {"$between": [4, 2]}}, "days", 1000) is None
    assert [fault.expected for fault in place.noted] == ["two ascending whole numbers of days, 0 to 1000"]
