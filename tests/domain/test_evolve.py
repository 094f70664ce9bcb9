from collections.abc import Mapping
from typing import Any

import pytest

from streams.domain.day_counts import counts_since
from streams.domain.evolve import counted, merged_profile
from streams.domain.identities import EventName
from streams.domain.instants import DAY, Instant
from streams.domain.state import Occurrence

VISIT, OTHER = EventName("visit"), EventName("other")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (300, (3, 100, 300)),
        (150, (3, 100, 200)),
        (50, (3, 50, 200)),
    ],
)
def test_counting(at: int, expected: tuple[int, int, int]) -> None:
    """Every event counts; only a newer one moves ``last``, only an older one moves ``first``."""
    before = {VISIT: Occurrence(2, Instant(100), Instant(200)), OTHER: Occurrence(1, Instant(1), Instant(1))}
    after = counted(before, VISIT, Instant(at))
    assert after[VISIT][:3] == expected
    assert after == before | {VISIT: after[VISIT]}
    assert before[VISIT].count == 2


def test_the_first_time() -> None:
    """The first occurrence is also the last."""
    assert counted({}, VISIT, Instant(7))[VISIT][:3] == (1, 7, 7)


def test_each_event_is_counted_on_its_day() -> None:
    """By UTC, a late one on the day on which it happened; other events have days of their own."""
    occurrences: Mapping[EventName, Occurrence] = {}
    for name, at in ((VISIT, 3 * DAY), (OTHER, DAY), (VISIT, 4 * DAY - 1), (VISIT, DAY + 5)):
        occurrences = counted(occurrences, name, Instant(at))
    assert list(counts_since(occurrences[VISIT].days, 0)) == [(1, 1), (3, 2)]
    assert list(counts_since(occurrences[OTHER].days, 0)) == [(1, 1)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "Bea"}, {"name": "Bea", "metadata": {"plan": "gold", "age": 7}}),
        ({"name": None}, {"metadata": {"plan": "gold", "age": 7}}),
        ({"metadata": {"plan": "silver"}}, {"name": "Ann", "metadata": {"plan": "silver", "age": 7}}),
        ({"metadata": {"plan": None, "age": None}}, {"name": "Ann"}),
        ({"metadata": None}, {"name": "Ann"}),
        (
            {"address": {"city": "Paris"}},
            {"name": "Ann", "metadata": {"plan": "gold", "age": 7}, "address": {"city": "Paris"}},
        ),
    ],
)
def test_merging_a_profile(given: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Given fields replace, metadata and address key by key, and null deletes."""
    profile: Mapping[str, Any] = {"name": "Ann", "metadata": {"plan": "gold", "age": 7}}
    assert merged_profile(profile, given) == expected
    assert profile == {"name": "Ann", "metadata": {"plan": "gold", "age": 7}}


@pytest.mark.parametrize(
    "given", [{"name": "Ann"}, {"metadata": {"plan": "gold"}}, {"metadata": {"x": None}}, {"phone": None}]
)
def test_a_profile_that_stays_is_the_same(given: Mapping[str, Any]) -> None:
    """Fields that change nothing leave the very same profile, so that nothing is decided anew."""
    profile: Mapping[str, Any] = {"name": "Ann", "metadata": {"plan": "gold"}}
    assert merged_profile(profile, given) is profile
