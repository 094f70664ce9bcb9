"""What no definition describes must at least be storable."""

from typing import Any

import pytest

from schemas.free_form import DEEPEST, check_free_form
from schemas.rejections import MOST_FAULTS, Fault


def faults_of(value: Any) -> list[Fault]:
    """What is wrong with a value."""
    faults: list[Fault] = []
    check_free_form(value, "m", "out_of_limits", faults)
    return faults


def nested(levels: int) -> Any:
    """Lists in lists."""
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [None, True, "x", 1.5, 2**63 - 1, -(2**63), {"a": [{"b": None}]}, nested(DEEPEST)]
)
def test_what_may_stand(value: Any) -> None:
    """Any JSON of ordinary size and depth."""
    assert not faults_of(value)


def test_numbers_beyond_64_bits() -> None:
    """Each is told with its place."""
    assert [fault.path for fault in faults_of({"a": [1, 2**63], "b c": -(2**63) - 1})] == [
        "m.a[1]",
        'm["b c"]',
    ]


def test_nesting() -> None:
    """One level too many."""
    assert faults_of(nested(DEEPEST + 1)) == [
        Fault("out_of_limits", "m" + "[0]" * DEEPEST, "at most 32 levels of nesting", "more")
    ]


def test_the_search_ends() -> None:
    """Thousands of faults are as many as anybody reads."""
    assert len(faults_of([2**70] * 1000)) == MOST_FAULTS
