"""``tidemark test``: what is printed, what is written, exit codes."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from topology.command_line import main

STEP = (
    "{event: visit, customer: {source_id: c-1}, occurred_at: 2026-03-0%sT00:00:00Z, metadata: {seconds: 5}}"
)
HOLDS = f"""\
case: Two visits make a regular.
when: [{STEP % 1}, {STEP % 2}]
then:
  segment-changes: [{{segment_id: regulars, change: entered}}]
  distribution-triggers: [{{distribution_id: thanks}}]
"""
FAILS = f"""\
case: One visit makes a regular.
when: [{STEP % 1}]
then: {{segment-changes: [{{segment_id: regulars, change: entered}}]}}
"""


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    result = CliRunner().invoke(main, ["test", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def scenarios(definitions: Path) -> Path:
    """Definitions with a scenario that holds."""
    (definitions / "tests").mkdir()
    (definitions / "tests" / "regulars.yaml").write_text(HOLDS, encoding="utf-8")
    return definitions


def test_scenarios_that_hold_are_counted(scenarios: Path) -> None:
    """Exit code 0, and no more words than that, unless all are to be named."""
    code, out, err = run(str(scenarios))
    assert (code, err) == (0, "")
    assert out.startswith("1 scenario holds, in ")
    assert (
        f"holds  {scenarios}/tests/regulars.yaml:1:1: Two visits make a regular."
        in run(str(scenarios), "--all")[1]
    )


def test_one_that_does_not_hold_is_told(scenarios: Path, tmp_path: Path) -> None:
    """Exit code 1; the others are run all the same, and JUnit has both."""
    (scenarios / "one.scenario.yaml").write_text(FAILS, encoding="utf-8")
    junit = tmp_path / "out.xml"
    code, out, _ = run(str(scenarios), "--junit", str(junit))
    assert code == 1
    assert f"FAILED {scenarios}/one.scenario.yaml:1:1: One visit makes a regular." in out
    assert f"segment-changes[0] of c-1: did not come, {scenarios}/one.scenario.yaml:3:26" in out
    assert "1 of 2 scenarios does not hold" in out
    root = ET.parse(junit).getroot()  # noqa: S314  our own
    assert (root.attrib["tests"], root.attrib["failures"]) == ("2", "1")


def test_some_may_be_chosen(scenarios: Path) -> None:
    """By their sentence or file; exit code 2 if that leaves none."""
    (scenarios / "one.scenario.yaml").write_text(FAILS, encoding="utf-8")
    assert run(str(scenarios), "--only", "regulars.yaml")[0] == 0
    assert run(str(scenarios), "--only", "One visit")[0] == 1
    code, _, err = run(str(scenarios), "--only", "nobody")
    assert code == 2
    assert "none of 2 scenarios has 'nobody' in its sentence or file name" in err


def test_a_wrong_request_is_met_with_words(scenarios: Path, tmp_path: Path) -> None:
    """Exit code 2: no directory, no scenarios, definitions that do not compile, a file that cannot be written."""
    assert "expected a directory of definitions" in run(str(tmp_path / "missing"))[2]
    (tmp_path / "empty").mkdir()
    assert "expected scenarios in *.scenario.yaml or tests/*.yaml" in run(str(tmp_path / "empty"))[2]
    assert "cannot be written" in run(str(scenarios), "--junit", str(tmp_path / "no" / "out.xml"))[2]
    (scenarios / "wrong.yaml").write_text("kind: segment\nid: s\nfilter: count(vist) > 1\n", encoding="utf-8")
    code, out, err = run(str(scenarios))
    assert (code, out) == (2, "")
    assert "wrong.yaml:3:9: segment/s: filter.events.vist.count: expected a defined event" in err


def test_what_one_scenario_cannot_run_with_is_told_of_all(scenarios: Path) -> None:
    """Exit code 2, with a line for each."""
    for number in (1, 2):
        text = f"case: c\nonly: [nobody{number}]\n"
        (scenarios / f"{number}.scenario.yaml").write_text(text, encoding="utf-8")
    code, _, err = run(str(scenarios))
    assert code == 2
    assert err.count("expected a defined definition") == 2


def test_scenarios_are_no_definitions(scenarios: Path) -> None:
    """A plan leaves them out."""
    (scenarios / "one.scenario.yaml").write_text(FAILS, encoding="utf-8")
    result = CliRunner().invoke(main, ["plan", str(scenarios), "--offline"])
    assert result.exit_code in {0, 1}, result.output
    assert "regulars" in result.output
