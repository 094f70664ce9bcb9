from hashlib import blake2b

from streams.domain.duplicates import MOST, remember
from streams.domain.identities import EventId
from streams.domain.instants import DAY, Instant, Milliseconds

NOON = Instant(1_764_000_000_000)
ALWAYS = Milliseconds(NOON)


def seen(*ids: str) -> bytes:
    """The recent ids after these events, all at noon."""
    recent = b""
    for event_id in ids:
        recent = remember(recent, EventId(event_id), NOON, DAY) or b""
    return recent


def test_a_second_time_is_a_duplicate() -> None:
    """An id is known from its first time on, other ids beside it."""
    assert remember(seen("a", "b"), EventId("a"), NOON, DAY) is None
    assert remember(seen("a", "b"), EventId("c"), NOON, DAY) is not None


def test_the_window() -> None:
    """An id is known for the whole window, to the millisecond, and forgotten after it."""
    recent = seen("a")
    assert remember(recent, EventId("a"), Instant(NOON + DAY), DAY) is None
    assert remember(recent, EventId("a"), Instant(NOON + DAY + 1), DAY) is not None


def test_old_ids_take_no_room() -> None:
    """What the window has passed is dropped when the next event comes."""
    assert len(remember(seen("a", "b", "c"), EventId("d"), Instant(NOON + 2 * DAY), DAY) or b"") == 16


def test_the_number_is_bounded() -> None:
    """Beyond the bound the oldest id is forgotten, and only that."""
    recent = seen(*(f"e-{number}" for number in range(MOST + 1)))
    assert len(recent) == MOST * 16
    assert remember(recent, EventId("e-0"), NOON, DAY) is not None
    assert remember(recent, EventId("e-1"), NOON, DAY) is None


def test_bytes_across_two_entries_are_no_entry() -> None:
    """A digest that happens to stand across two entries does not make an event a duplicate."""
    digest, arrival = blake2b(b"unlucky", digest_size=8).digest(), NOON.to_bytes(8, "big")
    across = bytes(8) + arrival[:4] + digest[:4] + digest[4:] + bytes(4) + arrival
    assert across.find(digest) == 12
    recent = remember(across, EventId("unlucky"), NOON, ALWAYS)
    assert recent == across + digest + arrival
    assert remember(recent, EventId("unlucky"), NOON, ALWAYS) is None


def test_clocks_before_the_epoch() -> None:
    """History from before 1970 is remembered like any other."""
    recent = remember(b"", EventId("a"), Instant(-(10**12)), DAY)
    assert recent is not None
    assert remember(recent, EventId("a"), Instant(-(10**12) + DAY), DAY) is None
    assert remember(recent, EventId("a"), Instant(-(10**12) + DAY + 1), DAY) is not None


def test_any_text_is_an_id() -> None:
    """An id that UTF-8 cannot write is an id all the same."""
    recent = remember(b"", EventId("\ud800"), NOON, DAY)
    assert remember(recent or b"", EventId("\ud800"), NOON, DAY) is None
