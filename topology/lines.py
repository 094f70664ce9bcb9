"""The lines of a file that is plain, gzip or standard input, with a progress bar while they are read.

Decides nothing about what stands in a line; blank ones are left out, and so is the mark that some editors put at the
beginning.
"""

import gzip
import sys
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, NamedTuple, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from streams.engine.errors import ConfigurationError

_STEP = 2_000
"""Lines between two movements of the bar: drawing must not cost more than reading."""

STANDARD_INPUT = "-"


class Line(NamedTuple):
    """One line, without its end."""

    number: int
    """Counted from 1, blank lines included."""
    text: bytes


def read_lines(file: str, label: str) -> Iterator[Line]:
    """The lines of ``file``; ``-`` is standard input, ``.gz`` is unpacked.

    Raises ``ConfigurationError`` if it cannot be read to its end.
    """
    try:
        with _opened(file) as (source, raw), bar(label, _size(file)) as (progress, task):
            for number, text in enumerate(source, start=1):
                if number % _STEP == 0:
                    progress.update(task, completed=raw.tell() if raw else number)
                stripped = text.removeprefix(BOM_UTF8).strip() if number == 1 else text.strip()
                if stripped:
                    yield Line(number, stripped)
    except (OSError, EOFError, zlib.error) as error:  # a cut gzip stream ends in EOFError
        raise ConfigurationError(f"{file}: cannot be read: {error}") from error


@contextmanager
def bar(label: str, total: float | None) -> Iterator[tuple[Progress, TaskID]]:
    """A progress bar on standard error; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress, progress.add_task(label, total=total)


@contextmanager
def _opened(file: str) -> Iterator[tuple[IO[bytes], BufferedReader | None]]:
    """The unpacked stream, and the file below it whose position tells how far one is."""
    if file == STANDARD_INPUT:
        yield sys.stdin.buffer, None
        return
    with Path(file).open("rb") as raw:
        if file.endswith(".gz"):
            with gzip.open(raw) as unpacked:
                yield cast("IO[bytes]", unpacked), raw
        else:
            yield raw, raw


def _size(file: str) -> int | None:
    return None if file == STANDARD_INPUT else Path(file).stat().st_size
