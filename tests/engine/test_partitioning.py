"""The partition of a key is the one that Java clients choose."""

from collections import Counter

import pytest
from confluent_kafka import Message, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from streams.engine.partitioning import murmur2, partition_of, partitioner
from tests.conftest import Kafka

# As published in Apache Kafka's own UtilsTest.testMurmur2; Java's ints are signed.
PUBLISHED = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}
CUSTOMERS = ["", "1", "c-42", "Zoë", "顧客", *(f"customer-{number}" for number in range(500))]


@pytest.mark.parametrize(("key", "signed"), PUBLISHED.items())
def test_the_digest_is_kafkas(key: bytes, signed: int) -> None:
    """The published vectors of Apache Kafka hold."""
    assert murmur2(key) == signed % 2**32


@pytest.mark.parametrize(("key", "signed"), PUBLISHED.items())
def test_the_sign_is_cut_off_and_not_turned(key: bytes, signed: int) -> None:
    """Java takes ``toPositive``, which clears the sign bit; an absolute value would be another partition."""
    assert partition_of(key, 1_000) == (signed & 0x7FFFFFFF) % 1_000


def test_a_customer_is_its_utf8_bytes() -> None:
    """The remembering function answers as the plain one does for the encoded id, also when it is asked twice."""
    of = partitioner(7)
    for customer in CUSTOMERS * 2:
        assert of(customer) == partition_of(customer.encode(), 7)


def test_customers_are_spread() -> None:
    """No partition of four gets less than half or more than double its share."""
    shares = Counter(map(partitioner(4), CUSTOMERS))
    assert all(len(CUSTOMERS) / 8 < shares[number] < len(CUSTOMERS) / 2 for number in range(4))


@pytest.mark.broker
def test_the_client_library_chooses_the_same_partitions(kafka: Kafka, topic_prefix: str) -> None:
    """A record that librdkafka places by ``murmur2_random`` stands where our own computation says."""
    topic = f"{topic_prefix}keys"
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    admin.create_topics([NewTopic(topic, 7)])[topic].result(30)
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "partitioner": "murmur2_random"})
    placed: dict[bytes, int] = {}

    def delivered(error: object, message: Message) -> None:
        assert error is None
        placed[message.key()] = message.partition()

    keys = [customer.encode() for customer in CUSTOMERS if customer]
    for key in keys:
        producer.produce(topic, b"", key, on_delivery=delivered)
    producer.flush(30)
    assert placed == {key: partition_of(key, 7) for key in keys}
