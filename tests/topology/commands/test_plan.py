"""``tidemark plan``, offline and against a cluster."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.topology.conftest import write_segment
from topology.command_line import main
from topology.settings import Settings


def plan(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    result = CliRunner().invoke(main, ["plan", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_a_directory_is_checked_without_a_broker(definitions: Path) -> None:
    """Offline everything would be created: good for a pull request."""
    code, out, _ = plan(definitions, "--offline")
    assert code == 0
    assert "  + topic custom-events" in out
    assert out.endswith(
        "Definitions: 3 to create, 0 to change, 0 to delete, 0 unchanged; 11 topics to create.\n"
    )


def test_the_plan_as_json(definitions: Path) -> None:
    """One document for programs."""
    _, out, _ = plan(definitions, "--offline", "--json")
    document = json.loads(out)
    assert [(each["kind"], each["id"]) for each in document["definitions"]] == [
        ("event", "visit"),
        ("distribution", "thanks"),
        ("segment", "regulars"),
    ]


def test_mistakes_are_shown_with_exit_code_2(definitions: Path) -> None:
    """All of them, each with its place, and no plan."""
    (definitions / "bad.yaml").write_text(
        "kind: segment\nid: a b\n---\nkind: sgment\nid: c\n", encoding="utf-8"
    )
    code, out, err = plan(definitions, "--offline")
    assert (code, out) == (2, "")
    assert f"{definitions}/bad.yaml:2:5: " in err
    assert f"{definitions}/bad.yaml:4:7: " in err


@pytest.mark.broker
def test_a_pipeline_is_told_by_exit_code_whether_anything_differs(
    environment: Settings, definitions: Path
) -> None:
    """With --check: 1 before applying, 0 after it, 1 after an edit; planning itself changes nothing."""
    assert plan(definitions, "--check")[0] == 1
    assert plan(definitions, "--check")[0] == 1
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 0
    assert plan(definitions, "--check")[0] == 0
    write_segment(definitions, at_least=5)
    code, out, _ = plan(definitions, "--check")
    assert code == 1
    assert "filter.events.visit.count.conditions.$more_than_or_equal[0]: 2 -> 5" in out
