"""Where two JSON values differ."""

import pytest

from topology.definitions.differences import ABSENT, differences


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [(("a",), 1, 2)]),
        ({"a": 1}, {"b": 1}, [(("a",), 1, ABSENT), (("b",), ABSENT, 1)]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [(("a", "b", 1), 2, 3)]),
        ({"a": [1]}, {"a": [1, 2]}, [(("a",), [1], [1, 2])]),
        ({"a": 1}, {"a": True}, [(("a",), 1, True)]),
        ({"a": 1}, {"a": 1.0}, [(("a",), 1, 1.0)]),
        ({"a": None}, {}, [(("a",), None, ABSENT)]),
        ({"a": {}}, {"a": []}, [(("a",), {}, [])]),
        ({"b": 1, "a": 1}, {"a": 1, "b": 1}, []),
    ],
)
def test_the_smallest_parts_that_differ_are_named(old: object, new: object, expected: list[object]) -> None:
    """Path, old, new; null is not absent, 1 is neither true nor 1.0, the order of keys means nothing."""
    assert list(differences(old, new)) == expected
