"""Records that the brokers do not take are told to whoever sent them."""

import asyncio

import pytest

from streams.gateway.sender import NotSent, Sender

NOWHERE = {"bootstrap.servers": "127.0.0.1:9", "log_level": 0, "message.timeout.ms": 200}


def test_a_record_that_nobody_acknowledges_is_not_sent() -> None:
    """It is told within the time that a record has."""
    sender = Sender(NOWHERE, "events")
    with pytest.raises(NotSent, match="timed out"):
        asyncio.run(sender.send(b"c-1", b"{}", ()))
    sender.close()


def test_what_has_no_room_is_refused_at_once() -> None:
    """A queue that is full makes nobody wait."""
    sender = Sender({**NOWHERE, "queue.buffering.max.messages": 1}, "events")

    async def both() -> list[object]:
        sending = (sender.send(b"c-1", b"{}", ()) for _ in range(2))
        return list(await asyncio.gather(*sending, return_exceptions=True))

    waited, refused = asyncio.run(both())
    assert isinstance(waited, NotSent)
    assert isinstance(refused, NotSent)
    assert "timed out" in str(waited)
    assert "too many" in str(refused)
    sender.close()


def test_a_record_that_is_too_large_is_refused() -> None:
    """The client says so before anybody is asked."""
    sender = Sender({**NOWHERE, "message.max.bytes": 1_000}, "events")
    with pytest.raises(NotSent, match="too large"):
        asyncio.run(sender.send(b"c-1", b"x" * 2_000, ()))
    sender.close()
