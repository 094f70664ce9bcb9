"""Ticks on the wire."""

import pytest

from streams.agents.ticks import TICK_HEADER, parse_tick, write_tick
from streams.domain.instants import Instant


def test_a_tick_is_a_header_with_an_instant() -> None:
    """The header's name and RFC 3339, as any tool could write it."""
    assert write_tick(Instant(915_148_800_000)) == [("tidemark-tick", b"1999-01-01T00:00:00Z")]


@pytest.mark.parametrize("instant", [0, 915_148_800_000, 915_148_800_123])
def test_a_tick_is_read_as_it_was_written(instant: int) -> None:
    """Milliseconds survive the writing."""
    ((name, value),) = write_tick(Instant(instant))
    assert name == TICK_HEADER
    assert parse_tick(value) == instant


@pytest.mark.parametrize("value", [None, b"", b"soon", b"\xff", b"1999-13-01"])
def test_a_header_that_holds_no_instant_gives_none(value: bytes | None) -> None:
    """Nonsense moves no clock and raises nothing."""
    assert parse_tick(value) is None
