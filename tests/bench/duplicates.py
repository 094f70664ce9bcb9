"""``python -m tests.bench.duplicates``: what remembering event ids costs, in bytes of a customer's state record.

Decides on a plain customer: one event on one day, one segment. The bytes are those of the changelog and of RocksDB
before it compresses; the time is that of looking one id up among them and adding it, in the best of several rounds.
"""

import timeit
from functools import partial

from streams.domain.day_counts import with_one_more
from streams.domain.duplicates import MOST, remember
from streams.domain.identities import EventId
from streams.domain.instants import DAY, Instant
from streams.domain.state import NEW_CUSTOMER, Membership, Occurrence
from streams.engine.state_codec import encode_state

_NOW = Instant(1_764_000_000_000)
_TODAY = with_one_more(b"", _NOW)
_TIMES = 20_000


def main() -> None:
    """Print the table."""
    print("| ids remembered | state record, bytes | look up and add, µs |")
    print("|---|---|---|")
    for count in (0, 10, MOST):
        recent = remembered(count)
        look_up = partial(remember, recent, EventId("new"), _NOW, DAY)
        seconds = min(timeit.repeat(look_up, number=_TIMES, repeat=5))
        print(f"| {count} | {record_bytes(recent):,} | {seconds / _TIMES * 1e6:.1f} |")


def remembered(count: int) -> bytes:
    """As many ids, of a length such as UUIDs have."""
    recent = b""
    for number in range(count):
        recent = remember(recent, EventId(f"{number:032x}"), _NOW, DAY) or b""
    return recent


def record_bytes(recent: bytes) -> int:
    """The size of a plain customer's record with these ids."""
    state = NEW_CUSTOMER._replace(
        occurrences={"purchase": Occurrence(3, _NOW, _NOW, _TODAY)},  # type: ignore[dict-item]  # a name is a name
        segments={"regulars": Membership(1, _NOW)},  # type: ignore[dict-item]
        recent=recent,
        ruleset="0123456789abcdef",
    )
    return len(encode_state(state))


if __name__ == "__main__":
    main()
