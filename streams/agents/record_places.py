"""Where a record stands, where it was first written, and how it is sent on to where it belongs."""

from confluent_kafka import Message

from schemas.envelope import Headers
from streams.engine.poison import Place
from streams.engine.unit_of_work import Output

ORIGIN_HEADER = "tidemark-origin"
"""On a forwarded record: topic, partition and offset at which it was first written."""


def place_of(message: Message) -> Place:
    """Where a record stands."""
    return Place(message.topic(), message.partition(), message.offset())


def origin_of(message: Message, headers: Headers | None) -> str:
    """Where a record was first written, which tells it apart from all others."""
    origin = dict(headers or ()).get(ORIGIN_HEADER)
    here = f"{message.topic()}-{message.partition()}-{message.offset()}"
    return (origin or b"").decode(errors="replace") or here


def forwarded(message: Message, headers: Headers | None, key: bytes, partition: int) -> Output:
    """The record once more, under a key, on the partition of its customer."""
    marked = [*(headers or ()), (ORIGIN_HEADER, origin_of(message, headers).encode())]
    topic, value, written_at = message.topic(), message.value(), message.timestamp()[1]
    return Output(topic, key, value, partition, marked, written_at)
