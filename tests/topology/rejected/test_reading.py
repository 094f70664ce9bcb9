"""What was taken out of the rejected events is not there, though the brokers keep it yet."""

from topology.rejected.committed import Committed
from topology.rejected.reading import remaining, tombstones

RECORDS = [
    Committed(0, 1, 0, b"a", b"first"),
    Committed(0, 2, 0, b"b", b"second"),
    Committed(0, 3, 0, b"a", None),
    Committed(0, 4, 0, b"a", b"later"),
    Committed(1, 1, 0, b"a", b"elsewhere"),
    Committed(1, 2, 0, None, b"without a key"),
]


def test_a_tombstone_hides_what_stands_before_it() -> None:
    """On its own partition, under its own key; what comes after it stays."""
    left = list(remaining(RECORDS, tombstones(RECORDS)))
    assert left == [b"second", b"later", b"elsewhere", b"without a key"]
