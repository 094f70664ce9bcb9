"""Cases of validation rules as anyone can read and write them: one occasion, and of many rules whether they hold then.

A file of ``rules/`` holds many occasions, one YAML document each::

    occasion: A Gold member rates a camera 5 stars.
    events: {new_review: {rating: number}}    # attributes by type; "additional: true" allows others
    segments: [...]                           # definitions that the rules refer to
    before: [...]                             # earlier events
    profile: {email: …, metadata: {…}}        # given with the event
    event: {event: new_review, occurred_at: …, metadata: {…}}
    parts: {...}                              # anything, to be repeated by YAML's anchors
    cases:
      - {holds: the sentence, rule: …}        # as behind validation_rule
      - {fails: the sentence, rule: …, failed: ["1.2"], told: [a message, null]}

What a case expects was worked out by hand from the page on what follows from an event, never from what comes out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.corpus.cases import PlainLoader

RULES = Path(__file__).parent / "rules"
_KEYS = {"occasion", "events", "segments", "before", "profile", "event", "parts", "cases"}
_CASE_KEYS = {"holds", "fails", "rule", "failed", "told"}


class RuleCase(NamedTuple):
    """One rule and what it answers."""

    file: str
    sentence: str
    occasion: dict[str, Any]
    rule: Any
    holds: bool
    failed: list[str]
    told: list[str | None] | None
    """The messages of those that failed; none if nothing is said of them."""


def rule_cases() -> Iterator[RuleCase]:
    """Every case of every file."""
    for file in sorted(RULES.glob("*.yaml")):
        for occasion in yaml.load_all(file.read_text(encoding="utf-8"), Loader=PlainLoader):
            assert not occasion.keys() - _KEYS, occasion.keys()
            for case in occasion["cases"]:
                assert not case.keys() - _CASE_KEYS, case
                (answer,) = case.keys() & {"holds", "fails"}
                assert (answer == "holds") is ("failed" not in case), case
                failed, told = case.get("failed", []), case.get("told")
                yield RuleCase(
                    file.stem, case[answer], occasion, case["rule"], answer == "holds", failed, told
                )
