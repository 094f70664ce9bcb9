"""The Kafka side of a run, seen from outside: topics, input, committed offsets, committed outputs.

Decides how input is written and how far a group has come. Knows no contestant beyond the names of its topics and
its group.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from confluent_kafka import (
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, NewTopic

from tests.bench.job import PARTITIONS

_BATCH = 10_000
_ANSWER_SECONDS = 5.0
_NOT_YET = frozenset(
    {
        KafkaError._TIMED_OUT,
        KafkaError._WAIT_COORD,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
    },
)
"""What is heard while a new group finds its home."""


class Cluster:
    """One Kafka cluster, by its address."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self._client: dict[str, Any] = {"bootstrap.servers": bootstrap, "log_level": 2}
        self._admin = AdminClient(self._client)

    def create(self, *names: str) -> None:
        """Create those of the topics that are not there."""
        present = self._admin.list_topics(timeout=10).topics
        missing = [NewTopic(name, PARTITIONS, 1) for name in names if name not in present]
        for future in (self._admin.create_topics(missing) if missing else {}).values():
            future.result()

    def delete(self, part_of_name: str) -> None:
        """Delete every topic whose name holds this text."""
        names = [name for name in self._admin.list_topics(timeout=10).topics if part_of_name in name]
        for future in (self._admin.delete_topics(names) if names else {}).values():
            future.result()  # a client that goes away with an answer under way takes the process with it

    def fill(self, topic: str, records: Iterable[tuple[str, bytes]]) -> None:
        """Write keyed records, in order, partitioned as Java clients do; returns when all are acknowledged."""
        producer = Producer(
            {**self._client, "partitioner": "murmur2_random", "enable.idempotence": True, "linger.ms": 50},
        )
        for number, (key, value) in enumerate(records):
            while True:
                try:
                    producer.produce(topic, value, key)
                    break
                except BufferError:
                    producer.poll(0.1)
            if number % _BATCH == 0:
                producer.poll(0)
        if producer.flush(60):
            raise KafkaException(f"topic {topic} could not be filled within a minute")

    @contextmanager
    def progress(self, group: str, topic: str) -> Iterator[Callable[[], int]]:
        """What tells, whenever it is called, how many records of the topic the group has committed.

        It asks as a consumer that never joins: librdkafka's admin client crashes on the answer of a coordinator that
        is only just being found. Uncommitted transactions do not make it wait.
        """
        onlooker = Consumer({**self._client, "group.id": group, "isolation.level": "read_uncommitted"})
        partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        try:
            yield lambda: sum(max(0, partition.offset) for partition in _committed(onlooker, partitions))
        finally:
            onlooker.close()

    def records(self, topic: str, *, at_least: int, patience: float = 10.0) -> Iterator[bytes]:
        """Every committed value of the topic; waits up to ``patience`` seconds for ``at_least`` of them."""
        consumer = Consumer(
            {
                **self._client,
                "group.id": "bench-reader",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
            },
        )
        consumer.assign([TopicPartition(topic, number, 0) for number in range(PARTITIONS)])
        try:
            yield from _until_the_end(consumer, at_least, time.monotonic() + patience)
        finally:
            consumer.close()


def _committed(onlooker: Any, partitions: list[TopicPartition]) -> list[TopicPartition]:
    """The committed offsets; nothing while the coordinator cannot tell."""
    try:
        answer: list[TopicPartition] = onlooker.committed(partitions, _ANSWER_SECONDS)
    except KafkaException as error:
        if error.args[0].code() in _NOT_YET:
            return []
        raise
    return answer


def _until_the_end(consumer: Any, at_least: int, deadline: float) -> Iterator[bytes]:
    """Values until every partition is read to its end and there are enough of them, or time is up."""
    ended: set[int] = set()
    seen = 0
    while len(ended) < PARTITIONS or (seen < at_least and time.monotonic() < deadline):
        for message in consumer.consume(_BATCH, 0.2):
            if message.error() is None:
                seen += 1
                ended.discard(message.partition())
                yield message.value()
            elif message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            else:
                raise KafkaException(message.error())
