"""Directories of definitions: which files count, and how many definitions each holds."""

import json
from pathlib import Path

import pytest

from streams.engine.errors import ConfigurationError
from topology.definitions.load import load_directory


def ids(directory: Path) -> list[object]:
    """The ids of everything loaded, in order."""
    return [written.id for written in load_directory(directory).definitions]


def test_files_are_taken_in_the_order_of_their_names_whatever_the_depth(tmp_path: Path) -> None:
    """YAML under both endings and JSON; other files and hidden ones are left alone."""
    (tmp_path / "later").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "b.yaml").write_text("id: b1\n---\nid: b2\n", encoding="utf-8")
    (tmp_path / "a.yml").write_text("id: a\n", encoding="utf-8")
    (tmp_path / "later" / "c.json").write_text('{"id": "c"}', encoding="utf-8")
    (tmp_path / ".git" / "d.yaml").write_text("id: d\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("id: e\n", encoding="utf-8")
    assert ids(tmp_path) == ["a", "b1", "b2", "c"]


@pytest.mark.parametrize("name", ["many.json", "many.yaml"])
def test_a_list_holds_a_definition_each(tmp_path: Path, name: str) -> None:
    """JSON knows no documents, so a list holds several definitions; places count from the right item."""
    (tmp_path / name).write_text('[{"id": "a"},\n {"id": "b",\n  "type": "passive"}]', encoding="utf-8")
    first, second = load_directory(tmp_path).definitions
    assert (first.id, second.id) == ("a", "b")
    assert str(second.locate(("type",))) == f"{tmp_path / name}:3:11"


def test_event_definitions_stand_beside_the_others(tmp_path: Path) -> None:
    """Avro files are kept apart, as documents."""
    document = {"type": "record", "name": "refund", "fields": []}
    (tmp_path / "refund.avsc").write_text(json.dumps(document), encoding="utf-8")
    loaded = load_directory(tmp_path)
    assert loaded.definitions == ()
    assert [each.document for each in loaded.events] == [document]


def test_every_unreadable_file_is_reported(tmp_path: Path) -> None:
    """One look shows all of them, each with its place."""
    (tmp_path / "a.yaml").write_text("a: [\n", encoding="utf-8")
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("just a text\n", encoding="utf-8")
    (tmp_path / "d.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(ConfigurationError) as refusal:
        load_directory(tmp_path)
    lines = str(refusal.value).replace(f"{tmp_path}/", "").splitlines()
    assert [line.split(": ")[0] for line in lines] == ["a.yaml:2:1", "b.json:1:2", "c.yaml:1:1", "d.yaml"]
    assert lines[2].endswith("expected a definition: a mapping with kind and id, found 'just a text'")
    assert lines[3].startswith("d.yaml: expected UTF-8")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Some editors write one."""
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfid: a\n")
    assert ids(tmp_path) == ["a"]


def test_a_data_file_in_the_wrong_directory_is_refused_unread(tmp_path: Path) -> None:
    """Nobody writes megabytes of definitions into one file."""
    (tmp_path / "events.json").write_bytes(b" " * (4 * 1024 * 1024 + 1))
    with pytest.raises(ConfigurationError, match="expected at most 4,194,304 bytes of definitions"):
        load_directory(tmp_path)


def test_a_directory_that_is_none_is_refused(tmp_path: Path) -> None:
    """A file and a missing directory are told apart."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="expected a directory of definitions, found a file"):
        load_directory(tmp_path / "file")
    with pytest.raises(ConfigurationError, match="expected a directory of definitions, found nothing there"):
        load_directory(tmp_path / "missing")


def test_a_directory_inside_can_be_left_out(tmp_path: Path) -> None:
    """What a backtest has written among the definitions is none, whatever its files are called."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "summary.json").write_text("{}")
    (tmp_path / "outer.json").write_text('{"kind": "segment", "id": "s"}')
    assert [each.id for each in load_directory(tmp_path, tmp_path / "out").definitions] == ["s"]
