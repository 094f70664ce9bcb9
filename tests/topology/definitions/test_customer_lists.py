"""Lists of customers in files beside the definition."""

from pathlib import Path

import pytest

from streams.engine.errors import ConfigurationError
from topology.definitions.customer_lists import LARGEST_LIST_BYTES, list_differences, read_list
from topology.definitions.differences import ABSENT, Difference
from topology.definitions.load import load_directory

SEGMENT = "kind: segment\nid: vip\ntype: static\n"


def loaded(directory: Path, **files: str) -> object:
    """The body of the one definition of a directory with these files; ``vip_txt`` is ``vip.txt``."""
    for name, text in files.items():
        (directory / name.replace("_", ".")).write_text(text, encoding="utf-8")
    (written,) = load_directory(directory).definitions
    return written.body


def test_the_list_takes_the_place_of_its_file(tmp_path: Path) -> None:
    """What is published knows nothing of the file; each customer stands once, in order; empty lines are left out."""
    body = loaded(
        tmp_path, vip_yaml=f"{SEGMENT}customers_file: vip.txt\n", vip_txt="c-2\r\n c-1 \n\nc-2\nżółw\n"
    )
    assert body == {"kind": "segment", "id": "vip", "type": "static", "customers": ["c-1", "c-2", "żółw"]}


def test_a_csv_file_has_a_column_of_ids(tmp_path: Path) -> None:
    """Other columns are left alone; quotes are those of CSV, and a byte order mark is none of the header."""
    file = tmp_path / "vip.csv"
    file.write_text('\ufeffname,customer_id\n"Ann, the first",c-1\nBob,"c,2"\n', encoding="utf-8")
    assert read_list(file) == ["c,2", "c-1"]


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("customers_file: none.txt", "vip.yaml:4:17: expected a file of customer ids"),
        ("customers_file: ../vip.txt", "expected the name of a file beside the definition"),
        ("customers_file: /etc/passwd", "expected the name of a file beside the definition"),
        ("customers_file: 7", "expected the name of a file beside the definition, found 7"),
        ("customers_file: vip.txt\ncustomers: [c-1]", "expected customers or customers_file, found both"),
    ],
)
def test_a_file_that_is_not_there_is_refused_where_it_is_named(
    tmp_path: Path, reference: str, words: str
) -> None:
    """The place is that of the reference in the definition."""
    with pytest.raises(ConfigurationError, match=words):
        loaded(tmp_path, vip_yaml=f"{SEGMENT}{reference}\n", vip_txt="c-1\n")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("vip.txt", b"c-1\nc-\x002\n", "vip.txt:2: expected a customer id, found"),
        ("vip.txt", b"\n\n", "expected customer ids, found none; write `customers: \\[\\]`"),
        ("vip.txt", b"\xff\n", "expected UTF-8"),
        (
            "vip.csv",
            b"id,name\n1,Ann\n",
            "vip.csv:1: expected a header with column customer_id, found id, name",
        ),
        ("vip.csv", b"customer_id,name\nc-1,Ann\n,Bob\n", "vip.csv:3: expected a customer id, found ''"),
        ("vip.csv", b"", "vip.csv:1: expected a header"),
        ("vip.csv", b'customer_id\n"c-1', "expected CSV, found"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    """A data file in the wrong form is not taken for a list."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=words):
        read_list(tmp_path / name)


def test_a_list_that_no_record_holds_is_refused(tmp_path: Path) -> None:
    """Just what the bound allows is read; one more is refused, with another way to say it."""
    file = tmp_path / "vip.txt"
    most = LARGEST_LIST_BYTES // 10  # seven characters, two quotes, a comma
    file.write_text("".join(f"{number:07}\n" for number in range(most)), encoding="utf-8")
    assert len(read_list(file)) == most
    with file.open("a", encoding="utf-8") as more:
        more.write("one-more\n")
    with pytest.raises(ConfigurationError, match=r"at most 900,000 bytes .* Write `members_file: vip.txt`"):
        read_list(file)


def test_an_edited_list_shows_who_came_and_who_went() -> None:
    """Not which of seventy thousand places holds another id than before."""
    assert list(list_differences(["a", "b", "c"], ["b", "c", "d"])) == [
        Difference(("customers", "added"), ABSENT, ["d"]),
        Difference(("customers", "removed"), ["a"], ABSENT),
    ]
    turned = Difference(("customers",), ["b", "a"], ["a", "b"])
    assert list(list_differences(["b", "a"], ["a", "b"])) == [turned]
    assert list(list_differences(["a"], ["a"])) == []
