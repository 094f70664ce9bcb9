"""``tidemark apply`` and what the other commands see of it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from topology.command_line import main
from topology.settings import Settings

pytestmark = pytest.mark.broker


def run(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and output."""
    result = CliRunner().invoke(main, list(map(str, arguments)))
    return result.exit_code, result.output


def test_applying_shows_the_plan_and_carries_it_out(environment: Settings, definitions: Path) -> None:
    """A second time there is nothing to do; describe shows what is live, with versions and events."""
    code, out = run("apply", definitions)
    assert code == 0
    assert "  + segment/regulars" in out
    assert out.endswith("Applied.\n")
    code, out = run("apply", definitions)
    assert (code, out.split(":")[0]) == (0, "Nothing to do")
    _, out = run("describe")
    assert "segment/regulars" in out
    assert "seconds* number" in out


def test_what_is_no_longer_written_is_deleted(environment: Settings, definitions: Path) -> None:
    """Where nobody sits at a terminal, the directory has the last word."""
    run("apply", definitions)
    (definitions / "thanks.yaml").unlink()
    code, out = run("apply", definitions)
    assert code == 0
    assert "  - distribution/thanks" in out
    assert "distribution/thanks" not in run("describe")[1]


def test_definitions_that_do_not_compile_change_nothing(environment: Settings, definitions: Path) -> None:
    """The last good ones stay."""
    run("apply", definitions)
    (definitions / "regulars.yaml").write_text("kind: segment\nid: regulars\nfilter: 5\n", encoding="utf-8")
    code, out = run("apply", definitions)
    assert code == 2
    assert "regulars.yaml:3:9: segment/regulars: filter: expected" in out
    assert "segment/regulars     1" in run("describe")[1]
