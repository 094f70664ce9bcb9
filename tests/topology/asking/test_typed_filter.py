"""A filter as it is typed: how it is read, and how its faults are told."""

import json
from pathlib import Path

import pytest

from streams.domain.definitions import EventShape
from streams.domain.filters import Vocabulary
from streams.domain.identities import EventName
from streams.engine.errors import ConfigurationError
from streams.engine.questions import Find
from topology.asking.typed_filter import check_find, filter_body, within_segment

BODY = {"events.visit.count": {"conditions": {"$more_than": [1]}}}
VOCABULARY = Vocabulary({EventName("visit"): EventShape({}, additional=True)}, ("regulars",))


def test_json_is_the_filter_itself() -> None:
    """As it stands in a definition."""
    assert filter_body(json.dumps(BODY)) == BODY


def test_an_expression_says_the_same() -> None:
    """For those who would rather type that."""
    assert filter_body("count(visit) > 1") == BODY


def test_a_file_holds_a_filter(tmp_path: Path) -> None:
    """Behind an at sign; the mark of some editors at its beginning is passed over."""
    file = tmp_path / "filter.json"
    file.write_text("\ufeff" + json.dumps(BODY), encoding="utf-8")
    assert filter_body(f"@{file}") == BODY


@pytest.mark.parametrize(
    ("text", "words"), [("{", "expected JSON"), ("@nowhere.json", "nowhere.json: cannot be read")]
)
def test_what_cannot_be_read_is_told(text: str, words: str) -> None:
    """The operator's to mend."""
    with pytest.raises(ConfigurationError, match=words):
        filter_body(text)


def test_within_a_segment_both_must_hold() -> None:
    """The filter, whatever its junction, and the membership; either alone if there is no other."""
    inside = {"segments": {"conditions": {"$in": ["regulars"]}}}
    assert within_segment(BODY, None) == BODY
    assert within_segment(None, "regulars") == inside
    either = {"junction": "or", **BODY}
    assert within_segment(either, "regulars") == {**inside, "groups": [either]}


def test_a_good_question_may_be_asked() -> None:
    """Known events, segments and columns."""
    check_find(Find(filter=within_segment(BODY, "regulars"), columns=("email",)), VOCABULARY)


def test_every_fault_is_told_in_the_words_of_a_plan() -> None:
    """Path, expectation, what stands there, the nearest name; a line each."""
    wrong = {"events.vist.count": {"conditions": {"$more_than": [1]}}}
    with pytest.raises(ConfigurationError) as refusal:
        check_find(Find(filter=within_segment(wrong, "regulrs"), columns=("emial",)), VOCABULARY)
    assert str(refusal.value).splitlines() == [
        'filter: segments.conditions.$in[0]: expected a defined segment, found "regulrs" (did you mean regulars?)',
        'filter: groups[0].events.vist.count: expected a defined event, found "vist" (did you mean visit?)',
        'columns: emial: expected a defined customer field, found "emial" (did you mean email?)',
    ]
