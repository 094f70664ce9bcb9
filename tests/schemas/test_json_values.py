"""How a value is shown to a person."""

from typing import Any

import pytest

from schemas.json_values import shown, step


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ("5", 'text "5"'),
        ("a\nb", 'text "a\\nb"'),
        (5, "number 5"),
        (1.5, "number 1.5"),
        (True, "boolean true"),
        ([1, "a"], 'list [1,"a"]'),
        ({"a": None}, 'object {"a":null}'),
        (2**70, "number 1180591620717411303424"),
    ],
)
def test_kind_and_value_are_shown(value: Any, text: str) -> None:
    """The kind tells a text from a number that looks the same."""
    assert shown(value) == text


@pytest.mark.parametrize("value", ["x" * 10_000, list(range(10_000)), {"x" * 10_000: 1}, 10**4000])
def test_long_values_are_shortened(value: Any) -> None:
    """200 characters, the last of which says that there is more."""
    assert len(shown(value)) == 200
    assert shown(value).endswith("…")


def test_what_cannot_be_written_is_shown_all_the_same() -> None:
    """Nesting without end does not make a message fail."""
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert shown(deep) == "list that cannot be shown"


@pytest.mark.parametrize(
    ("path", "key", "text"),
    [("a", "b", "a.b"), ("", "b", "b"), ("a", "b.c", 'a["b.c"]'), ("a", "", 'a[""]'), ("", "é ", '["é "]')],
)
def test_paths(path: str, key: str, text: str) -> None:
    """A plain name follows a dot; anything else stands in brackets and quotes."""
    assert step(path, key) == text


def test_long_keys_are_shortened() -> None:
    """A key of a megabyte does not make a path of a megabyte."""
    assert len(step("a", "k" * 1_000_000)) < 250
