from typing import Any

import pytest

from topology.scenarios.comparing import compared, same


def pairs(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[tuple[int | None, int | None]]:
    """Which record is held against which."""
    return [(pair.expected, pair.found) for pair in compared(expected, found)]


def test_only_fields_that_are_written_are_compared() -> None:
    """A field that is expected to be null may be missing."""
    (pair,) = compared([{"a": 1, "none": None}], [{"a": 1, "b": 2}])
    assert pair.agrees


@pytest.mark.parametrize(
    ("expected", "found", "aligned"),
    [
        ([1, 2, 3], [1, 3], [(0, 0), (1, None), (2, 1)]),
        ([1, 3], [1, 2, 3], [(0, 0), (None, 1), (1, 2)]),
        ([1], [2], [(0, 0)]),
        ([], [1], [(None, 0)]),
        ([1], [], [(0, None)]),
        ([1, 2], [2, 1], [(0, None), (1, 0), (None, 1)]),
    ],
)
def test_records_are_aligned_so_that_little_differs(
    expected: list[int], found: list[int], aligned: list[tuple[int | None, int | None]]
) -> None:
    """A record that is missing or too much does not make those behind it differ."""
    given = [[{"n": each, "x": each} for each in side] for side in (expected, found)]
    assert sorted(pairs(*given), key=str) == sorted(aligned, key=str)


def test_records_of_different_things_are_no_pair() -> None:
    """Whatever else they have in common."""
    expected = {"segment_id": "a", "change": "entered", "cause": "event"}
    assert pairs([expected], [expected | {"segment_id": "b"}]) in (
        [(0, None), (None, 0)],
        [(None, 0), (0, None)],
    )


def test_a_difference_is_told_where_it_lies() -> None:
    """By the path inside the record; a member that is missing on one side, too."""
    expected = {"message": {"data": {"a": 1, "b": 2}}, "n": 1}
    (pair,) = compared([expected], [{"message": {"data": {"a": 1, "c": 3}}, "n": 1}])
    assert [each.path for each in pair.differences] == ["message.data.b", "message.data.c"]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [(5, 5.0, True), (True, 1, False), ({"a": [1, True]}, {"a": [1, 1]}, False), ([1], (1,), True), (None, 0, False)],
)  # fmt: skip
def test_equality_is_that_of_json(one: object, other: object, *, equal: bool) -> None:
    """True is not 1, whole numbers may have a point."""
    assert same(one, other) is equal


def test_long_lists_are_compared_at_once() -> None:
    """Ten thousand records with one missing at the end take no squares of that."""
    records = [{"n": number} for number in range(10_000)]
    assert [pair for pair in compared(records, records[:-1]) if not pair.agrees] == [(9_999, None, ())]
