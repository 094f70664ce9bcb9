import pytest

from streams.domain.condition_text import condition_text
from streams.domain.expressions import parse_expression
from streams.domain.faults import Place
from streams.domain.filters import Vocabulary, compile_filter
from tests.domain.writing import EVENTS


@pytest.mark.parametrize(
    "text",
    [
        "count(visit) > 1",
        "count(visit) between 3 and 9",
        "count(visit, within P30D) > 1",
        "created_at is_days_ago (3, 5) and birthdate anniversary_in_days 0",
        "birthdate next_month",
        'metadata.home in_location {"lat": 52.23, "lon": 21.01, "radius_km": 5}',
        "last(visit) < 5",
        "first(visit) >= 1 and first(visit) < 3",
        "count(visit) != 3 and count(visit) > 1",
        'email ends_with "@example.com"',
        'address.city in ("Oslo", "Paris")',
        "`metadata.two words` = 1.5",
        'metadata.tags contains ("a", 2) and metadata.tags count_more 3',
        "metadata.x is_unknown",
        'segment in ("friends", "old")',
        'segment not in ("friends")',
    ],
)
def test_a_compiled_condition_is_told_in_words(text: str) -> None:
    """A condition is told as the expression that it was compiled from."""
    place = Place("segment", "s", (), [])
    compiled = compile_filter(place, parse_expression(text), Vocabulary(EVENTS, {"friends", "old"}))
    assert compiled is not None, place.noted
    assert " and ".join(condition_text(condition) for condition in compiled.tree.conditions()) == text
