"""Lists of customers in files of their own: ``customers_file`` and ``members_file`` of a static segment.

Decides what such a file is, and what takes the place of its name. For ``customers_file`` that is the list itself: what
is planned, published and evaluated is ``customers``, each once and in order, whatever the order in the file. It travels
in the definition's one record and stands in every worker's memory, so it is bounded; a larger one is refused. For
``members_file`` it is ``members: topic``: the definition is the same whatever stands in the file, which is read when it
is compared with the topic.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

import msgspec

from schemas.envelope import LONGEST_ID
from streams.engine.errors import ConfigurationError
from topology.definitions.differences import ABSENT, Difference
from topology.definitions.places import Place

LARGEST_LIST_BYTES = 900_000
"""Of all ids in JSON: the record of a definition is to stay under Kafka's million."""
_COLUMN = "customer_id"
_STEP = 2_000
"""Lines after which it is told how far one is."""
_FILES = {"members_file": "members", "customers_file": "customers"}
"""What takes the place of which."""


def with_list(
    body: Mapping[str, object], locate: Callable[[str], Place], definition: Path
) -> tuple[Mapping[str, object], Path | None]:
    """The definition with what takes the place of its list's file, and the file if it stays one to be read.

    Any other definition stays as it is. Raises ``ConfigurationError`` for a file that is not beside the definition, and
    for a ``customers_file`` that holds anything but ids.
    """
    key = next((key for key in _FILES if key in body), None)
    if body.get("type") != "static" or key is None:
        return body, None
    place, instead = locate(key), _FILES[key]
    if instead in body:
        raise place.refuse(f"{instead} or {key}", "both")
    name = body[key]
    if not isinstance(name, str) or not name or _leads_away(name):
        raise place.refuse("the name of a file beside the definition", repr(name)[:60])
    file = definition.parent / name
    if not file.is_file():
        raise place.refuse("a file of customer ids", f"{file} is none")
    rest = {other: value for other, value in body.items() if other != key}
    if instead == "members":
        return {**rest, "members": "topic"}, file
    return {**rest, "customers": read_list(file)}, None


def read_list(file: Path) -> list[str]:
    """The ids of a file, each once, ascending. Raises as ``ids_of`` does, and if there are too many or none."""
    found: set[str] = set()
    size = 0
    for one in ids_of(file):
        if one in found:
            continue
        found.add(one)
        size += len(msgspec.json.encode(one)) + 1  # and a comma
        if size > LARGEST_LIST_BYTES:
            raise ConfigurationError(_too_large(file, len(found)))
    if not found:
        raise ConfigurationError(f"{file}: expected customer ids, found none; write `customers: []` for that")
    return sorted(found)


def ids_of(file: Path, moved: Callable[[int], object] | None = None) -> Iterator[str]:
    """The ids of a file, as they come: one a line, or in column ``customer_id`` of a ``.csv`` with a header.

    ``moved`` is told now and then how many bytes are read. Raises ``ConfigurationError`` with the line.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        try:
            for number, one in _from_csv(file, lines) if file.suffix == ".csv" else _from_lines(lines):
                if moved is not None and number % _STEP == 0:
                    moved(cast("BinaryIO", lines.buffer).tell())
                yield _checked(one, file, number)
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"{file}: expected UTF-8, found {error.reason}") from error


def list_differences(old: object, new: object) -> Iterator[Difference]:
    """Who was added to a list and who was taken off, each as one difference."""
    before, after = (set(one) if isinstance(one, list) else set() for one in (old, new))
    if after - before:
        yield Difference(("customers", "added"), ABSENT, sorted(after - before))
    if before - after:
        yield Difference(("customers", "removed"), sorted(before - after), ABSENT)
    if before == after and old != new:
        yield Difference(("customers",), old, new)


def _from_lines(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        one = line.strip()
        if one:
            yield number, one


def _from_csv(file: Path, lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    rows = csv.DictReader(lines, strict=True)
    try:
        if _COLUMN not in (rows.fieldnames or ()):
            raise ConfigurationError(
                f"{file}:1: expected a header with column {_COLUMN}, found {', '.join(rows.fieldnames or ())[:60]}"
            )
        for row in rows:
            yield rows.line_num, row[_COLUMN] or ""
    except csv.Error as error:
        raise ConfigurationError(f"{file}:{rows.line_num}: expected CSV, found {error}") from error


def _checked(one: str, file: Path, number: int) -> str:
    if not one or len(one) > LONGEST_ID or not one.isprintable():
        raise ConfigurationError(f"{file}:{number}: expected a customer id, found {one[:40]!r}")
    return one


def _leads_away(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts


def _too_large(file: Path, count: int) -> str:
    return (
        f"{file}: expected at most {LARGEST_LIST_BYTES:,} bytes of customer ids, found more after {count:,} of them. "
        f"Write `members_file: {file.name}`: then each customer is told to the workers one by one, however many "
        "there are"
    )
