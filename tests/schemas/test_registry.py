"""Confluent's own client against a stand-in for a registry."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from confluent_kafka.schema_registry import (
    record_subject_name_strategy,
    topic_record_subject_name_strategy,
)
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from schemas.outputs import output_schema, output_topics
from schemas.registry import Registry, RegistryAddress, RegistryFailed, subject_of
from schemas.writer_schemas import UnknownSchema
from tests.schemas.registry_server import RegistryServer

SCHEMA: dict[str, Any] = {"type": "record", "name": "r", "namespace": "n", "fields": []}


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    """A registry without schemas."""
    with RegistryServer() as running:
        yield running


def registry(server: RegistryServer, **address: Any) -> Registry:
    """A client of it."""
    return Registry(RegistryAddress(server.url, **address))


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_schema_is_found_by_its_id(server: RegistryServer) -> None:
    """The text comes out as it was registered."""
    number = server.add(SCHEMA)
    assert json.loads(registry(server).fetch(number)) == SCHEMA


def test_a_schema_is_found_by_its_guid(server: RegistryServer) -> None:
    """The newer framing names the same schema."""
    number = server.add(SCHEMA)
    assert json.loads(registry(server).fetch(server.guid(number))) == SCHEMA


@pytest.mark.parametrize("key", [77, bytes(range(16))])
def test_what_the_registry_does_not_have_is_unknown(server: RegistryServer, key: int | bytes) -> None:
    """Its code 40403 means that there is no such schema."""
    with pytest.raises(UnknownSchema, match="Schema not found"):
        registry(server).fetch(key)


def test_a_wrong_address_is_no_unknown_schema(server: RegistryServer) -> None:
    """A bare 404 tells nothing of a schema: the registry could not be asked."""
    wrong = Registry(RegistryAddress(f"{server.url}/somewhere/else"))
    with pytest.raises(SchemaRegistryError):
        wrong.fetch(1)


def test_a_schema_of_another_kind_is_none_to_read_with(server: RegistryServer) -> None:
    """What is not Avro comes out as something that is no record."""
    number = server.add('syntax = "proto3";', kind="PROTOBUF")
    assert json.loads(registry(server).fetch(number)) == "PROTOBUF schema"


def test_credentials_are_sent(server: RegistryServer) -> None:
    """Whoever asks says who it is; without that the registry refuses, which is not an answer on the schema."""
    number, server.user = server.add(SCHEMA), "tide:secret"
    assert registry(server, credentials="tide:secret").fetch(number)
    with pytest.raises(SchemaRegistryError, match="Unauthorized"):
        registry(server).fetch(number)


def test_a_registry_that_is_away_or_slow_raises() -> None:
    """A closed port and an answer that does not come are the network's errors, after the time that was set."""
    with pytest.raises(httpx2.TransportError):
        Registry(RegistryAddress(f"http://127.0.0.1:{closed_port()}")).fetch(1)
    with RegistryServer() as slow:
        slow.answers.clear()
        with pytest.raises(httpx2.TimeoutException):
            registry(slow, seconds=0.2).fetch(1)


def test_our_schemas_are_registered_once(server: RegistryServer) -> None:
    """The same schema under the same subject has the same id the next time."""
    first = registry(server).identify("s", SCHEMA, register=True)
    assert registry(server).identify("s", SCHEMA, register=True) == first
    assert server.subjects == {"s": [first]}


def test_our_schemas_may_only_be_looked_up(server: RegistryServer) -> None:
    """Where registering is left to others nothing is registered, and what is missing is told."""
    with pytest.raises(RegistryFailed, match="Subject not found"):
        registry(server).identify("s", SCHEMA, register=False)
    number = server.add(SCHEMA, "s")
    assert registry(server).identify("s", SCHEMA, register=False) == number
    assert not [request for request in server.requests if request.endswith("/versions")]


def test_a_refused_or_silent_registration_is_told(server: RegistryServer) -> None:
    """Incompatible, or nobody there: one error, with what was said."""
    server.refuses_new = True
    with pytest.raises(RegistryFailed, match="incompatible"):
        registry(server).identify("s", SCHEMA, register=True)
    with pytest.raises(RegistryFailed, match="ConnectError"):
        Registry(RegistryAddress(f"http://127.0.0.1:{closed_port()}")).identify("s", SCHEMA, register=True)


@pytest.mark.parametrize("topic", output_topics())
def test_subjects_are_named_as_confluents_serialisers_do(topic: str) -> None:
    """Both strategies give the subject that a producer or consumer of Confluent's would look under."""
    schema, context = output_schema(topic), SerializationContext(f"shop.{topic}", MessageField.VALUE)
    name = f"{schema['namespace']}.{schema['name']}"
    topic_record = topic_record_subject_name_strategy(context, name)
    assert subject_of(f"shop.{topic}", schema, "topic_record") == topic_record
    assert subject_of(f"shop.{topic}", schema, "record") == record_subject_name_strategy(context, name)
