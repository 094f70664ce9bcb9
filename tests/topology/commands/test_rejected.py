"""``tidemark rejected``: requests that are wrong before any broker is asked."""

import pytest
from click.testing import CliRunner

from topology.command_line import main


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and everything that was said."""
    result = CliRunner().invoke(main, ["rejected", *arguments])
    return result.exit_code, result.output


def test_its_commands_teach() -> None:
    """The group shows examples, and each command has its own."""
    assert "tidemark rejected show custom-events-2-4711" in run("--help")[1]
    for name in ("list", "show", "replay"):
        code, out = run(name, "--help")
        assert code == 0
        assert f"tidemark rejected {name}" in out
        assert "\\b" not in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("replay",), "say which: give IDs or filters"),
        (("replay", "--yes"), "say which: give IDs or filters"),
        (("replay", "--event", "visit", "--edit"), "for one ID"),
        (("replay", "a", "b", "--value", __file__), "for one ID"),
        (("replay", "a", "--edit", "--value", __file__), "one of them at a time"),
        (("replay", "a", "--value", "nowhere.json"), "nowhere.json"),
        (("list", "--reason", "bad_luck"), "bad_luck"),
        (("list", "--since", "yesterday"), "expected an instant such as"),
        (("show",), "Missing argument 'ID'"),
    ],
)
def test_a_wrong_request_is_met_with_words(arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2, and what was expected."""
    code, out = run(*arguments)
    assert code == 2
    assert words in out
