"""Calls of the Kafka client that are not waited for longer than they may take.

The client does not keep to its limits: when a connection is lost at the wrong moment, a call never returns (librdkafka
issues 5456 and 5511). Its thread is left behind then, and its client must not be used any more.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from confluent_kafka import KafkaError, KafkaException

_GRACE_SECONDS = 1.0

_T = TypeVar("_T")


class Closable(Protocol):
    """A client."""

    def close(self) -> object:
        """Let go of connections and threads."""


def within(seconds: float, call: Callable[[float], _T]) -> _T:
    """The answer of a call that is given so many seconds. Raises ``KafkaException``, also where it does not end."""
    done: Future[_T] = Future()

    def calling() -> None:
        try:
            done.set_result(call(seconds))
        except KafkaException as failure:
            done.set_exception(failure)

    threading.Thread(target=calling, name="patience", daemon=True).start()
    try:
        return done.result(seconds + _GRACE_SECONDS)
    except TimeoutError as late:
        reason = f"the broker did not answer within {seconds:.0f} s"
        timed_out = KafkaError(KafkaError._TIMED_OUT, reason, retriable=True)  # noqa: SLF001 -- a public name
        raise KafkaException(timed_out) from late


def let_go(client: Closable) -> None:
    """Close a client that is not needed any more, without waiting for that."""
    threading.Thread(target=client.close, name="closing", daemon=True).start()
