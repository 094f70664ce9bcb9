"""``tidemark plan``, offline and against a cluster."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.topology.conftest import write_event, write_segment
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
        "Definitions: 3 to create, 0 to change, 0 to delete, 0 unchanged; 16 topics to create.\n"
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


def test_an_example_that_would_be_rejected_is_a_mistake(definitions: Path) -> None:
    """With the place in the file, the path, what was expected and what stands there."""
    document = '{"type": "record", "name": "call",\n "example": {"seconds": "5"},\n "fields": ['
    (definitions / "call.avsc").write_text(
        document + '{"name": "seconds", "type": "double"}]}', encoding="utf-8"
    )
    code, _, err = plan(definitions, "--offline")
    assert code == 2
    assert f'{definitions}/call.avsc:2:25: event: example.seconds: expected number, found text "5"' in err


def test_an_event_that_is_still_used_cannot_be_taken_away(definitions: Path) -> None:
    """The refusal names who uses it."""
    (definitions / "visit.avsc").unlink()
    code, _, err = plan(definitions, "--offline")
    assert code == 2
    assert "segment/regulars: filter.events.visit.count: expected a defined event" in err


@pytest.mark.broker
def test_a_change_that_breaks_producers_is_refused(environment: Settings, definitions: Path) -> None:
    """Exit code 1 from plan and apply, with attribute and reason; nothing changes, until a weaker mode is named."""
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 0
    write_event(definitions, max=60)
    code, out, _ = plan(definitions)
    assert code == 1
    reason = "max is 60, and there was none (events by the old definition would be rejected)"
    assert f"  event/visit: seconds: {reason}\n" in out
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 1
    code, out, _ = plan(definitions, "--json")
    assert code == 1
    (fault,) = json.loads(out)["incompatible"]
    assert (fault["event"], fault["path"], fault["direction"]) == ("visit", "seconds", "backward")
    assert plan(definitions, "--compatibility", "forward")[0] == 0
    assert CliRunner().invoke(main, ["apply", str(definitions), "--compatibility", "NONE"]).exit_code == 0
    assert plan(definitions, "--check")[0] == 0


@pytest.mark.broker
def test_the_setting_says_what_a_change_must_keep(
    environment: Settings, definitions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the option, TIDEMARK_COMPATIBILITY decides."""
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 0
    write_event(definitions, max=60)
    monkeypatch.setenv("TIDEMARK_COMPATIBILITY", "FORWARD")
    assert plan(definitions)[0] == 0
    monkeypatch.setenv("TIDEMARK_COMPATIBILITY", "BACKWARD")
    assert plan(definitions)[0] == 1


def test_a_preview_needs_workers(definitions: Path) -> None:
    """Offline there is nobody to ask: exit code 2."""
    code, _, err = plan(definitions, "--offline", "--preview")
    assert code == 2
    assert "--preview asks the workers, and --offline asks nobody" in err


@pytest.mark.broker
def test_before_the_first_apply_nobody_would_move(environment: Settings, definitions: Path) -> None:
    """There are no customers yet: the preview says so, and nobody is waited for."""
    code, out, _ = plan(definitions, "--preview")
    assert code == 0
    assert "If it took over now, of 0 customers:" in out
    document = json.loads(plan(definitions, "--preview", "--json")[1])
    assert [each["segment_id"] for each in document["preview"]["segments"]] == ["regulars"]
