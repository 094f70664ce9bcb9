"""``tidemark produce`` and ``tidemark tick`` against a cluster."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.topology.conftest import visit, write_lines
from topology.command_line import main
from topology.settings import Settings

pytestmark = pytest.mark.broker

NOON = "2026-11-01T12:00:00Z"


def run(*arguments: str | Path, text: str | None = None) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    result = CliRunner().invoke(main, list(map(str, arguments)), input=text)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def applied(environment: Settings, definitions: Path) -> Settings:
    """An installation with topics and definitions."""
    assert run("apply", definitions)[0] == 0
    return environment


def test_events_are_sent_and_counted(applied: Settings, tmp_path: Path) -> None:
    """All lines are good: exit code 0."""
    file = write_lines(tmp_path / "f.ndjson", *(visit(f"c{number}", NOON) for number in range(50)))
    assert run("produce", file) == (0, "Events sent: 50, refused: 0, failed: 0.\n", "")


def test_lines_that_cannot_be_sent_are_shown_by_number(applied: Settings) -> None:
    """The others go on; exit code 1."""
    code, out, err = run("produce", "-", text='nope\n\n{"customer": {"source_id": "c"}}\n')
    assert code == 1
    assert out == "Events sent: 1, refused: 1, failed: 0.\n"
    assert err.startswith("-:1: not sent: ")


def test_with_check_only_what_is_live_may_be_sent(applied: Settings, tmp_path: Path) -> None:
    """Events are held against the definitions of the cluster, the applied ones included."""
    file = write_lines(tmp_path / "f.ndjson", visit("a", NOON), visit("b", NOON, metadata={}))
    code, out, err = run("produce", file, "--check")
    assert code == 1
    assert out == "Events sent: 1, refused: 1, failed: 0.\n"
    assert f"{file}:2: not sent: missing_attribute: metadata.seconds: expected" in err


def test_a_rate_is_kept_to(applied: Settings, tmp_path: Path) -> None:
    """Thirty events at a hundred a second are all sent."""
    file = write_lines(tmp_path / "f.ndjson", *(visit("c", NOON) for _ in range(30)))
    assert run("produce", file, "--rate", "100")[1] == "Events sent: 30, refused: 0, failed: 0.\n"


def test_a_tick_says_what_it_told(applied: Settings) -> None:
    """Partitions and instant."""
    assert run("tick", "--to", "1999-01-01")[1] == "3 partitions are told that it is 1999-01-01T00:00:00Z.\n"


def test_without_topics_the_request_was_wrong(environment: Settings, tmp_path: Path) -> None:
    """Exit code 2 and what to do."""
    code, _, err = run("produce", write_lines(tmp_path / "f.ndjson", visit("a", NOON)))
    assert code == 2
    assert "create it with `tidemark apply DIR`" in err
