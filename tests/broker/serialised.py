"""Events as a producer sends them that uses Confluent's serialiser and a schema registry."""

from typing import Any

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient, topic_record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from tests.broker.events import home
from tests.broker.installation import Installation, Record


def produce(installation: Installation, url: str, event: Record, schema: str, **conf: Any) -> None:
    """Send an event to where its customer stands, by a schema that is registered on the way."""
    strategy = {"subject.name.strategy": topic_record_subject_name_strategy}
    serialise = AvroSerializer(SchemaRegistryClient({"url": url}), schema, conf={**strategy, **conf})
    topic, headers = f"{installation.prefix}custom-events", list[tuple[str, bytes]]()
    value = serialise(event, SerializationContext(topic, MessageField.VALUE, headers))
    customer = str(event["customer"]["source_id"])
    producer = Producer({"bootstrap.servers": installation.bootstrap})
    producer.produce(topic, value, customer.encode(), partition=home(customer), headers=headers)
    assert producer.flush(30) == 0
