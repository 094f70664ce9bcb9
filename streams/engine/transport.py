"""Faust's transport seam: a consumer that hands agents whole batches, and a producer that stays idle.

Faust sees one message per batch of records and no offsets to acknowledge: what is committed, and when, is the
processor's. Rebalances reach Faust only so far as its conductor must know the assignment. Everything that Faust may do
to a batch on the way (clear a queue, restart an agent) is noticed by the processor, which reads it again.
"""

import asyncio
import logging
import threading
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from typing import Any, ClassVar

import faust
from confluent_kafka import TopicPartition
from faust.transport.base import Transport
from faust.transport.consumer import Consumer
from faust.transport.producer import Producer
from faust.types import TP, ConsumerMessage, Message
from mode import Service

from streams.engine.intake import Intake
from streams.engine.processor import Processor
from streams.engine.record_batches import RecordBatch

logger = logging.getLogger(__name__)

_YIELD_SECONDS = 8.0
"""How long partitions that go away may take to commit; less than the session's timeout, so that the group waits."""


class BatchSchema(faust.Schema):  # type: ignore[misc]
    """Batches are values already: nothing to decode."""

    def loads_key(self, app: faust.App, message: Message, **_: Any) -> None:
        """A batch has no key of its own."""

    def loads_value(self, app: faust.App, message: Message, **_: Any) -> RecordBatch:
        """The batch."""
        batch: RecordBatch = message.value
        return batch


class BatchConsumer(Consumer):  # type: ignore[misc]
    """Faust's consumer over an ``Intake``."""

    consumer_stopped_errors: ClassVar[tuple[type[BaseException], ...]] = ()

    def on_init(self) -> None:
        """Connect the intake's thread to this event loop."""
        self._intake: Intake = self.transport.intake
        self._processor: Processor = self.transport.processor
        self._arrived: asyncio.Queue[RecordBatch] = asyncio.Queue()
        self._owned: set[TP] = set()

    async def on_start(self) -> None:
        """Start fetching; nothing is subscribed yet."""
        self._loop = asyncio.get_running_loop()
        self._intake.start(self)
        self.add_future(self._processor.run())

    async def on_stop(self) -> None:
        """Leave the group, which commits and closes what is owned."""
        await asyncio.to_thread(self._intake.stop)
        await self._processor.close()

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Join the group."""
        (self._divided,) = topics
        self._intake.subscribe(self._divided, self.transport.following)

    async def on_task_error(self, exc: BaseException) -> None:
        """An agent failed: the worker ends loudly. Faust alone would start the agent anew and go on."""
        await self.app.crash(exc)

    # -- called in the intake's thread

    def deliver(self, batches: Sequence[RecordBatch]) -> None:
        """Batches arrived."""
        self._loop.call_soon_threadsafe(self._accept, batches)

    def assigned(self, tenures: Mapping[TopicPartition, threading.Event]) -> None:
        """Partitions are ours; they are brought up while fetching goes on."""
        self._soon(self._gain(tenures))

    def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Partitions go away; returns when nothing of them is open, or when the group will not wait any longer."""
        yielded = self._soon(self._yield_up(_tps(partitions), lost=False))
        done, _ = wait([yielded], _YIELD_SECONDS)
        if not done:
            logger.warning(
                "partitions %s go away uncommitted, the broker does not answer: they will be read again",
                _numbers(partitions),
            )

    def lost(self, partitions: Sequence[TopicPartition]) -> None:
        """Partitions are gone; what is open is dropped as soon as the event loop comes round to it."""
        logger.warning("fenced: partitions %s belong to another worker now", _numbers(partitions))
        self._soon(self._yield_up(_tps(partitions), lost=True))

    def failed(self, failure: BaseException) -> None:
        """The intake's thread ended by an error: the worker stops loudly."""
        asyncio.run_coroutine_threadsafe(self.crash(failure), self._loop)

    def _soon(self, change: Coroutine[Any, Any, None]) -> Future[None]:
        """Have the event loop make a change; the order of calls is kept."""
        changing = asyncio.run_coroutine_threadsafe(change, self._loop)
        changing.add_done_callback(self._tell_end)
        return changing

    def _tell_end(self, changing: Future[None]) -> None:
        failure = None if changing.cancelled() else changing.exception()
        if failure is not None:
            self.failed(failure)

    # -- called on the event loop

    def _accept(self, batches: Sequence[RecordBatch]) -> None:
        for batch in batches:
            self._arrived.put_nowait(batch)

    async def _gain(self, tenures: Mapping[TopicPartition, threading.Event]) -> None:
        self._owned |= _tps(tenures)
        await self._processor.add({gained.partition: gone for gained, gone in tenures.items()})
        self.app.on_rebalance_start()
        await self.on_partitions_assigned(set(self._owned), self.app.consumer_generation_id)

    async def _yield_up(self, gone: set[TP], *, lost: bool) -> None:
        self._owned -= gone
        await self._processor.remove(sorted(tp.partition for tp in gone), lost=lost)

    async def _drain_messages(self, fetcher: Service) -> None:
        """Faust's fetcher: pass batches on to the conductor, one message each."""
        while not (self.should_stop or fetcher.should_stop):
            batch = await self._arrived.get()
            await self.callback(self._to_message(batch))

    def _to_message(self, record: RecordBatch) -> ConsumerMessage:
        """A batch of whichever topic, under the one that the agent has subscribed to."""
        tp = TP(self._divided, record.partition)
        return ConsumerMessage(
            tp.topic, tp.partition, record.follows, 0.0, 0, None, None, record, None, 0, 0, tp,
            generation_id=self.app.consumer_generation_id,
        )  # fmt: skip

    def assignment(self) -> set[TP]:
        """The partitions that are ours."""
        return set(self._owned)

    async def commit(self, topics: object = None, start_new_transaction: bool = True) -> bool:
        """Nothing: units of work commit."""
        return False

    async def wait_empty(self) -> None:
        """Commit what was applied."""
        await self._processor.flush()

    async def perform_seek(self) -> None:
        """Nothing: the processor knows where to read on."""

    async def verify_all_partitions_active(self) -> None:
        """Nothing: the processor finds lost batches."""

    def highwater(self, tp: TP) -> int:
        """The end of a partition as last seen by the client."""
        return self._intake.ends.get((tp.topic, tp.partition), 0)

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """The ends of partitions; Faust asks for those of its own tables, of which there are none."""
        return {tp: self.highwater(tp) for tp in partitions}

    def close(self) -> None:
        """Nothing: ``on_stop`` closes."""

    # -- what Faust asks of a consumer with tables, or with offsets to keep

    async def _not_asked_for(self, *_: object, **__: object) -> Any:
        raise NotImplementedError("the processor keeps positions, and Faust has no tables here")

    create_topic = position = seek_wait = seek_to_committed = _commit = _seek = _getmany = _not_asked_for

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        """Asked for Faust's own tables, of which there are none."""
        return {}

    def _new_topicpartition(self, topic: str, partition: int) -> TP:
        return TP(topic, partition)

    def topic_partitions(self, topic: str) -> int | None:
        """Unknown here."""
        return None

    def key_partition(self, topic: str, key: bytes | None, partition: int | None = None) -> int | None:
        """Unknown here."""
        return partition


class IdleProducer(Producer):  # type: ignore[misc]
    """Faust's producer: nothing leaves through it, everything through units of work."""

    async def flush(self) -> None:
        """Nothing is buffered."""


class BatchTransport(Transport):  # type: ignore[misc]
    """The transport: made with the intake and the processor, given to the Faust app.

    The app knows of one topic; batches of the ``following`` ones reach the same agent.
    """

    Consumer: ClassVar[type[BatchConsumer]] = BatchConsumer
    Producer: ClassVar[type[IdleProducer]] = IdleProducer
    driver_version = "confluent-kafka"

    def __init__(
        self, app: faust.App, intake: Intake, processor: Processor, following: Sequence[str] = ()
    ) -> None:
        super().__init__([], app)
        self.intake = intake
        self.processor = processor
        self.following = following


def _numbers(partitions: Iterable[TopicPartition]) -> list[int]:
    return sorted(p.partition for p in partitions)


def _tps(partitions: Iterable[TopicPartition]) -> set[TP]:
    return {TP(p.topic, p.partition) for p in partitions}
