"""``tidemark backtest``: its files, byte for byte where it matters."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.topology.conftest import visit, write_lines
from topology.command_line import main

FILES = (
    "segment-changes.ndjson",
    "distribution-triggers.ndjson",
    "distribution-suppressions.ndjson",
    "point-events.ndjson",
    "rejected-events.ndjson",
)


def backtest(definitions: Path, events: str, out: Path, *options: str) -> str:
    """Run it; returns what was printed."""
    files = ["--definitions", str(definitions), "--events", events, "--out", str(out)]
    result = CliRunner().invoke(main, ["backtest", *files, *options])
    assert result.exit_code == 0, result.output
    return result.output


def records(out: Path, name: str) -> list[dict[str, Any]]:
    """One file's records."""
    return [json.loads(line) for line in (out / name).read_text(encoding="utf-8").splitlines()]


def summary(out: Path) -> dict[str, Any]:
    """The summary."""
    read: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture
def events(tmp_path: Path) -> str:
    """Two customers; the second visit of one stands first in the file, three lines are no events."""
    return write_lines(
        tmp_path / "events.ndjson",
        visit("b", "2026-01-02T00:00:00Z", id="b2"),
        visit("a", "2026-01-01T00:00:00Z", id="a1"),
        visit("b", "2026-01-01T00:00:00Z", id="b1"),
        "nope",
        {"event": "visit", "customer": {"source_id": "a"}, "metadata": {"seconds": 1}},
        {"event": "vist", "customer": {"source_id": "a"}, "occurred_at": "2026-01-01T00:00:00Z"},
        visit("b", "2026-01-02T00:00:00Z", id="b2"),
        visit("a", "2026-01-05T00:00:00Z", id="a2"),
    )


def test_events_are_taken_by_time_and_decisions_written_in_order(
    definitions: Path, events: str, tmp_path: Path
) -> None:
    """The second visit makes a regular and sends the thanks, each record as on its topic."""
    out = tmp_path / "deep" / "out"
    backtest(definitions, events, out)
    assert [
        (each["customer_id"], each["change"], each["cause"], each["occurred_at"], each["event_id"])
        for each in records(out, "segment-changes.ndjson")
    ] == [
        ("b", "entered", "event", "2026-01-02T00:00:00Z", "b2"),
        ("a", "entered", "event", "2026-01-05T00:00:00Z", "a2"),
    ]
    triggers = records(out, "distribution-triggers.ndjson")
    assert [(each["customer_id"], each["distribution_id"], each["emitted_at"]) for each in triggers] == [
        ("b", "thanks", "2026-01-02T00:00:00Z"),
        ("a", "thanks", "2026-01-05T00:00:00Z"),
    ]
    assert records(out, "point-events.ndjson") == []


def test_lines_that_are_no_events_are_written_with_reason_and_original(
    definitions: Path, events: str, tmp_path: Path
) -> None:
    """File and line stand for topic and offset; the original bytes are kept."""
    backtest(definitions, events, tmp_path / "out")
    rejected = records(tmp_path / "out", "rejected-events.ndjson")
    assert [(each["reason"], each["offset"], each["topic"]) for each in rejected] == [
        ("malformed_json", 4, events),
        ("invalid_time", 5, events),
        ("undefined_event", 6, events),
    ]
    assert rejected[0]["value"] == "bm9wZQ=="  # base64 of nope


def test_the_summary_counts_everything_once(definitions: Path, events: str, tmp_path: Path) -> None:
    """Read is accepted plus duplicates plus rejected plus what is after the end."""
    printed = backtest(definitions, events, tmp_path / "out")
    found = summary(tmp_path / "out")
    assert found["events"] == {
        "read": 8,
        "accepted": 4,
        "duplicates": 1,
        "after_until": 0,
        "rejected": 3,
        "rejected_by_reason": {"invalid_time": 1, "malformed_json": 1, "undefined_event": 1},
        "refused_points": 0,
    }
    assert (found["from"], found["to"]) == ("2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z")
    assert found["customers"] == 2
    assert found["segments"] == {"regulars": {"members": 2, "entered": {"event": 2}, "left": {}}}
    assert found["triggers"] == {"thanks": 2}
    assert "4 events of 2 customers" in printed


def test_an_end_in_the_middle_leaves_later_events_out(definitions: Path, events: str, tmp_path: Path) -> None:
    """What happened after the end is counted and not decided over."""
    backtest(definitions, events, tmp_path / "out", "--until", "2026-01-03")
    assert summary(tmp_path / "out")["events"]["after_until"] == 1
    assert [each["customer_id"] for each in records(tmp_path / "out", "segment-changes.ndjson")] == ["b"]


def test_an_end_after_the_last_event_lets_time_pass(definitions: Path, events: str, tmp_path: Path) -> None:
    """Deadlines up to the end take effect, at their own instants."""
    (definitions / "lapsed.yaml").write_text(
        "kind: segment\nid: lapsed\nfilter: {junction: and, "
        "events.visit.last_occurred: {conditions: {$more_than: [29]}}}\n",
        encoding="utf-8",
    )
    backtest(definitions, events, tmp_path / "out", "--until", "2026-02-01T00:00:00Z")
    lapsed = [each for each in records(tmp_path / "out", "segment-changes.ndjson") if each["cause"] == "time"]
    assert [(each["customer_id"], each["occurred_at"]) for each in lapsed] == [("b", "2026-02-01T00:00:00Z")]


def test_the_same_input_gives_the_same_bytes(definitions: Path, events: str, tmp_path: Path) -> None:
    """Also from a packed file of the same name; nothing depends on the clock or on hashing."""
    backtest(definitions, events, tmp_path / "one")
    backtest(definitions, events, tmp_path / "two")
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    packed = tmp_path / "events.ndjson.gz"
    packed.write_bytes(gzip.compress(Path(events).read_bytes()))
    backtest(definitions, str(packed), tmp_path / "three")
    for name in FILES[:3]:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "three" / name).read_bytes()


def test_profiles_are_known_before_the_first_event(definitions: Path, tmp_path: Path) -> None:
    """The message of a customer carries the profile from the file."""
    customers = write_lines(tmp_path / "customers.ndjson", {"source_id": "a", "name": "Ann"})
    days = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
    events = write_lines(tmp_path / "e.ndjson", *(visit("a", day) for day in days))
    backtest(definitions, events, tmp_path / "out", "--customers", customers)
    (trigger,) = records(tmp_path / "out", "distribution-triggers.ndjson")
    assert trigger["customer"]["name"] == "Ann"


def test_an_empty_history_gives_empty_files(definitions: Path, tmp_path: Path) -> None:
    """Nothing happened, and that is no mistake."""
    backtest(definitions, write_lines(tmp_path / "e.ndjson"), tmp_path / "out")
    assert [records(tmp_path / "out", name) for name in FILES] == [[]] * len(FILES)
    assert summary(tmp_path / "out")["events"]["read"] == 0


def test_a_mistake_in_a_definition_ends_it_before_anything_is_written(
    definitions: Path, events: str, tmp_path: Path
) -> None:
    """Exit code 2, the place of the mistake, no output directory."""
    (definitions / "bad.yaml").write_text("kind: segment\nid: bad\nfliter: {}\n", encoding="utf-8")
    files = ["--definitions", str(definitions), "--events", events, "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, ["backtest", *files])
    assert result.exit_code == 2
    assert f"{definitions}/bad.yaml:3:1: segment/bad: fliter: expected one of" in result.stderr
    assert not (tmp_path / "out").exists()


def test_what_was_written_among_the_definitions_is_not_read_back(
    definitions: Path, events: str, tmp_path: Path
) -> None:
    """A second run into a directory below the definitions gives what the first one gave."""
    first = backtest(definitions, events, definitions / "out")
    second = backtest(definitions, events, definitions / "out")
    assert first.splitlines()[1:] == second.splitlines()[1:]


def test_reasons_of_rejections_are_shown(definitions: Path, events: str, tmp_path: Path) -> None:
    """Nobody need open a file to learn that, and why, lines were not counted."""
    printed = backtest(definitions, events, tmp_path / "out")
    assert "rejected malformed_json" in printed
    assert str(tmp_path / "out" / "rejected-events.ndjson") in printed


def test_a_summary_that_cannot_be_written_is_a_message(
    definitions: Path, events: str, tmp_path: Path
) -> None:
    """What stands in the way is named, and the exit code says that the request was wrong."""
    (tmp_path / "out" / "summary.json").mkdir(parents=True)
    files = ["--definitions", str(definitions), "--events", events, "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, ["backtest", *files])
    assert result.exit_code == 2
    assert "cannot be written" in result.output
