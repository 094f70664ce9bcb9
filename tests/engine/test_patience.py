"""Calls that may not come back."""

import threading
import time

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException

from streams.engine import patience
from streams.engine.patience import let_go, within

NOBODY = {"bootstrap.servers": "127.0.0.1:1", "group.id": "unused", "log_level": 0}


def test_the_answer_is_handed_on() -> None:
    """The call is told how long it may take."""
    assert within(2.5, lambda seconds: seconds * 2) == 5.0


def test_the_error_of_a_call_is_handed_on() -> None:
    """Nobody listens there, and the client says so by itself."""
    consumer = Consumer(NOBODY)
    with pytest.raises(KafkaException) as failed:
        within(0.2, lambda seconds: consumer.list_topics(timeout=seconds))
    assert failed.value.args[0].code() == KafkaError._TRANSPORT
    consumer.close()


def test_a_call_that_does_not_come_back_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its limit and a little grace, by an error that says to try again."""
    monkeypatch.setattr(patience, "_GRACE_SECONDS", 0.05)
    for_ever = threading.Event()
    with pytest.raises(KafkaException, match="did not answer within 0 s") as late:
        within(0.05, lambda _: for_ever.wait())
    assert late.value.args[0].retriable()
    for_ever.set()


def test_nobody_waits_for_a_client_that_is_let_go() -> None:
    """Its closing may take as long as it likes."""
    closing, closed = threading.Event(), threading.Event()

    class Slow:
        def close(self) -> None:
            closing.set()
            closed.wait()

    began = time.monotonic()
    let_go(Slow())
    assert closing.wait(10)
    assert time.monotonic() - began < 10
    closed.set()
