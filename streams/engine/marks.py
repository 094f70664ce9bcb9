"""What a partition keeps beside its customers, among the same records: its stream clock, and how far its sweep is.

Decides their keys and how they are written. They go through the changelog like any customer, so that they move with
what they speak of, in the same transaction.
"""

from typing import Final, NamedTuple, Self

import msgspec

from streams.domain.instants import Instant

CLOCK_KEY: Final = b"\x00clock"
SWEEP_KEY: Final = b"\x00sweep"
_FIRST_BYTE: Final = b"\x00"


def is_mark(key: bytes) -> bool:
    """Whether a record is none of a customer: no customer id starts with a control character."""
    return key[:1] == _FIRST_BYTE


class Sweep(NamedTuple):
    """How far a partition is with deciding all its customers under one set of definitions."""

    fingerprint: str = ""
    """Of those definitions."""
    since: str = ""
    """Of the definitions under which all were decided before; empty if they were not all under the same."""
    began_at: float = 0.0
    """In seconds since 1970."""
    after: bytes = b""
    """All customers up to this key are decided."""
    done: bool = True
    met: int = 0
    """Customers passed so far."""
    moved: int = 0
    """Those whose memberships were changed by it."""
    left_out: int = 0
    """Those who are parked, and were not decided."""
    expected: int = 0
    """About how many there are."""

    def following(self, fingerprint: str, at: float, expected: int) -> Self:
        """The sweep that begins under other definitions; ``expected`` counts if nobody has counted yet."""
        whole = self.done and not self.left_out
        return self._replace(
            fingerprint=fingerprint, since=self.fingerprint if whole else "", began_at=at, after=b"", done=False,
            met=0, moved=0, left_out=0, expected=self.met if self.done and self.met else expected,
        )  # fmt: skip

    @property
    def remaining(self) -> int:
        """About how many customers are left; 0 only at the end, or where nobody is expected."""
        if self.done or not (self.met or self.expected):
            return 0
        return max(1, self.expected - self.met)


_decoder = msgspec.msgpack.Decoder(Sweep)


def write_clock(now: Instant) -> bytes:
    """The record of a stream clock."""
    return now.to_bytes(8, "big", signed=True)


def read_clock(record: bytes) -> Instant:
    """The reading that ``write_clock`` wrote."""
    return Instant(int.from_bytes(record, "big", signed=True))


def write_sweep(sweep: Sweep) -> bytes:
    """The record of a sweep."""
    return msgspec.msgpack.encode(sweep)


def read_sweep(record: bytes) -> Sweep:
    """The sweep that ``write_sweep`` wrote."""
    return _decoder.decode(record)
