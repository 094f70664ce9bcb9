"""A producer and a consumer of Confluent's own libraries, with Tidemark between them and a registry beside them.

The registry is a stand-in that follows the REST interface of Confluent's (``tests/schemas/registry_server.py``).
"""

import json
import uuid
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import pytest
from confluent_kafka.schema_registry import (
    SchemaRegistryClient,
    header_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from schemas.avro_wire import wire_schema
from schemas.catalog import EVENTS_DIRECTORY, load_catalog
from schemas.outputs import output_topics
from tests.broker.events import home, purchase, send, written
from tests.broker.installation import Installation, WorkerProcess, wait_until
from tests.broker.serialised import produce
from tests.schemas.registry_server import RegistryServer

pytestmark = pytest.mark.broker

PURCHASE = json.dumps(wire_schema(load_catalog([EVENTS_DIRECTORY]).definitions["purchase"]))


@pytest.fixture(scope="module")
def registry() -> Iterator[RegistryServer]:
    """A registry for all tests of this module."""
    with RegistryServer() as running:
        yield running


@pytest.fixture(scope="module")
def worker(installation: Installation, registry: RegistryServer) -> Iterator[WorkerProcess]:
    """One worker that writes everything but rejections in the registry's framing."""
    with installation.worker(
        TIDEMARK_REGISTRY_URL=registry.url,
        TIDEMARK_OUTPUT_ENCODING="confluent",
        TIDEMARK_TOPIC_ENCODINGS="rejected-events=json",
    ) as running:
        yield running
        running.stop()


def consumed(installation: Installation, url: str, topic: str, customer: str) -> list[dict[str, Any]]:
    """One customer's records on a topic as Confluent's deserialiser reads them."""
    deserialise = AvroDeserializer(SchemaRegistryClient({"url": url}))
    context = SerializationContext(f"{installation.prefix}{topic}", MessageField.VALUE)
    records = [deserialise(record.value, context) for record in installation.read(topic)]
    return [record for record in records if record["customer_id"] == customer]


def test_from_serialiser_to_deserialiser(
    installation: Installation, worker: WorkerProcess, registry: RegistryServer
) -> None:
    """Purchases of Confluent's serialiser, with an id or a GUID, bring about records that its deserialiser reads."""
    produce(installation, registry.url, purchase("ada"), PURCHASE)
    produce(
        installation,
        registry.url,
        purchase("ada"),
        PURCHASE,
        **{"schema.id.serializer": header_schema_id_serializer},
    )
    installation.wait_until_consumed()
    points = consumed(installation, registry.url, "point-events", "ada")
    assert [record["balance"] for record in points] == [1, 2]
    assert {record["event"]["name"] for record in points} == {"purchase"}
    subjects = {f"{installation.prefix}{topic}" for topic in output_topics() if topic != "rejected-events"}
    assert {subject.partition("-tidemark.outputs.")[0] for subject in registry.subjects} >= subjects


def test_an_older_schema_counts_too(
    installation: Installation, worker: WorkerProcess, registry: RegistryServer
) -> None:
    """A producer that does not know the optional parts of the envelope is understood."""
    schema = json.loads(PURCHASE)
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "source"]
    produce(installation, registry.url, purchase("bob"), json.dumps(schema))
    installation.wait_until_consumed()
    assert [r["balance"] for r in consumed(installation, registry.url, "point-events", "bob")] == [1]


def test_a_schema_that_is_no_events_is_rejected(
    installation: Installation, worker: WorkerProcess, registry: RegistryServer
) -> None:
    """The rejection says which schema it was; the next event counts."""
    number = registry.add({"type": "record", "name": "order", "fields": []}, "orders")
    send(installation, "cyd", b"\x00" + number.to_bytes(4), b"\x00\x00\x01\x86\x9f")
    produce(installation, registry.url, purchase("cyd"), PURCHASE)
    installation.wait_until_consumed()
    why = [
        (record["reason"], record["found"])
        for record in sorted(installation.records("rejected-events"), key=itemgetter("offset"))
        if record["partition"] == home("cyd")
    ]
    assert why == [
        ("not_an_event_schema", f"schema {number}, the schema of order"),
        ("unknown_schema_id", "99999"),
    ]
    assert [r["balance"] for r in consumed(installation, registry.url, "point-events", "cyd")] == [1]


def test_a_registry_that_is_away_stops_only_what_is_unknown(
    installation: Installation, worker: WorkerProcess, registry: RegistryServer
) -> None:
    """Events of known schemas go on; a partition with an unknown one waits, says so, and goes on when it is back."""
    worker.stop()
    schema = json.loads(PURCHASE)
    schema["doc"] = uuid.uuid4().hex
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "id"]
    with RegistryServer() as other:
        other.schemas.update(registry.schemas)
        other.subjects.update(registry.subjects)
        produce(installation, other.url, purchase("dee"), json.dumps(schema))
        held, port = dict(other.schemas), other.port
    elsewhere = next(f"e-{number}" for number in range(100) if home(f"e-{number}") != home("dee"))
    send(installation, "dee", written(purchase("dee")))
    send(installation, elsewhere, written(purchase(elsewhere)))
    with installation.worker("two", TIDEMARK_REGISTRY_URL=f"http://127.0.0.1:{port}") as waiting:
        gauge = f'tidemark_partition_waits_for_schema{{partition="{home("dee")}"}}'
        wait_until(lambda: waiting.metrics().get(gauge) == 1, "the partition to wait")
        wait_until(lambda: json_points(installation, elsewhere), "the other partition to go on")
        assert not json_points(installation, "dee")
        assert "the schema registry cannot be asked for schema" in waiting.said()
        with RegistryServer(port) as back:
            back.schemas.update(held)
            wait_until(lambda: len(json_points(installation, "dee")) == 2, "the partition to go on")
        assert waiting.metrics()[gauge] == 0
        assert waiting.stop() < 10


def json_points(installation: Installation, customer: str) -> list[object]:
    """The customer's grants that stand on their topic in JSON."""
    values = [record.value or b"" for record in installation.read("point-events")]
    records = [json.loads(value) for value in values if value.startswith(b"{")]
    return [record for record in records if record["customer_id"] == customer]


def test_a_registry_that_is_away_may_mean_rejection(
    installation: Installation,
) -> None:
    """If so configured, an event of an unknown schema is rejected with a reason of its own; what follows counts."""
    with installation.worker(
        "three", TIDEMARK_REGISTRY_URL="http://127.0.0.1:9", TIDEMARK_REGISTRY_AWAY="reject"
    ) as running:
        send(installation, "eve", b"\x00\x00\x00\x30\x39rest", written(purchase("eve")))
        installation.wait_until_consumed()
        why = [record["reason"] for record in installation.records("rejected-events")]
        assert "registry_away" in why
        assert len(json_points(installation, "eve")) == 1
        running.stop()
