"""Committing one unit of work: outputs, changelog and input offsets in one Kafka transaction, then the local store.

Runs in a thread of its own, one unit at a time. The transaction is begun and ended here, so none is ever open while
batches are applied. It does not decide when to commit, nor what.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Literal

from confluent_kafka import KafkaError, KafkaException, Message, Producer, TopicPartition

from streams.domain.state import NEW_CUSTOMER
from streams.engine.marks import CLOCK_KEY, SWEEP_KEY, write_clock, write_sweep
from streams.engine.partition import Partition, Touched
from streams.engine.patience import within
from streams.engine.state_codec import encode_state
from streams.engine.state_store import Changes
from streams.engine.unit_of_work import BY_KEY, Output, UnitOfWork

logger = logging.getLogger(__name__)

_REQUEST_SECONDS = 20.0
"""How long the broker may take over one step of a transaction."""
_OFFSETS_SECONDS = 5.0
"""How long it may take over the offsets, which are few."""
_OVER = (KafkaError._STATE, KafkaError._FENCED, KafkaError._FATAL)  # noqa: SLF001 -- public names
"""Why records are not taken that are not to blame: an earlier one failed, or a newer producer has taken over."""


Step = Literal["begun", "written", "offsets-sent", "committed", "stored"]
"""What was done last: a commit is ``stored`` once for each partition, and goes through the others once."""


class TransactionFailed(Exception):  # noqa: N818 -- says what happened
    """The unit of work was not committed, or nobody knows: it must be dropped and the partitions read anew."""


class Transactions:
    """A transactional producer and the way a unit of work goes through it.

    ``reached`` is told of each step, for those who test what ends a worker there.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        transactional_id: str,
        changelog: str,
        reached: Callable[[Step], None] = lambda _: None,
    ) -> None:
        self._reached = reached
        self._config = {**config, "transactional.id": transactional_id}
        self._changelog = changelog
        self._producer = self._renewed()

    def commit(self, unit: UnitOfWork, group: object) -> None:
        """Commit ``unit`` for the consumer group described by ``group``. Raises ``TransactionFailed``."""
        ends: dict[int, int] = {}
        written: dict[Partition, Changes] = {}
        try:
            self._producer.begin_transaction()
            self._reached("begun")
            self._write_outputs(unit.outputs)
            for partition, touched in unit.touched.items():
                written[partition] = self._write_changelog(partition, touched, ends)
            self._reached("written")
            offsets = [
                TopicPartition(topic, number, offset) for (topic, number), offset in unit.offsets.items()
            ]
            if offsets:
                within(_OFFSETS_SECONDS, partial(self._producer.send_offsets_to_transaction, offsets, group))
            self._reached("offsets-sent")
            within(_REQUEST_SECONDS, self._producer.commit_transaction)
        except KafkaException as failure:
            reason = failure.args[0].str()
            logger.warning("transaction given up, its records will be read again: %s", reason)
            self._producer.purge()
            self._producer = self._renewed()
            raise TransactionFailed(reason) from failure
        self._reached("committed")
        self._producer.poll(0)
        for partition, changes in written.items():
            partition.store.apply(changes, ends.get(partition.number))
            self._reached("stored")

    def close(self) -> None:
        """Hand over what is left to the broker; nothing is, between transactions."""
        self._producer.flush(_REQUEST_SECONDS)

    def _write_changelog(self, partition: Partition, touched: Touched, ends: dict[int, int]) -> Changes:
        changes = Changes()
        for instant, key in touched.taken:
            changes.taken(instant, key)
        taken, was_due = set(touched.taken), touched.was_due
        _forget(touched, changes)
        records: list[tuple[bytes, bytes | None]] = []
        for customer, state in touched.states.items():
            key, due = customer.encode(), state.due
            records.append((key, None if state is NEW_CUSTOMER else encode_state(state)))
            if due is not None and (due != was_due[customer] or (due, key) in taken):
                changes.due(due, key)
        partition.recent.weigh(len(records), sum(len(record or b"") for _, record in records))
        if touched.clock is not None:
            records.append((CLOCK_KEY, write_clock(touched.clock)))
        if touched.sweep is not None:
            records.append((SWEEP_KEY, write_sweep(touched.sweep)))
        topic, number, put, produce = self._changelog, partition.number, changes.put, self._producer.produce
        last = records.pop() if records else None
        for key, record in records:
            put(key, record)
            try:
                produce(topic, record, key, number)
            except (BufferError, KafkaException):
                self._send(topic, record, key, number)
        if last is not None:  # its report tells where all of them end
            key, record = last
            put(key, record)
            self._send(topic, record, key, number, on_delivery=_note_end(ends))
        return changes

    def _write_outputs(self, outputs: Iterable[Output]) -> None:
        produce = self._producer.produce
        for topic, key, value, partition, headers, timestamp in outputs:
            if partition != BY_KEY or headers or timestamp:
                self._send(topic, value, key, partition, timestamp=timestamp, headers=list(headers))
                continue
            try:
                produce(topic, value, key)
            except (BufferError, KafkaException):
                self._send(topic, value, key)

    def _send(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int = BY_KEY, **options: object
    ) -> None:
        """Hand a record to the client; waits for room while the broker is slower.

        The loops above, which every event goes through, come here only with what the client did not take at once.
        """
        while True:
            try:
                self._producer.produce(topic, value, key, partition, **options)
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as refusal:
                error, size = refusal.args[0], len(value or b"") + len(key or b"")
                if error.code() in _OVER:
                    raise
                raise RuntimeError(
                    f"a record of {size} bytes for {topic} cannot be written: {error.str()}"
                ) from refusal
            else:
                return

    def _renewed(self) -> Producer:
        """A producer that fences its predecessor and has the broker end what that one left open; waits for the broker.

        A client that once ran into a time limit is not asked again: some of its calls then never return.
        """
        asked = time.monotonic()
        while True:
            producer = Producer(self._config)
            try:
                within(_REQUEST_SECONDS, producer.init_transactions)
            except KafkaException as failure:
                error = failure.args[0]
                if not error.retriable():
                    raise
                waited = time.monotonic() - asked
                logger.warning(
                    "the broker does not answer (%s); waiting for %.0f s by now", error.str(), waited
                )
            else:
                return producer


def _forget(touched: Touched, changes: Changes) -> None:
    """Leave nothing in the due index of customers who are gone: its keys name them."""
    for customer in [name for name, state in touched.states.items() if state is NEW_CUSTOMER]:
        stood = touched.was_due[customer]
        if stood is not None:
            changes.taken(stood, customer.encode())


def _note_end(ends: dict[int, int]) -> Callable[[object, Message], None]:
    def delivered(error: object, message: Message) -> None:
        if error is None:
            ends[message.partition()] = message.offset() + 1

    return delivered
