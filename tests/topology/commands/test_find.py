"""``tidemark find``: what is refused before anybody is asked, and what is said when nobody can answer."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from topology.command_line import main
from topology.settings import Settings

EVERYBODY = '{"source_id": {"conditions": {"$has_value": [true]}}}'


def find(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    result = CliRunner().invoke(main, ["find", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say whom: give a FILTER or --segment ID"),
        (("{}", "--count", "--all"), "exclude one another"),
        (("{}", "--limit", "5", "--all"), "exclude one another"),
        (("{}", "--count", "--out", "x.csv"), "--count prints a number"),
        (("{}", "--limit", "0"), "0 is not in the range"),
        (("{}", "--format", "xml"), "xml"),
        (("{",), "expected JSON"),
        (("@nowhere.json",), "nowhere.json: cannot be read"),
    ],
)
def test_a_wrong_request_is_met_with_words(arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2, and no broker is needed to tell."""
    code, out, err = find(*arguments)
    assert (code, out) == (2, "")
    assert words in err


@pytest.mark.broker
def test_faults_are_told_as_in_a_plan(environment: Settings, definitions: Path) -> None:
    """Against what is live: all at once, with the nearest names, before any worker is asked; exit code 2."""
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 0
    wrong = '{"events.vist.count": {"conditions": {"$more_than": [1]}}}'
    code, out, err = find(wrong, "--segment", "reglars", "--columns", "emial")
    assert (code, out) == (2, "")
    assert (
        'filter: segments.conditions.$in[0]: expected a defined segment, found "reglars" (did you mean' in err
    )
    assert (
        'filter: groups[0].events.vist.count: expected a defined event, found "vist" (did you mean visit?)'
        in err
    )
    assert 'columns: emial: expected a defined customer field, found "emial" (did you mean email?)' in err


@pytest.mark.broker
def test_without_workers_the_answer_is_no(environment: Settings, definitions: Path) -> None:
    """Exit code 1; nobody is counted, and which partitions are missing stands on standard error."""
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 0
    code, out, err = find(EVERYBODY, "--count", "--wait", "0")
    assert (code, out) == (1, "0\n")
    assert "partitions 0, 1, 2: no worker runs" in err


@pytest.mark.broker
def test_a_file_that_cannot_be_written_is_told(
    environment: Settings, definitions: Path, tmp_path: Path
) -> None:
    """Before anybody is asked."""
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 0
    code, _, err = find(EVERYBODY, "--out", str(tmp_path / "nowhere" / "x.csv"))
    assert code == 2
    assert "x.csv: cannot be written: No such file or directory" in err


@pytest.mark.broker
def test_before_anything_was_applied_that_is_said(environment: Settings) -> None:
    """Exit code 2, and what to do."""
    code, _, err = find(EVERYBODY)
    assert code == 2
    assert "create it with `tidemark apply DIR`" in err
