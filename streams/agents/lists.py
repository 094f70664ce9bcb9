"""What becomes of records of ``segment-lists``: a customer is put on the list of a segment or taken off.

Decides when that happened: when it is applied, by the clock of the partition. What it means is the heart's decision.
Sees to it that the topic holds nobody who was deleted, so that it goes on saying who is on which list.
"""

from collections.abc import Iterator

from confluent_kafka import Message

from schemas.envelope import Headers
from schemas.rejections import Rejected
from schemas.segment_lists import key_of, read_listing
from streams.agents.customers import CustomerAgent
from streams.agents.record_places import origin_of
from streams.agents.turn import Turn
from streams.domain.identities import CustomerId, SegmentId
from streams.domain.listing import enlist
from streams.domain.lists import lists_of
from streams.domain.signals import Listed
from streams.domain.state import CustomerState
from streams.engine.unit_of_work import Output


class Lists:
    """Applies records of ``segment-lists``; see ``CustomerAgent.also``."""

    def __init__(self, agent: CustomerAgent) -> None:
        self._agent = agent

    def __call__(self, message: Message, headers: Headers | None, turn: Turn) -> None:
        """Apply one record."""
        read = read_listing(message.key(), message.value(), headers)
        if isinstance(read, Rejected):
            self._agent.rejecting.reject(read, message, headers, turn)
            return
        customer, partition = CustomerId(read.customer_id), turn.partition
        if self._agent.sent_on(None, customer, (message, headers), turn, message.key()):
            return
        before, now = partition.load(customer), self._agent.now(partition)
        origin, segment = origin_of(message, headers), SegmentId(read.segment_id)
        signal = Listed(origin, customer, segment, read.listed, now, read.cause)
        self._agent.move(customer, before, enlist(before, signal, turn.ruleset), turn)


def taken_off_all(topic: str, customer: CustomerId, state: CustomerState, partition: int) -> Iterator[Output]:
    """What takes a customer who is forgotten off the lists on ``topic``."""
    for segment, _ in lists_of(state.segments):
        yield Output(topic, key_of(segment, customer), None, partition)
