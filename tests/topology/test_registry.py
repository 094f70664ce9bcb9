"""The schema registry at the start of a worker: every schema has its id, or the operator is told what to do."""

import io
from collections.abc import Iterator

import fastavro
import pytest

from schemas.avro_schemas import without_logical_types
from schemas.outputs import output_decoder, output_schema
from streams.engine.errors import ConfigurationError
from streams.engine.metrics import Metrics
from tests.broker.installation import wait_until
from tests.schemas.registry_server import RegistryServer
from tests.schemas.test_outputs import RECORDS
from tests.schemas.test_registry import closed_port
from topology.registry import connect_registry, output_encoders, writer_schemas
from topology.settings import Settings

TOPIC = "segment-changes"


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    """A registry without schemas."""
    with RegistryServer() as running:
        yield running


def settings(server: RegistryServer, **changed: str) -> Settings:
    """An installation that writes everything in the registry's framing."""
    return Settings(
        registry_url=server.url,
        output_encoding="confluent",
        topic_prefix="shop.",
        **changed,  # type: ignore[arg-type]
    )


def test_a_schema_is_registered_under_topic_and_record(server: RegistryServer) -> None:
    """What is written then can be read with nothing but the registry."""
    shop = settings(server)
    value = output_encoders(connect_registry(shop), shop)(TOPIC)(RECORDS[TOPIC][0])
    assert list(server.subjects) == ["shop.segment-changes-tidemark.outputs.segment_change"]
    (number,) = server.schemas
    assert value[:5] == b"\x00" + number.to_bytes(4)
    registered = fastavro.parse_schema(without_logical_types(output_schema(TOPIC)))
    read = fastavro.schemaless_reader(io.BytesIO(value[5:]), registered, None)
    assert isinstance(read, dict)
    assert read["id"] == RECORDS[TOPIC][0]["id"]
    assert output_decoder(TOPIC, "confluent")(value) == RECORDS[TOPIC][0]


def test_the_subject_may_be_the_record_alone(server: RegistryServer) -> None:
    """RecordName, for those who share a schema between topics."""
    shop = settings(server, registry_subjects="record")
    output_encoders(connect_registry(shop), shop)(TOPIC)
    assert list(server.subjects) == ["tidemark.outputs.segment_change"]


def test_where_registering_is_off_schemas_must_be_there(server: RegistryServer) -> None:
    """The refusal names the subject and the file to register."""
    shop = settings(server, registry_register="no")
    encoder = output_encoders(connect_registry(shop), shop)
    with pytest.raises(ConfigurationError) as refusal:
        encoder(TOPIC)
    assert "subject shop.segment-changes-tidemark.outputs.segment_change: Subject not found" in str(
        refusal.value
    )
    assert "Register schemas/outputs/segment-changes.avsc under the subject" in str(refusal.value)
    server.add(output_schema(TOPIC), "shop.segment-changes-tidemark.outputs.segment_change")
    assert encoder(TOPIC)(RECORDS[TOPIC][0])


def test_a_registry_that_refuses_or_is_away_keeps_a_worker_from_starting(server: RegistryServer) -> None:
    """The refusal says what the registry said, or that nobody is there."""
    server.refuses_new = True
    shop = settings(server)
    with pytest.raises(ConfigurationError, match=r"incompatible.*Is the registry there, may this user"):
        output_encoders(connect_registry(shop), shop)(TOPIC)
    away = Settings(registry_url=f"http://127.0.0.1:{closed_port()}", output_encoding="confluent")
    with pytest.raises(ConfigurationError, match=r"ConnectError.*Is the registry there"):
        output_encoders(connect_registry(away), away)(TOPIC)


def test_the_framing_without_a_registry_is_refused() -> None:
    """There is nobody to give ids."""
    shop = Settings(output_encoding="confluent")
    with pytest.raises(ConfigurationError, match="Set TIDEMARK_REGISTRY_URL, or another encoding"):
        output_encoders(None, shop)(TOPIC)


def test_other_encodings_ask_no_registry(server: RegistryServer) -> None:
    """A registry that only serves the input need not be there at the start."""
    shop = Settings(registry_url=server.url)
    output_encoders(connect_registry(shop), shop)(TOPIC)
    assert server.requests == []


def test_answers_are_counted(server: RegistryServer) -> None:
    """The metric says how the registry answers."""
    metrics, shop = Metrics(), settings(server)
    known = writer_schemas(connect_registry(shop), shop, metrics)
    assert known is not None
    wait_until(lambda: known.ready(5), "the registry's answer")
    assert metrics.registry_requests.labels("unknown")._value.get() == 1
