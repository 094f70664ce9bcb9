"""What a replay of a rejected event would write, and what a worker would say to it: pure, nothing is sent.

Decides key and partition (the customer's), that the event keeps its identity and its time whatever is done to it: an
event without an id is known by where it was first received, and one without a time took its record's, which goes along
as a CloudEvents header. The record's own timestamp is that of the replay, so that the topic's retention does not
take it away unread. Whether it was replayed before is others' business.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from schemas.instants import format_instant
from schemas.rejections import Fault, Rejected
from schemas.wire import EventReader
from streams.agents.record_places import ORIGIN_HEADER
from streams.domain.instants import Instant
from topology.rejected.rejected_event import Headers, RejectedEvent
from topology.topics import MAX_EVENT_BYTES

_TIME_HEADER = "ce_time"
_LARGEST = MAX_EVENT_BYTES - 4_096
"""What the topic takes, less room for key and framing."""


class Replay(NamedTuple):
    """A rejected event as it would stand on ``custom-events`` again."""

    rejected: RejectedEvent
    key: bytes | None
    partition: int
    value: bytes | None
    headers: Headers
    edited: bool
    event: str | None
    customer: str | None
    counts_at: int | None
    """The event's own time, in milliseconds; ``None`` if it would be rejected."""
    faults: tuple[Fault, ...]
    """For what it would be rejected again; none if it would be accepted."""
    impossible: str | None = None
    """Why it cannot be sent at all, if it cannot."""


@dataclass(frozen=True)
class Judge:
    """Judges rejected events anew, as a worker would that read them at one moment."""

    reader: EventReader
    partition_of: Callable[[str], int]
    now: Instant
    edited: bytes | None = None
    """A value that stands in for the original one."""
    others: Collection[str] = ()
    """Topics whose records are no events, in full."""

    def judge(self, rejected: RejectedEvent) -> Replay:
        """What a replay of this event would write, and what would become of it."""
        edited = self.edited is not None
        value = self.edited if edited else rejected.value
        headers = _with_origin(rejected)
        read = self.reader.read(value, headers, rejected.stamped, self.now)
        if self._takes_time(read, value, headers):
            headers.append((_TIME_HEADER, format_instant(rejected.stamped).encode()))
        if isinstance(read, Rejected):
            name, counts_at, faults = read.event, None, read.faults
            impossible = _impossible(rejected, value, edited=edited)
        else:
            name, counts_at, faults, impossible = read.name, read.occurred_at, (), _cut(rejected)
        if rejected.body["topic"] in self.others:
            impossible = f"it is no event: send what is right to {rejected.body['topic']}, as before"
        customer = read.customer_id or None
        key, partition = rejected.key, int(rejected.body["partition"])
        if customer is not None:
            key, partition = customer.encode(), self.partition_of(customer)
        return Replay(
            rejected, key, partition, value, headers, edited, name, customer, counts_at, faults, impossible
        )  # fmt: skip

    def _takes_time(self, read: object, value: bytes | None, headers: Headers) -> bool:
        """Whether the time is the record's: then it makes a difference if there is none."""
        without = self.reader.read(value, headers, None, self.now)
        return _faults(without) != _faults(read)


def _faults(read: object) -> tuple[Fault, ...]:
    return read.faults if isinstance(read, Rejected) else ()


def _with_origin(rejected: RejectedEvent) -> Headers:
    """The headers, and where the record was first written, unless they tell that already."""
    headers = rejected.headers
    if dict(headers).get(ORIGIN_HEADER):
        return headers
    return [*(each for each in headers if each[0] != ORIGIN_HEADER), (ORIGIN_HEADER, rejected.id.encode())]


def _cut(rejected: RejectedEvent) -> str | None:
    if rejected.body["reason"] != "cascade_too_deep":
        return None
    return "it is Tidemark's own, and took effect; change the definitions that react to it"


def _impossible(rejected: RejectedEvent, value: bytes | None, *, edited: bool) -> str | None:
    if _cut(rejected):
        return _cut(rejected)
    if rejected.left_out and not edited:
        return f"its original was too large to be kept here; it stands at {rejected.id} while that topic keeps it"
    if len(value or b"") > _LARGEST:
        return f"it has {len(value or b''):,} bytes, custom-events takes {_LARGEST:,}; send less with --value FILE"
    return None
