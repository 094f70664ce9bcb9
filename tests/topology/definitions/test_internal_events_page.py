"""What the page says of internal events holds: its example compiles, its table is the catalogue's."""

import re
from pathlib import Path

import topology.definitions
from schemas.catalog import INTERNAL_DIRECTORY, load_catalog
from schemas.reserved import RESERVED
from topology.definitions.directory import check_directory
from topology.settings import Settings

PAGE = Path(topology.definitions.__file__).with_name("REACTIONS.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Internal events\n")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| (`customer.*?) \| .*? \| (.*?) \|$", SECTION, re.MULTILINE)
"""Names and attributes of each row."""


def names(cell: str) -> list[str]:
    """The events of a row: a name that begins with a dot stands for the one before, its last part replaced."""
    found: list[str] = []
    for name in re.findall(r"`([a-z_.]+)`", cell):
        if name.startswith("."):
            found.append(found[-1].rpartition(".")[0] + name)
        elif name.endswith(("redemption", "rollback")):
            found += [f"{name}.succeeded", f"{name}.failed"]
        else:
            found.append(name)
    return found


def test_the_example_compiles(tmp_path: Path) -> None:
    """As it stands, beside the segment that it names."""
    (example,) = re.findall(r"^    kind: distribution\n(?:    .*\n)+", SECTION, re.MULTILINE)
    text = example.replace("\n    ", "\n").removeprefix("    ")
    (tmp_path / "page.yaml").write_text(text, encoding="utf-8")
    checked = check_directory(tmp_path, Settings())
    assert {each.id for each in checked.definitions} == {"welcome", "redeemers", "joining-bonus"}


def test_the_table_lists_what_tidemark_causes() -> None:
    """Each event that Tidemark owns, the reserved ones first, with attributes that it has."""
    definitions = load_catalog([INTERNAL_DIRECTORY]).definitions
    listed = [name for cell, _ in ROWS for name in names(cell)]
    assert sorted(listed) == sorted(name for name, each in definitions.items() if each.owner == "tidemark")
    assert set(listed[: len(RESERVED)]) == RESERVED
    for cell, attributes in ROWS:
        told = set(re.findall(r"`([a-z_]+)`", attributes)) - {"profile", "list"}
        for name in names(cell):
            assert told - {"earning_rule_id"} <= definitions[name].attributes.keys()
