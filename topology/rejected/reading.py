"""Reads what was rejected, and what of it was replayed, from an installation's topics.

Decides that what was taken out for a forgotten customer is not there, also while the brokers keep it yet.
"""

from collections.abc import Iterable, Iterator

from streams.domain.instants import Instant
from topology.rejected.committed import Committed, committed_records, committed_values
from topology.rejected.marks import Marks
from topology.rejected.rejected_event import RejectedEvent
from topology.settings import Settings
from topology.topics import topics_of

_CLOCK_MARGIN = 3_600_000
"""A worker's clock that was set back stands still, so a record may be written before the time that it tells."""

Tombstones = dict[tuple[int, bytes | None], int]
"""Where the last record without a value stands, by partition and key."""


def read_rejected(settings: Settings, since: Instant | None = None) -> Iterator[RejectedEvent]:
    """The rejected events in the order of each partition; ``since`` spares reading most of what is earlier.

    The topic is read twice: what takes a record out stands behind it.
    """
    topic = topics_of(settings).rejected_events.name
    begin = None if since is None else Instant(since - _CLOCK_MARGIN)
    gone = tombstones(committed_records(settings, topic, begin))
    return (RejectedEvent.of(value) for value in remaining(committed_records(settings, topic, begin), gone))


def tombstones(records: Iterable[Committed]) -> Tombstones:
    """What was taken out."""
    return {(each.partition, each.key): each.offset for each in records if each.value is None}


def remaining(records: Iterable[Committed], gone: Tombstones) -> Iterator[bytes]:
    """The values of records that were not taken out after they were written."""
    for each in records:
        if each.value is not None and each.offset > gone.get((each.partition, each.key), -1):
            yield each.value


def read_marks(settings: Settings) -> Marks:
    """What was replayed so far."""
    return Marks(committed_values(settings, topics_of(settings).rejected_replays.name))
