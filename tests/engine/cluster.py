"""Topics of one test on a real Kafka: written as producers do, read as consumers do, with the group's own words."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic


class Written(NamedTuple):
    """A record as a consumer sees it."""

    partition: int
    key: bytes | None
    value: bytes | None


class Cluster:
    """Topics, records and offsets under the prefix of one test."""

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self.client: dict[str, Any] = {"bootstrap.servers": bootstrap}
        self.prefix = prefix
        self.group = f"{prefix}group"
        self.admin = AdminClient(self.client)

    def create(self, name: str, partitions: int = 2, **config: str) -> str:
        """Create a topic; returns its full name."""
        topic = self.prefix + name
        self.admin.create_topics([NewTopic(topic, partitions, config=config)])[topic].result(30)
        return topic

    def write(self, topic: str, partition: int, records: Iterable[tuple[bytes | None, bytes | None]]) -> None:
        """Write records outside any transaction."""
        producer = Producer(self.client)
        failures: list[object] = []
        for key, value in records:
            producer.produce(
                topic, value, key, partition=partition, on_delivery=lambda error, _: failures.append(error)
            )
        producer.flush(30)
        assert not any(failures)

    def transactional(self, name: str) -> Producer:
        """A foreign transactional producer, ready to begin."""
        producer = Producer({**self.client, "transactional.id": self.prefix + name})
        producer.init_transactions(30)
        return producer

    def messages(self, topic: str, isolation: str = "read_committed") -> list[Message]:
        """All records of a topic, as a consumer of this isolation sees them."""
        options = {"group.id": "reader", "isolation.level": isolation, "enable.partition.eof": True}
        consumer = Consumer({**self.client, **options})
        numbers = consumer.list_topics(topic, 30).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, 0) for number in numbers])
        found, ended = list[Message](), set[int]()
        while len(ended) < len(numbers):
            for message in consumer.consume(1_000, 0.1):
                if message.error() is None:
                    found.append(message)
                else:
                    assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                    ended.add(message.partition())
        consumer.close()
        return sorted(found, key=lambda message: (message.partition(), message.offset()))

    def read(self, topic: str, isolation: str = "read_committed") -> list[Written]:
        """All records of a topic, partition by partition."""
        return [Written(m.partition(), m.key(), m.value()) for m in self.messages(topic, isolation)]

    def outsider(self) -> object:
        """Group metadata of somebody who is no member: good for a group that has none."""
        consumer = Consumer({**self.client, "group.id": self.group})
        metadata = consumer.consumer_group_metadata()
        consumer.close()
        return metadata

    def committed(self, topic: str, partition: int) -> int:
        """The group's committed offset, negative for none, or while nobody can tell.

        Asked as a consumer that never joins: the admin client crashes on a coordinator that is only just being found.
        """
        consumer = Consumer({**self.client, "group.id": self.group, "isolation.level": "read_uncommitted"})
        try:
            return int(consumer.committed([TopicPartition(topic, partition)], 10)[0].offset)
        except KafkaException:
            return -1
        finally:
            consumer.close()

    def end(self, topic: str, partition: int) -> int:
        """The offset behind the last record or marker."""
        consumer = Consumer({**self.client, "group.id": "reader"})
        _, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), 30)
        consumer.close()
        return int(high)
