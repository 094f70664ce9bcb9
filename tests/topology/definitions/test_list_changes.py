"""Files of members against what the topic of lists holds."""

from pathlib import Path

import pytest

from streams.engine.errors import ConfigurationError
from topology.definitions.list_changes import Held, ListChange, list_changes
from topology.definitions.load import load_directory

SEGMENT = "kind: segment\nid: vip\ntype: static\n"


def on(*customers: str) -> dict[str, bool]:
    """These customers as the topic holds them."""
    return dict.fromkeys(customers, False)


def listing(directory: Path, text: str) -> dict[str, Path]:
    """A file of members of ``vip``."""
    file = directory / "vip.txt"
    file.write_text(text, encoding="utf-8")
    return {"vip": file}


def test_only_who_came_and_who_went_is_told(tmp_path: Path) -> None:
    """Each once, whatever the order of lines; who is in both is not told again."""
    files = listing(tmp_path, "c-4\nc-2\nc-4\nc-3\nc-2\n")
    held: Held = {"vip": on("c-1", "c-2", "c-3")}
    assert list_changes(files, {"vip"}, held) == (ListChange("vip", ["c-4"], ["c-1"]),)
    assert list_changes(files, {"vip"}, {"vip": on("c-2", "c-3", "c-4")}) == ()


def test_a_list_without_a_file_is_left_to_others() -> None:
    """Its customers are told by the gateway, or by another producer."""
    assert list_changes({}, {"vip"}, {"vip": on("c-1")}) == ()


def test_what_no_segment_asks_for_comes_to_nothing() -> None:
    """The list of a segment that is deleted, or is of another kind now."""
    assert list_changes({}, set(), {"gone": on("c-1", "c-2")}) == (ListChange("gone", (), ["c-1", "c-2"]),)


def test_an_empty_file_takes_nobody_off(tmp_path: Path) -> None:
    """It is refused: a file cut short is likelier than a group of nobody."""
    with pytest.raises(ConfigurationError, match=r"vip.txt: expected customer ids, found none"):
        list_changes(listing(tmp_path, "\n"), {"vip"}, {"vip": on("c-1")})


@pytest.mark.parametrize("text", ["c-1\n", "c-1\nc-2\n"])
def test_the_definition_says_nothing_of_the_file(tmp_path: Path, text: str) -> None:
    """So its version stays while the file changes."""
    (tmp_path / "vip.yaml").write_text(f"{SEGMENT}members_file: vip.txt\n", encoding="utf-8")
    files = listing(tmp_path, text)
    (written,) = load_directory(tmp_path).definitions
    assert written.body == {"kind": "segment", "id": "vip", "type": "static", "members": "topic"}
    assert written.members_file == files["vip"]


def test_a_file_beside_the_topic_is_named_once(tmp_path: Path) -> None:
    """Both keys are refused where the file is named."""
    (tmp_path / "vip.yaml").write_text(f"{SEGMENT}members: topic\nmembers_file: vip.txt\n", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"vip.yaml:5:15: expected members or members_file, found both"
    ):
        load_directory(tmp_path)
