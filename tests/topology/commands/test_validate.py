"""``tidemark validate`` on files."""

import json
from pathlib import Path

from click.testing import CliRunner

from schemas.avro_wire import EventWire
from schemas.catalog import load_catalog
from tests.topology.conftest import visit, write_lines
from topology.command_line import main
from topology.settings import Settings

NOON = "2026-11-01T12:00:00Z"


def run(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and output."""
    result = CliRunner().invoke(main, ["validate", *map(str, arguments)])
    return result.exit_code, result.output


def test_good_events_give_exit_code_0(tmp_path: Path, definitions: Path) -> None:
    """Events of the directory's own definitions are known."""
    file = write_lines(tmp_path / "f.ndjson", visit("a", NOON), visit("b", NOON))
    assert run(file, "--definitions", definitions) == (0, "2 of 2 events conform.\n  visit: 2\n")


def test_bad_events_give_exit_code_1_and_a_verdict_each(tmp_path: Path, definitions: Path) -> None:
    """File, line, reason and field; the good ones are counted."""
    file = write_lines(tmp_path / "f.ndjson", visit("a", NOON), "", "nope", visit("b", NOON, metadata={}))
    code, out = run(file, "--definitions", definitions)
    assert code == 1
    assert f"{file}:3: malformed_json" in out
    assert f"{file}:4: missing_attribute (visit)\n    metadata.seconds: expected" in out
    assert "1 of 3 events conform." in out


def test_verdicts_for_programs_are_json_lines(tmp_path: Path) -> None:
    """One object a rejected line, the totals last; an undefined event is named."""
    code, out = run(write_lines(tmp_path / "f.ndjson", visit("a", NOON)), "--json")
    assert code == 1
    verdict, totals = map(json.loads, out.splitlines())
    assert (verdict["line"], verdict["reason"], verdict["event"]) == (1, "undefined_event", "visit")
    assert totals == {"accepted": {}, "rejected": {"undefined_event": 1}}


def test_one_avro_record_is_checked_as_one_event(tmp_path: Path) -> None:
    """Single-object encoding is recognised, and a record that is cut off is rejected."""
    definition = load_catalog(Settings().event_directories).definitions["purchase"]
    body = {"event": "purchase", "customer": {"source_id": "c"}, "metadata": {"cds": 1, "amount": 9.5}}
    whole = EventWire(definition).encode(body)
    file = tmp_path / "purchase.avro"
    file.write_bytes(whole)
    assert run(file) == (0, "1 of 1 events conform.\n  purchase: 1\n")
    file.write_bytes(whole[:-1])
    code, out = run(file)
    assert code == 1
    assert "malformed_avro" in out
