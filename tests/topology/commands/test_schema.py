"""``tidemark schema``: what those who send events look up, write, compare and publish."""

import json
import re
from pathlib import Path
from typing import Any

import fastavro
import pytest
from click.testing import CliRunner

from tests.topology.conftest import write_event
from topology.command_line import main
from topology.settings import Settings


def schema(*arguments: str | Path, answers: str | None = None) -> tuple[int, str]:
    """Exit code and output."""
    result = CliRunner().invoke(main, ["schema", *map(str, arguments)], input=answers)
    return result.exit_code, result.output


def written(file: Path, *fields: dict[str, Any], name: str = "parcel") -> Path:
    """A definition in a file."""
    file.write_text(json.dumps({"type": "record", "name": name, "fields": fields}), encoding="utf-8")
    return file


WEIGHT = {"name": "weight", "type": "double"}


def test_list_shows_events_with_owner_and_meaning(definitions: Path) -> None:
    """Those that come along and those of a directory."""
    code, out = schema("list", "--definitions", definitions)
    assert code == 0
    assert "purchase        2           shop   A customer bought something in a record shop." in out
    assert "visit           1           -      -" in out


def test_list_shows_internal_events_apart() -> None:
    """Behind the others, and which of them Tidemark causes."""
    _, out = schema("list")
    own, internal = out.split("\n\n")
    assert "customer." not in own
    assert internal.splitlines()[0].startswith("internal event")
    assert len(internal.splitlines()) == 2 + 74
    assert re.search(r"^customer\.created +1 +tidemark ", internal, re.MULTILINE)
    assert re.search(r"^customer\.order\.paid +3 +- ", internal, re.MULTILINE)


def test_show_prints_the_definition_as_it_is_written(definitions: Path) -> None:
    """JSON that Avro takes."""
    code, out = schema("show", "visit", "--definitions", definitions)
    assert code == 0
    assert json.loads(out) == json.loads((definitions / "visit.avsc").read_text(encoding="utf-8"))


def test_show_wire_prints_a_schema_that_any_avro_library_writes(definitions: Path) -> None:
    """The envelope with the attributes inside."""
    _, out = schema("show", "visit", "--definitions", definitions, "--wire")
    wire = fastavro.parse_schema(json.loads(out))
    assert [field["name"] for field in wire["fields"]] == [
        "id",
        "event",
        "customer",
        "occurred_at",
        "source",
        "loyalty",
        "metadata",
    ]


def test_show_snippet_sends_to_this_installation(definitions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses are those of the settings."""
    monkeypatch.setenv("TIDEMARK_BOOTSTRAP", "kafka.example.com:9092")
    monkeypatch.setenv("TIDEMARK_TOPIC_PREFIX", "shop.")
    _, out = schema("show", "visit", "--definitions", definitions, "--snippet", "python")
    assert '"bootstrap.servers": "kafka.example.com:9092"' in out
    assert '"shop.custom-events"' in out
    compile(out, "send.py", "exec")
    _, out = schema("show", "visit", "--definitions", definitions, "--snippet", "json")
    assert json.loads(out)["metadata"] == {"seconds": 1.5}


def test_an_unknown_event_is_met_with_the_nearest_name() -> None:
    """Exit code 2."""
    code, out = schema("show", "purchas")
    assert code == 2
    assert "no event 'purchas' is defined (did you mean purchase?)" in out


def test_check_says_compatible_with_exit_code_0(tmp_path: Path) -> None:
    """Files need not be named after the event."""
    old = written(tmp_path / "old.avsc", WEIGHT)
    new = written(tmp_path / "new.avsc", {**WEIGHT, "default": 0})
    assert schema("check", old, new) == (0, "parcel: no incompatibilities by FULL.\n")


def test_check_tells_each_incompatibility_with_exit_code_1(tmp_path: Path) -> None:
    """Attribute, reason and who breaks; as JSON for programs; less of it by a weaker mode."""
    old = written(tmp_path / "old.avsc", WEIGHT, {"name": "note", "type": "string"})
    new = written(tmp_path / "new.avsc", {**WEIGHT, "max": 30}, {"name": "note", "type": "long"})
    code, out = schema("check", old, new)
    assert code == 1
    assert out.splitlines() == [
        (
            "parcel: note: reader type: long not compatible with writer type: string "
            "(events by the old definition would be rejected)"
        ),
        "parcel: weight: max is 30, and there was none (events by the old definition would be rejected)",
        (
            "parcel: note: reader type: string not compatible with writer type: long "
            "(readers of the old definition could not read new events)"
        ),
        "parcel: 3 incompatibilities by FULL.",
    ]
    code, out = schema("check", old, new, "--compatibility", "forward", "--json")
    assert code == 1
    assert json.loads(out)["compatibility"] == "FORWARD"
    assert [each["path"] for each in json.loads(out)["incompatible"]] == ["note"]
    assert schema("check", old, new, "--compatibility", "none")[0] == 0


def test_check_refuses_what_is_no_definition_with_exit_code_2(tmp_path: Path) -> None:
    """With the place in the file; definitions of two events are not compared."""
    good = written(tmp_path / "good.avsc", WEIGHT)
    code, out = schema("check", good, written(tmp_path / "bad.avsc", {**WEIGHT, "maximum": 3}))
    assert code == 2
    assert "bad.avsc:1:" in out
    assert "event: fields.weight.maximum: expected max as the name of this limit" in out
    code, out = schema("check", good, written(tmp_path / "other.avsc", WEIGHT, name="other"))
    assert code == 2
    assert "expected one event" in out


def test_check_reads_standard_input(tmp_path: Path) -> None:
    """As it comes from version control."""
    new = written(tmp_path / "new.avsc", WEIGHT)
    code, _ = schema("check", "-", new, answers=new.read_text(encoding="utf-8"))
    assert code == 0


def test_docs_writes_one_page(tmp_path: Path, definitions: Path) -> None:
    """Into a file, into a directory, or to standard output: the same."""
    _, page = schema("docs", "--definitions", definitions)
    assert "## visit\n" in page
    assert schema("docs", "--definitions", definitions, "--out", tmp_path / "a.md")[0] == 0
    assert schema("docs", "--definitions", definitions, "--out", tmp_path / "docs")[0] == 0
    for file in (tmp_path / "a.md", tmp_path / "docs" / "events.md"):
        assert file.read_text(encoding="utf-8") == page


def test_new_writes_what_was_said(tmp_path: Path) -> None:
    """A definition that plan accepts; a file that is there is kept."""
    arguments = ("--attribute", "rating:integer,min=1,max=5", "--attribute", "text:text?", "--doc", "A call.")
    directory = tmp_path / "d"
    code, out = schema("new", "call", "--directory", directory, *arguments)
    assert (code, out.split(". ")[0]) == (0, f"Wrote {directory}/call.avsc")
    document = json.loads((directory / "call.avsc").read_text(encoding="utf-8"))
    assert document["doc"] == "A call."
    assert document["example"] == {"rating": 1, "text": "text"}
    assert CliRunner().invoke(main, ["plan", "--offline", str(directory)]).exit_code == 0
    code, out = schema("new", "call", "--directory", directory, *arguments)
    assert code == 2
    assert "is there already" in out
    assert schema("new", "call", "--directory", directory, *arguments, "--force")[0] == 0


ANSWERS = """\
A parcel came back.
logistics
reason
one_of
broken|late
y
Why.
weight
decimals
decimal
n
0

In kilograms.

"""


def test_new_asks_where_nothing_is_said(tmp_path: Path) -> None:
    """Meaning, owner, then attributes until an empty name; a type that is none is asked for again."""
    code, out = schema("new", "parcel", "--directory", tmp_path, answers=ANSWERS)
    assert code == 0, out
    document = json.loads((tmp_path / "parcel.avsc").read_text(encoding="utf-8"))
    assert (document["doc"], document["owner"]) == ("A parcel came back.", "logistics")
    reason, weight = document["fields"]
    assert (reason["type"]["symbols"], reason["doc"]) == (["broken", "late"], "Why.")
    assert (weight["type"], weight["default"], weight["min"]) == (["null", "double"], None, 0)
    assert "max" not in weight


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("a/b", "--attribute", "x:text"), "expected a name that can be that of a file"),
        (("e", "--attribute", "x:txt"), "did you mean text?"),
        (("e", "--attribute", "x:integer,min=a"), 'fields.x.min: expected a number, found text "a"'),
        (("e", "--attribute", "x:text", "--example", "{"), "--example: expected JSON"),
        (("e", "--attribute", "x:text", "--example", "{}"), "example.x: expected text, found nothing"),
    ],
)
def test_new_refuses_what_makes_no_definition(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2, and no file."""
    code, out = schema("new", *arguments, "--directory", tmp_path / "d")
    assert code == 2
    assert words in out
    assert not (tmp_path / "d").exists()


@pytest.mark.broker
def test_what_was_applied_is_shown_on_request(environment: Settings, definitions: Path) -> None:
    """With --live the cluster is asked."""
    assert CliRunner().invoke(main, ["apply", str(definitions)]).exit_code == 0
    write_event(definitions, "later")
    assert schema("show", "visit")[0] == 2
    assert schema("show", "visit", "--live")[0] == 0
    assert schema("show", "later", "--live")[0] == 2
    assert schema("show", "later", "--live", "--definitions", definitions)[0] == 0
