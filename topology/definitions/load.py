"""Reads a directory of definitions: YAML, JSON and Avro event definitions, each with its place.

Decides which files count and how many definitions a file holds. What a definition means, and whether
``kind`` and ``id`` are good ones, is checked in ``check``.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from streams.engine.errors import ConfigurationError
from topology.definitions.customer_lists import with_list
from topology.definitions.json_source import read_json
from topology.definitions.places import Document, Parts, Place, Value
from topology.definitions.yaml_source import read_yaml

_LARGEST_FILE = 4 << 20
"""Bytes of one file of definitions; more is a mistake, such as a data file in the wrong directory."""


class Written(NamedTuple):
    """One definition as it stands in a file."""

    body: Mapping[str, object]
    places: Mapping[Parts, Place]
    prefix: Parts
    """Where the definition stands in its document: ``(3,)`` for the fourth of a list, else empty."""
    members_file: Path | None = None
    """The customers of a segment who are told one by one, if they stand in a file."""

    @property
    def kind(self) -> object:
        """As written, whatever it is."""
        return self.body.get("kind")

    @property
    def id(self) -> object:
        """As written, whatever it is."""
        return self.body.get("id")

    def locate(self, path: Parts) -> Place:
        """Where a part of the body stands, or the nearest part around it that does."""
        return Document(None, self.places).locate((*self.prefix, *path))


class EventDocument(NamedTuple):
    """One event definition as it stands in an ``.avsc`` file."""

    file: str
    document: Mapping[str, object]
    places: Document


class LoadedDefinitions(NamedTuple):
    """Everything that a directory holds, in the order of file names."""

    definitions: tuple[Written, ...]
    events: tuple[EventDocument, ...]


def load_directory(directory: Path, without: Path | None = None) -> LoadedDefinitions:
    """Read ``*.yaml``, ``*.yml``, ``*.json`` and ``*.avsc`` below ``directory``, whatever the depth.

    Names that begin with a dot are left out, and so are scenarios, and a directory ``without`` below it. Raises
    ``ConfigurationError`` with a line, and its place, for each file that cannot be read.
    """
    if not directory.is_dir():
        raise ConfigurationError(
            f"{directory}: expected a directory of definitions, found {_what(directory)}"
        )
    definitions: list[Written] = []
    events: list[EventDocument] = []
    faults: list[str] = []
    for file in _files(directory, without):
        try:
            if file.suffix == ".avsc":
                events.append(_event(file))
            elif file.suffix in {".yaml", ".yml", ".json"}:
                definitions += _definitions(file)
        except ConfigurationError as fault:
            faults.append(str(fault))
    if faults:
        raise ConfigurationError("\n".join(faults))
    return LoadedDefinitions(tuple(definitions), tuple(events))


def _files(directory: Path, without: Path | None) -> Iterator[Path]:
    left_out = without and without.resolve()
    for file in sorted(directory.rglob("*")):
        if _is_hidden(file, directory) or file.is_dir() or is_scenario(file, directory):
            continue
        if not (left_out and file.resolve().is_relative_to(left_out)):
            yield file


def is_scenario(file: Path, directory: Path) -> bool:
    """Whether a file below a directory of definitions holds scenarios: by its name, or as it stands in ``tests``."""
    if file.suffix not in {".yaml", ".yml"} or _is_hidden(file, directory):
        return False
    return file.stem.endswith(".scenario") or "tests" in file.relative_to(directory).parts[:-1]


def _is_hidden(file: Path, directory: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(directory).parts)


def _definitions(file: Path) -> Iterator[Written]:
    text, name = text_of(file), str(file)
    documents = [read_json(text, name)] if file.suffix == ".json" else read_yaml(text, name)
    for document in documents:
        if isinstance(document.value, list):
            for index, body in enumerate(document.value):
                yield _written(body, document, (index,), file)
        else:
            yield _written(document.value, document, (), file)


def _written(value: Value, document: Document, prefix: Parts, file: Path) -> Written:
    body = _mapping(value, document.places[prefix])
    body, members_file = with_list(body, lambda key: document.locate((*prefix, key)), file)
    return Written(body, document.places, prefix, members_file)


def _event(file: Path) -> EventDocument:
    document = read_json(text_of(file), str(file))
    return EventDocument(str(file), _mapping(document.value, document.places[()]), document)


def _mapping(value: Value, place: Place) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise place.refuse("a definition: a mapping with kind and id", repr(value)[:60])
    return value


def text_of(file: Path) -> str:
    """What a file says. Raises ``ConfigurationError`` for one that is too large or is no UTF-8."""
    size = file.stat().st_size
    if size > _LARGEST_FILE:
        raise ConfigurationError(
            f"{file}: expected at most {_LARGEST_FILE:,} bytes of definitions, found {size:,}"
        )
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{file}: expected UTF-8, found {error.reason} at byte {error.start}"
        ) from error


def _what(path: Path) -> str:
    return "a file" if path.exists() else "nothing there"
