"""The command line as a person meets it: help, mistakes, exit codes."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from topology import command_line
from topology.command_line import COMMANDS, main


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_help_lists_every_command_with_its_line() -> None:
    """Whoever types --help sees what there is, in the order in which one meets it."""
    code, out, _ = run("--help")
    assert code == 0
    positions = [out.index(f"  {name} ") for name in COMMANDS]
    assert positions == sorted(positions)
    assert "tidemark broker start" in out


def test_help_imports_no_client_and_no_schema_library() -> None:
    """The answer comes at once because nothing heavy is loaded for it."""
    program = (
        "import sys\nfrom topology.command_line import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'confluent_kafka', 'fastavro', 'faust', 'rich', 'rocksdict', 'yaml'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches(name: str) -> None:
    """Each has the line of help that the list shows, and an example or commands of its own."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.get_short_help_str(200) == COMMANDS[name]
    assert command.help is not None
    assert f"tidemark {name}" in command.help or isinstance(command, click.Group)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_keeps_its_lines(name: str) -> None:
    """Examples stand below one another, as they are written; no mark of the layout is shown."""
    _, out, _ = run(name, "--help")
    assert "\\b" not in out
    assert "  Examples: " not in out


def test_a_misspelt_command_is_met_with_the_nearest_name() -> None:
    """Exit code 2: the request was wrong."""
    code, _, err = run("prodce")
    assert code == 2
    assert "No such command 'prodce'. Did you mean 'produce'?" in err


def test_an_unknown_command_is_refused() -> None:
    """Nothing near it is suggested."""
    code, _, err = run("xyzzy")
    assert code == 2
    assert "No such command 'xyzzy'" in err


def test_a_mistake_in_the_settings_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variable, expectation and value; exit code 2; no stack trace."""
    monkeypatch.setenv("TIDEMARK_PARTITIONS", "many")
    code, out, err = run("describe", "--offline")
    assert (code, out) == (2, "")
    assert err == "Error: TIDEMARK_PARTITIONS: expected a whole number from 1 to 10000, found 'many'\n"


def test_a_broken_event_definition_is_a_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Faults of the installation's schemas are the operator's too."""
    (tmp_path / "visit.avsc").write_text('{"type": "record", "name": "visit"}', encoding="utf-8")
    monkeypatch.setenv("TIDEMARK_SCHEMA_DIRECTORIES", str(tmp_path))
    code, _, err = run("describe", "--offline")
    assert code == 2
    assert err.startswith("Error: ")
    assert "visit.avsc" in err


def test_a_missing_file_is_refused() -> None:
    """Said before anything is done."""
    code, _, err = run("validate", "nowhere.ndjson")
    assert code == 2
    assert "nowhere.ndjson" in err


def test_an_interruption_ends_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C gives the exit code that a shell expects."""

    @click.command()
    def endless() -> None:
        raise KeyboardInterrupt

    group = command_line.LazyGroup("t")
    monkeypatch.setattr(command_line.LazyGroup, "get_command", lambda *_: endless)
    result = CliRunner().invoke(group, ["broker"])
    assert result.exit_code == 130
    assert result.stderr == "interrupted\n"
