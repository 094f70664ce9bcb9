"""The page of distributions: what it shows works, and its lists are those of the code."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from streams.domain.distributions import Distribution
from streams.domain.effects import MessageTriggered, SuppressionReason
from streams.domain.instants import parse_instant
from streams.domain.ruleset import compile_ruleset
from streams.domain.state import NEW_CUSTOMER
from streams.domain.triggers import Trigger
from tests.domain.writing import EVENTS, after, definition, event
from topology import definitions
from topology.templates.compiling import MOST_DEPTH, MOST_TEXT, compile_template
from topology.templates.sandbox import MOST_GIVEN, MOST_ITERATIONS, MOST_OUTPUT, MOST_WORK, TAGS, Sandbox

PAGE = Path(definitions.__file__).with_name("REACTIONS.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Distributions\n")[2].partition("\n## ")[0]
ROW = re.compile(r"^\| `(.+)` \| `(.*)` \|$", re.MULTILINE)
EXAMPLES = [(text.replace("\\|", "|"), expected) for text, expected in ROW.findall(SECTION) if "{" in text]


def sent(text: str) -> object:
    """What becomes of a text."""
    body = {"trigger": {"event": "review"}, "message": {"text": text}}
    rules = compile_ruleset([definition("distribution", "d", body)], EVENTS, templates=compile_template)
    at = parse_instant("2026-03-31T22:30:00Z")
    review = event("review", at=at, metadata={"rating": 5, "tags": ["tea", "cup"]})
    (effect,) = (each for each in after(NEW_CUSTOMER, rules, review)[1] if isinstance(each, MessageTriggered))
    return effect.message["text"]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_examples(text: str, expected: str) -> None:
    """A text of the table becomes what stands beside it."""
    assert sent(text) == expected


def test_the_table_has_examples() -> None:
    """They are found on the page."""
    assert len(EXAMPLES) == 8


def test_the_definition() -> None:
    """The definition at the beginning is one."""
    written = SECTION.partition("    kind: distribution\n")[2].partition("\n\nIt is")[0]
    body: dict[str, Any] = yaml.safe_load("    kind: distribution\n" + written)
    text = {
        **body,
        "start": "2026-12-01T00:00:00Z",
        "end": "2027-01-01T00:00:00Z",
        "trigger": {"event": "review"},
    }
    text["limits"]["on"] = text["limits"].pop("on", None) or text["limits"].pop(True)  # as YAML 1.1 reads it
    rule = {"name": "custom_event.metadata", "property": "rating", "conditions": {"$is": [5]}}
    shared = definition("validation_rule", "reviewed-well", {"rules": {"1": rule}})
    rules = compile_ruleset(
        [definition("distribution", "thank-reviewer", text), shared], EVENTS, templates=compile_template
    )
    (found,) = rules.triggers[Trigger("event", "review")].distributions
    assert isinstance(found, Distribution)
    assert (found.limits.once, found.limits.times, found.paused) == (True, 3, False)


def test_reasons() -> None:
    """The table of reasons has all of them, in the order in which they are asked."""
    table = SECTION.partition("| reason |")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == get_args(SuppressionReason)


def test_tags_and_bounds() -> None:
    """The page names the tags and the bounds that there are, and filters that are not."""
    listed = SECTION.partition("- Tags: ")[2].partition(".\n")[0]
    assert {*re.findall(r"`(\w+)`", listed)} == (TAGS | {"raw"}) - {"#", "content", "output", "illegal"}
    bounds = SECTION.partition("- Bounds: ")[2].partition("\n- ")[0]
    most = (
        MOST_TEXT,
        Sandbox.block_nesting_limit,
        MOST_DEPTH,
        MOST_ITERATIONS,
        MOST_WORK,
        MOST_GIVEN,
        MOST_OUTPUT,
    )
    assert tuple(int(number.replace(",", "")) for number in re.findall(r"\b[\d,]*\d", bounds)) == most
    assert "strip_html" not in Sandbox().filters
