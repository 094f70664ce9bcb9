"""A reader of the stay beside a registry, and the stay in other versions of its schema."""

import copy
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from schemas.avro_wire import EventWire
from schemas.catalog import Catalog
from schemas.definitions import EventDefinition, read_definition
from schemas.registry import Registry, RegistryAddress
from schemas.wire import Decoded, EventReader, Rejected, SchemaAwaited
from schemas.writer_schemas import WriterSchemas
from tests.broker.installation import wait_until
from tests.schemas.conftest import EVENT, METADATA, RECEIVED_AT, STAY
from tests.schemas.registry_server import RegistryServer

HEADER = "__value_schema_id"
TIMES: dict[str, Any] = {"headers": None, "timestamp": RECEIVED_AT, "received_at": RECEIVED_AT}

Change = Callable[[dict[str, Any]], object]


def stay(change: Change = lambda _: None) -> EventDefinition:
    """The definition of the stay, in another version."""
    document = copy.deepcopy(STAY)
    change(document)
    return read_definition(document, "stay.avsc")


def attribute(name: str, **properties: Any) -> Change:
    """Changes properties of one attribute."""

    def change(document: dict[str, Any]) -> None:
        next(field for field in document["fields"] if field["name"] == name).update(properties)

    return change


def without(*names: str) -> Change:
    """Takes attributes out."""

    def change(document: dict[str, Any]) -> None:
        document["fields"] = [field for field in document["fields"] if field["name"] not in names]

    return change


def bare(definition: EventDefinition, **metadata: Any) -> bytes:
    """An event's record alone, written by its definition; ``None`` takes an attribute out."""
    kept = {name: value for name, value in {**METADATA, **metadata}.items() if value is not ...}
    return EventWire(definition).encode({**EVENT, "metadata": kept})[10:]


class Site:
    """A reader of the present stay beside a registry."""

    def __init__(self, server: RegistryServer, executor: Executor) -> None:
        self.server = server
        registry = Registry(RegistryAddress(server.url))
        self.known = WriterSchemas(registry.fetch, executor, waits=True)
        self.reader = EventReader(Catalog.from_documents({"hotel_stay": STAY}), registry=self.known)

    def read(self, value: bytes, **record: Any) -> Decoded | Rejected:
        """What comes of a value once the registry was asked."""
        told = {**TIMES, **record}
        while True:
            try:
                return self.reader.read(value, **told)
            except SchemaAwaited as awaited:
                wait_until(awaited.ready, "the registry to answer", 10)

    def rejection(self, value: bytes, **record: Any) -> Rejected:
        """What comes of a value that is no event."""
        read = self.read(value, **record)
        assert isinstance(read, Rejected)
        return read
