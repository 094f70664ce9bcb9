"""The mailer's rounds: one record after the other, its position committed when it is settled.

Decides when to read, wait, try again and stop. While a letter waits for the server, the partitions are paused and the
group is still polled, so that a long absence of the server costs no rebalance. What becomes of a trigger is the desk's
matter.
"""

import logging
import random
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException

from deploy.demo.mailer.counts import Counts
from deploy.demo.mailer.desk import Desk
from deploy.demo.mailer.ledger import Ledger
from deploy.demo.mailer.settings import KafkaSettings
from deploy.demo.mailer.triggers import UnreadableError, read_trigger

LONGEST_WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.5
_PRUNE_EVERY = timedelta(hours=1)
_LOG = logging.getLogger(__name__)


class _Held(NamedTuple):
    """A record that waits for the server."""

    message: Any
    attempt: int
    at: float
    """When to try again, on the monotonic clock."""


class Rounds:
    """A consumer in its group. Not for several threads; only ``stopping`` may be set from elsewhere."""

    def __init__(self, settings: KafkaSettings, desk: Desk, ledger: Ledger, counts: Counts) -> None:
        self.stopping = threading.Event()
        self._desk = desk
        self._ledger = ledger
        self._counts = counts
        self._held: _Held | None = None
        self._prune_at = datetime.now(UTC)
        self._consumer: Any = Consumer(
            {
                **settings.properties,
                "bootstrap.servers": settings.bootstrap,
                "group.id": settings.group,
                "isolation.level": "read_committed",  # what Tidemark took back is never seen
                "auto.offset.reset": "earliest",  # what waited before the first start is still due, or has expired
                "enable.auto.offset.store": False,  # only what is settled counts as read
                "partition.assignment.strategy": "range",  # a rebalance takes all away, so nothing is held over it
            }
        )
        self._consumer.subscribe([settings.topic], on_revoke=self._revoked, on_lost=self._revoked)

    def run(self) -> None:
        """Go round until ``stopping``. Raises ``UnreadableError`` and Kafka's own errors that it cannot go on from."""
        try:
            while not self.stopping.is_set():
                self._prune()
                message = self._consumer.poll(_POLL_SECONDS if self._held is None else self._patience())
                if message is not None:
                    self._take(message)
                elif self._held is not None and time.monotonic() >= self._held.at:
                    self._settle(self._held.message, self._held.attempt)
        finally:
            self._consumer.close()

    def _take(self, message: Any) -> None:
        error = message.error()
        if error is None:
            self._settle(message, 1)
        elif error.fatal() or error.code() in _HOPELESS:
            raise KafkaException(error)
        else:
            _LOG.warning("Kafka says: %s", error.str())  # the client goes on by itself

    def _settle(self, message: Any, attempt: int) -> None:
        value = message.value()
        fate = "needless"
        if value is not None:
            try:
                trigger = read_trigger(value)
            except UnreadableError as error:
                place = f"{message.topic()}/{message.partition()}/{message.offset()}"
                raise UnreadableError(f"{place}: {error}") from error
            fate = self._desk.settle(trigger, value)
            if fate == "waits":
                self._hold(message, attempt)
                return
        self._release()
        self._consumer.store_offsets(message)  # committed every few seconds, on a rebalance and at the end …
        if fate == "sent":
            self._commit(message)

    def _commit(self, message: Any) -> None:
        """… but at once behind a letter, where another mailer would begin that takes over."""
        try:
            self._consumer.commit(message=message, asynchronous=False)
        except KafkaException as error:
            # A later commit takes this one along; until then the ledger knows the id.
            _LOG.warning("The position was not committed: %s", error.args[0].str())

    def _hold(self, message: Any, attempt: int) -> None:
        longest = min(LONGEST_WAIT_SECONDS, 0.5 * 2**attempt)
        wait = longest * random.uniform(0.5, 1)  # noqa: S311 - so that many mailers do not knock at once
        self._held = _Held(message, attempt + 1, time.monotonic() + wait)
        self._counts.held.set(1)
        self._consumer.pause(self._consumer.assignment())

    def _release(self) -> None:
        if self._held is not None:
            self._held = None
            self._counts.held.set(0)
            self._consumer.resume(self._consumer.assignment())

    def _patience(self) -> float:
        left = 0.0 if self._held is None else self._held.at - time.monotonic()
        return min(_POLL_SECONDS, max(0.0, left))

    def _revoked(self, _consumer: Any, _partitions: Any) -> None:
        # Whoever gets the partition reads the held record again: its position was not committed.
        self._held = None
        self._counts.held.set(0)

    def _prune(self) -> None:
        now = datetime.now(UTC)
        if now >= self._prune_at:
            self._prune_at = now + _PRUNE_EVERY
            _LOG.info("forgot %d letters that have expired", self._ledger.prune(now))


_HOPELESS = frozenset(
    {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError._AUTHENTICATION}  # noqa: SLF001 - librdkafka's name for it
)
"""What only whoever runs the mailer can change."""
