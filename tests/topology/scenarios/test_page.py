"""The page on trying definitions: what it shows is what comes out."""

import json
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from topology import scenarios
from topology.command_line import main

PAGE = Path(scenarios.__file__).with_name("README.md").read_text(encoding="utf-8")
DEFINITIONS = """\
{kind: segment, id: reviewers, filter: count(new_review) > 1 and last(new_review) < 30}
---
kind: distribution
id: welcome-reviewer
trigger: {segment_entered: reviewers}
message: {channel: email, to: "{{customer.name}}"}
---
kind: distribution
id: thank-reviewer
trigger: {event: new_review}
validation_rule:
  rules: {"1": {name: custom_event.metadata, property: rating, conditions: {$more_than_or_equal: [4]}}}
message: {channel: email}
---
kind: earning_rule
id: review-bonus
campaign: club
trigger: {event: new_review}
points: {type: fixed, value: 10}
"""


def block(start: str) -> str:
    """The example on the page that begins so."""
    begin = PAGE.index(f"    {start}")
    lines: list[str] = []
    for line in PAGE[begin:].splitlines():
        if line and not line.startswith("    "):
            break
        lines.append(line)
    return textwrap.dedent("\n".join(lines)).strip()


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that holds the definitions of which the page speaks."""
    monkeypatch.chdir(tmp_path)
    directory = Path("definitions")
    (directory / "tests").mkdir(parents=True)
    (directory / "reviewers.yaml").write_text(DEFINITIONS, encoding="utf-8")
    return directory


def run(*arguments: str) -> str:
    """What a command prints."""
    return CliRunner().invoke(main, arguments).stdout.strip()


def test_the_event_on_the_page_does_what_is_shown(directory: Path) -> None:
    """With the customer file that stands below it."""
    Path("ann.json").write_text(block('{"profile": {"name": "Ann"}'), encoding="utf-8")
    event = {
        "event": "new_review",
        "customer": {"source_id": "c-42"},
        "occurred_at": "2026-11-23T10:00:00Z",
        "metadata": {"rating": 3},
    }
    Path("event.json").write_text(json.dumps(event), encoding="utf-8")
    command = block("tidemark try --definitions definitions/ --event event.json")
    assert run(*command.split()[1:]) == block("new_review of c-42 at 2026-11-23T10:00:00Z")


def test_the_scenario_on_the_page_holds(directory: Path) -> None:
    """And fails as is shown, if it expects too much."""
    file, written = directory / "tests" / "reviewers.yaml", block("case: The second review")
    file.write_text(written, encoding="utf-8")
    assert run("test", "definitions").startswith("1 scenario holds")
    file.write_text(written.replace("balance: 20", "balance: 30"), encoding="utf-8")
    assert run("test", "definitions").startswith(f"{block('FAILED')}\n\n1 of 1 scenario")
