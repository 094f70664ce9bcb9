"""``tidemark try``: its files, what is printed, exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.topology.conftest import visit
from topology.command_line import main

NOON = "2026-03-10T12:00:00Z"
EARLIER = {"event": "visit", "occurred_at": "2026-03-01T00:00:00Z", "metadata": {"seconds": 5}}


@pytest.fixture
def here(definitions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with definitions, a visit and a customer who has visited once."""
    monkeypatch.chdir(tmp_path)
    write("event.json", visit("c-42", NOON))
    write("ann.json", {"profile": {"name": "Ann"}, "events": [EARLIER]})
    return tmp_path


def write(name: str, content: object) -> None:
    """Write a file; a text as it is."""
    text = content if isinstance(content, str) else json.dumps(content)
    Path(name).write_text(text, encoding="utf-8")


def run(*arguments: str, given: str | None = None) -> tuple[int, str, str]:
    """Exit code, output and errors; the event is that of the directory unless another is named."""
    event = () if "--event" in arguments else ("--event", "event.json")
    result = CliRunner().invoke(
        main, ["try", "--definitions", "definitions", *event, *arguments], input=given
    )
    return result.exit_code, result.stdout, result.stderr


def test_the_customer_file_makes_the_difference(here: Path) -> None:
    """With a visit before, the second makes a regular, who is thanked; nobody known is not there yet."""
    code, out, err = run("--customer", "ann.json")
    assert (code, err) == (0, "")
    assert "event    visit once, last 2026-03-01T00:00:00Z" in out
    assert 'Happens\n  enters  regulars\n  sends   thanks  {"channel":"email","template":"thanks"}\n' in out
    assert "Then, if nothing else happens\n  time changes nothing" in out
    code, out, _ = run()
    assert code == 0
    assert "Before\n  nothing is known of the customer" in out
    assert "segment regulars: not entered\n      count(visit) >= 2, found 1" in out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "event.yaml",
            f"event: visit\ncustomer: {{source_id: c-42}}\noccurred_at: {NOON}\nmetadata: {{seconds: 5}}\n",
        ),
        ("-", json.dumps(visit("c-42", NOON), indent=2)),
    ],
)
def test_an_event_may_come_otherwise(here: Path, name: str, content: str) -> None:
    """As YAML, or from standard input, over as many lines as one likes."""
    if name != "-":
        write(name, content)
    assert run("--event", name, given=content)[1].startswith(f"visit of c-42 at {NOON}")


def test_the_answer_may_be_json(here: Path) -> None:
    """With whole records; what is remembered before and after stands in the form of a worker."""
    document: dict[str, Any] = json.loads(run("--customer", "ann.json", "--json")[1])
    topics = [each["topic"] for each in document["happens"]]
    assert topics == ["segment-changes", "internal-events", "distribution-triggers"]
    assert document["happens"][2]["record"]["customer"] == {"name": "Ann"}
    assert document["before"]["occurrences"]["visit"]["count"] == 1
    assert document["after"]["occurrences"]["visit"]["count"] == 2


def test_what_a_worker_remembers_may_be_given(here: Path) -> None:
    """A customer after one trial is the customer before the next."""
    document = json.loads(run("--json")[1])
    write("known.json", {"customer_id": "c-42", "now": NOON, **document["after"]})
    write("second.json", visit("c-42", "2026-03-11T00:00:00Z"))
    assert "enters  regulars" in run("--customer", "known.json", "--event", "second.json")[1]


def test_what_other_definitions_do_by_themselves_is_told_apart(here: Path) -> None:
    """Under those of the worker the customer was in a segment that is not there any more."""
    document = json.loads(run("--json")[1])["after"]
    held = {"former": {"version": 3, "entered_at": "2026-03-01T00:00:00Z", "announced": True}}
    write("known.json", {**document, "segments": held, "ruleset": "another", "now": NOON})
    write("second.json", visit("c-42", "2026-03-11T00:00:00Z"))
    _, out, _ = run("--customer", "known.json", "--event", "second.json")
    first, rest = out.split("\n\nBefore\n")
    assert first.splitlines()[2:4] == [
        "Until it comes, by time or because these definitions are others",
        "  leaves  former",
    ]
    assert "enters  regulars" in rest


def test_an_event_that_would_be_rejected_is_told(here: Path) -> None:
    """Exit code 1; every fault with its place in the file, and the meaning of the reason."""
    write(
        "event.json",
        '{"event": "visit",\n "customer": {"source_id": "c-42"},\n "metadata": {"seconds": "5"}}',
    )
    code, out, _ = run()
    assert code == 1
    assert out.startswith("It would be rejected: wrong_type. An attribute is of another type")
    assert 'event.json:3:26: metadata.seconds: expected number, found text "5"' in out
    code, out, _ = run("--json")
    assert (code, json.loads(out)["rejected"]) == (1, "wrong_type")


def test_a_clock_that_is_told_finds_events_of_the_future(here: Path) -> None:
    """And those that are late."""
    code, out, _ = run("--at", "2026-03-10T11:00:00Z")
    assert code == 1
    assert "It would be rejected: future." in out
    code, out, _ = run("--customer", "ann.json", "--at", "2026-03-20T00:00:00Z")
    assert f"visit of c-42 at {NOON}, which comes at 2026-03-20T00:00:00Z" in out
    assert "distribution thanks: the event is older than its max_age" in out


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ('{"event": "visit",\n "customer"}', "event.json:2:12: not JSON: Expecting ':' delimiter"),
        ('{"event": "a"}\n{"event": "b"}', "event.json:2:1: expected one event; `tidemark backtest` takes many,"),
        ("", "event.json: expected one event; `tidemark backtest` takes many, found nothing"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_event_is_refused(here: Path, event: str, words: str) -> None:
    """Exit code 2, with the place."""
    write("event.json", event)
    code, _, err = run()
    assert code == 2
    assert words in err


def test_an_unknown_event_is_met_with_the_nearest_name(here: Path) -> None:
    """It would be rejected, so the exit code is 1."""
    write("event.json", {**visit("c-42", NOON), "event": "vist"})
    code, out, _ = run()
    assert code == 1
    assert "undefined_event" in out
    assert "did you mean visit?" in out


@pytest.mark.parametrize(
    ("customer", "words"),
    [
        ([1], "ann.json:1:1: expected a mapping with profile and events, found [1]"),
        ({"profil": {}}, 'ann.json:1:2: expected one of customer_id, profile, events, found "profil" (did you'),
        ({"profile": 5}, "expected a mapping, found 5"),
        ({"profile": {"name": 5}}, "ann.json:1:22: profile.name: expected text, or null, found number 5"),
        ({"events": {}}, "expected a list of events, found {}"),
        ({"events": [5]}, "ann.json:1:13: expected an event, found 5"),
        ({"events": [EARLIER | {"metadata": {}}]}, "events[0].metadata.seconds: expected number, found nothing"),
        ({"events": [EARLIER | {"occurred_at": "2026-03-11T00:00:00Z"}]}, "expected an instant up to 2026-03-10"),
        ({"events": [EARLIER | {"customer": {"source_id": "c-1"}}]}, 'expected an event of "c-42", found "c-1"'),
        ({"customer_id": "c-1"}, 'expected the customer of the event, "c-42", found "c-1"'),
        ({"occurrences": {}}, "expected a customer as GET /customers/ID gives it, found no profile"),
        ({"occurrences": {"visit": 5}}, "expected a customer as GET /customers/ID gives it, found"),
        ("{", "ann.json:1:2: not JSON"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_customer_is_refused(here: Path, customer: object, words: str) -> None:
    """Exit code 2, with the place and what was expected."""
    write("ann.json", customer)
    code, _, err = run("--customer", "ann.json")
    assert code == 2
    assert words in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--event", "missing.json"), "'missing.json' does not exist"),
        (("--customer", "missing.json"), "'missing.json' does not exist"),
        (("--at", "soon"), "expected an instant such as"),
        (("--definitions", "missing"), "missing: expected a directory of definitions"),
        (("--event", "-", "--customer", "-"), "expected one of --event and --customer from standard input"),
    ],
)
def test_a_wrong_request_is_met_with_words(here: Path, arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2."""
    code, _, err = run(*arguments)
    assert code == 2
    assert words in " ".join(err.split())
