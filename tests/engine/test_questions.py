"""Questions to all customers: what is counted and told, and what is refused."""

from collections.abc import Sequence
from typing import Any

import pytest

from streams.domain.definitions import Definition, DefinitionError
from streams.domain.facts import Facts
from streams.domain.filters import Vocabulary
from streams.engine.questions import Find, Preview
from tests.domain.writing import EVENTS, facts, metric, segment

VOCABULARY = Vocabulary(EVENTS, ("regulars",))


def visitor(times: int, *segments: str, now: int = 0) -> Facts:
    """Somebody who visited so often, in these segments."""
    return facts({"visit": (times, 0, 0)} if times else {}, {"email": f"{times}@x"}, segments, now=now)


def told(question: Find | Preview, *customers: Facts) -> tuple[Sequence[Any], Any]:
    """Who is listed, and the result."""
    inquiry = question.begin(VOCABULARY)
    for customer in customers:
        inquiry.look(customer)
    return inquiry.listed(), inquiry.result()


def test_those_who_match_are_counted_and_told() -> None:
    """All are counted, as many as asked for are told, with the id and the columns."""
    question = Find(filter=metric("visit.count", more_than=1), columns=("email", "segments"), limit=2)
    listed, result = told(question, visitor(1), visitor(2), visitor(3, "regulars"), visitor(4))
    assert result == {"matched": 3}
    assert listed == [
        {"customer_id": "c-42", "email": "2@x", "segments": []},
        {"customer_id": "c-42", "email": "3@x", "segments": ["regulars"]},
    ]


def test_without_a_limit_all_are_told_and_without_a_filter_all_match() -> None:
    """What is told once is not told again."""
    inquiry = Find(limit=None).begin(VOCABULARY)
    inquiry.look(visitor(1))
    assert len(inquiry.listed()) == 1
    inquiry.look(visitor(0))
    assert inquiry.listed() == [{"customer_id": "c-42"}]
    assert inquiry.result() == {"matched": 2}


def test_every_fault_of_a_question_is_told() -> None:
    """Of the filter and of the columns."""
    question = Find(filter=metric("vist.count", more_than=1), columns=("emial",))
    with pytest.raises(DefinitionError) as refusal:
        question.begin(VOCABULARY)
    assert [(fault.id, fault.hint) for fault in refusal.value.faults] == [
        ("filter", "did you mean visit?"),
        ("columns", "did you mean email?"),
    ]


def previewed(definitions: Sequence[Definition], *customers: Facts) -> dict[str, tuple[int, int, int, int]]:
    """Of each segment: how many are in it, would be, enter, leave."""
    _, result = told(Preview(definitions=tuple(definitions), events=EVENTS), *customers)
    return {
        name: (its["before"], its["after"], its["entered"], its["left"])
        for name, its in result["segments"].items()
    }


def test_a_preview_counts_who_would_enter_and_leave() -> None:
    """An edited segment against those who are held to be in it; who stays is no move."""
    edited = segment("regulars", metric("visit.count", more_than=2), version=2)
    customers = [
        visitor(1, "regulars"),
        visitor(2, "regulars"),
        visitor(3, "regulars"),
        visitor(4),
        visitor(5),
    ]
    assert previewed([edited], *customers) == {"regulars": (3, 3, 2, 2)}


def test_segments_that_refer_to_a_changed_one_move_with_it() -> None:
    """They are decided in order, on what the others would be."""
    definitions = [
        segment("regulars", metric("visit.count", more_than=2), version=2),
        segment("others", {"segments": {"conditions": {"$not_in": ["regulars"]}}}),
    ]
    customers = [visitor(1, "regulars"), visitor(3, "others")]
    assert previewed(definitions, *customers) == {"regulars": (1, 1, 1, 1), "others": (1, 1, 1, 1)}


def test_a_deleted_segment_is_left_by_all() -> None:
    """It is told although no definition speaks of it any more."""
    assert previewed([], visitor(1, "old"), visitor(0, "old")) == {"old": (2, 0, 0, 2)}


def test_days_count_by_the_clock_that_is_read() -> None:
    """The same customer matches or not as time goes by."""
    day = 86_400_000
    question = Find(filter=metric("visit.last_occurred", less_than=2))
    _, result = told(question, visitor(1, now=2 * day - 1), visitor(1, now=2 * day))
    assert result == {"matched": 1}
