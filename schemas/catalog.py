"""All event definitions that are in force: loaded from directories, and added to from elsewhere.

Decides that a file is named after its event, that one directory defines an event once, and that a later directory or
document replaces an earlier one. What a single definition may say is decided by ``definitions``.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import fastavro
from fastavro.schema import SchemaParseException

from schemas.avro_wire import NAMESPACE, wire_schema
from schemas.definitions import EventDefinition, read_definition
from schemas.errors import Place, SchemaError, SchemaFault
from schemas.json_values import shown

EVENTS_DIRECTORY = Path(__file__).parent / "events"
"""The definitions that come with Tidemark."""
INTERNAL_DIRECTORY = Path(__file__).parent / "internal"
"""Those of the ``customer.*`` events, which come with Tidemark too."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Event definitions by name. Never changed; ``with_documents`` gives a new one."""

    definitions: Mapping[str, EventDefinition]
    earlier: Mapping[str, tuple[EventDefinition, ...]] = field(default_factory=dict)
    """Versions of them that are past, with which producers may still write."""

    @classmethod
    def from_documents(cls, documents: Mapping[str, object]) -> "Catalog":
        """The catalog of these Avro records, by event name. Raises ``SchemaError`` with every fault."""
        return cls({}).with_documents(documents)

    def with_documents(self, documents: Mapping[str, object]) -> "Catalog":
        """This catalog and these Avro records, which replace those of the same name. Raises ``SchemaError``."""
        added, faults = {}, list[SchemaFault]()
        for name, document in documents.items():
            try:
                added[name] = _named(read_definition(document, f"event/{name}"), name, f"event/{name}")
            except SchemaError as error:
                faults.extend(error.faults)
        if faults:
            raise SchemaError(faults)
        replaced = {
            name: (*self.earlier.get(name, ()), self.definitions[name])
            for name in added.keys() & self.definitions.keys()
        }
        return Catalog({**self.definitions, **added}, {**self.earlier, **replaced})

    def with_earlier(self, documents: Mapping[str, Sequence[object]]) -> "Catalog":
        """This catalog, which knows these past versions too, by event; those that are no definitions are left out."""
        earlier = {
            name: (*self.earlier.get(name, ()), *_readable(past, name)) for name, past in documents.items()
        }
        return Catalog(self.definitions, {**self.earlier, **earlier})


def load_catalog(directories: Sequence[Path]) -> Catalog:
    """Every ``*.avsc`` in and below these directories; a later directory replaces events of an earlier one.

    Raises ``SchemaError`` with the faults of all files.
    """
    definitions: dict[str, EventDefinition] = {}
    faults: list[SchemaFault] = []
    for directory in directories:
        try:
            definitions |= _directory(directory)
        except SchemaError as error:
            faults.extend(error.faults)
    if faults:
        raise SchemaError(faults)
    return Catalog(definitions)


def internal_names() -> frozenset[str]:
    """The events under ``INTERNAL_DIRECTORY``."""
    return frozenset(file.stem for file in INTERNAL_DIRECTORY.glob("*.avsc"))


def load_definition(file: Path) -> EventDefinition:
    """The definition in one file. Raises ``SchemaError``."""
    place = Place(str(file))
    try:
        document = json.loads(file.read_bytes())
    except OSError as error:
        raise place.error("a file that can be read", error.strerror or str(error)) from error
    except json.JSONDecodeError as error:
        found = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise place.error("JSON", found) from error
    except UnicodeDecodeError as error:
        raise place.error("JSON in UTF-8", str(error)) from error
    return _named(read_definition(document, str(file)), file.stem, str(file))


def _directory(directory: Path) -> dict[str, EventDefinition]:
    if not directory.is_dir():
        raise Place(str(directory)).error("a directory", "nothing" if not directory.exists() else "a file")
    origins: dict[str, Path] = {}
    definitions: dict[str, EventDefinition] = {}
    faults: list[SchemaFault] = []
    for file in sorted(directory.rglob("*.avsc")):
        try:
            definition = load_definition(file)
            if definition.name in origins:
                raise Place(str(file)).error(
                    f"one file for an event; {origins[definition.name]} defines it too", definition.name
                )
        except SchemaError as error:
            faults.extend(error.faults)
        else:
            origins[definition.name] = file
            definitions[definition.name] = definition
    if faults:
        raise SchemaError(faults)
    return definitions


def _readable(documents: Iterable[object], name: str) -> Iterator[EventDefinition]:
    """What was a definition when it was published, and by the rules of today still is one."""
    for document in documents:
        try:
            yield _named(read_definition(document, f"event/{name}"), name, f"event/{name}")
        except SchemaError:
            continue


def _named(definition: EventDefinition, name: str, file: str) -> EventDefinition:
    if definition.name != name:
        raise Place(file).error(f"the definition of {name}, after which it is named", shown(definition.name))
    try:
        fastavro.parse_schema(wire_schema(definition))
    except SchemaParseException as error:
        raise Place(file).error(
            f"no type of the namespace {NAMESPACE}, which is the envelope's", str(error)
        ) from error
    return definition
