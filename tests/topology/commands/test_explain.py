"""``tidemark explain``: what is refused, and what is said when nobody can tell."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from topology.command_line import main
from topology.settings import Settings


def explain(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    result = CliRunner().invoke(main, ["explain", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((), "Missing argument 'CUSTOMER'"), (("c-42", "--at", "soon"), "expected an instant such as")],
)
def test_a_wrong_request_is_met_with_words(arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2."""
    code, _, err = explain(*arguments)
    assert code == 2
    assert words in err


@pytest.mark.broker
def test_a_segment_that_is_not_live_is_told(environment: Settings, definitions: Path) -> None:
    """With the nearest name, before any worker is asked; exit code 2."""
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 0
    code, _, err = explain("c-42", "reglars")
    assert code == 2
    assert 'segment: expected a defined segment, found "reglars" (did you mean regulars?)' in err


@pytest.mark.broker
def test_without_workers_the_answer_is_no(environment: Settings, definitions: Path) -> None:
    """Exit code 1, and the reason."""
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 0
    assert explain("c-42", "--wait", "0") == (1, "", "no worker runs\n")
