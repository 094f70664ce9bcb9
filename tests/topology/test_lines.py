"""Lines of plain and packed files."""

import gzip
import io
import sys
from pathlib import Path

import pytest

from streams.engine.errors import ConfigurationError
from topology.lines import Line, read_lines

TEXT = b'{"a": 1}\n\n  {"b": 2}  \r\n{"c": "\xc3\xa9"}'
ARCHIVE = gzip.compress(b"x\n" * 1000, mtime=0)
LINES = [Line(1, b'{"a": 1}'), Line(3, b'{"b": 2}'), Line(4, b'{"c": "\xc3\xa9"}')]


def test_lines_are_counted_with_the_blank_ones_which_are_left_out(tmp_path: Path) -> None:
    """Line numbers are those that an editor shows; a last line needs no end."""
    (tmp_path / "f").write_bytes(TEXT)
    assert list(read_lines(str(tmp_path / "f"), "reading")) == LINES


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    """The ending .gz says so."""
    (tmp_path / "f.gz").write_bytes(gzip.compress(TEXT))
    assert list(read_lines(str(tmp_path / "f.gz"), "reading")) == LINES


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files can be piped in."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT)))
    assert list(read_lines("-", "reading")) == LINES


@pytest.mark.parametrize(
    "content",
    [b"no gzip at all", ARCHIVE[:-20], ARCHIVE[:10] + b"\xff" + ARCHIVE[11:]],
    ids=["no archive", "cut short", "damaged inside"],
)
def test_a_damaged_archive_is_the_operators_mistake(tmp_path: Path, content: bytes) -> None:
    """A cut or false archive is named, not traced."""
    (tmp_path / "f.gz").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"f\.gz: cannot be read: "):
        list(read_lines(str(tmp_path / "f.gz"), "reading"))


def test_a_mark_at_the_beginning_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    """What some editors put before UTF-8 does not spoil the first event."""
    (tmp_path / "f").write_bytes(b"\xef\xbb\xbf{}\n\xef\xbb\xbf\n")
    assert [line.text for line in read_lines(str(tmp_path / "f"), "reading")] == [b"{}", b"\xef\xbb\xbf"]


def test_many_lines_are_all_read(tmp_path: Path) -> None:
    """The bar's steps lose nothing."""
    (tmp_path / "f").write_bytes(b"x\n" * 10_001)
    assert sum(1 for _ in read_lines(str(tmp_path / "f"), "reading")) == 10_001
