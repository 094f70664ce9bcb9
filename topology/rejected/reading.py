"""Reads what was rejected, and what of it was replayed, from an installation's topics."""

from collections.abc import Iterator

from streams.domain.instants import Instant
from topology.rejected.committed import committed_values
from topology.rejected.marks import Marks
from topology.rejected.rejected_event import RejectedEvent
from topology.settings import Settings
from topology.topics import topics_of

_CLOCK_MARGIN = 3_600_000
"""A worker's clock that was set back stands still, so a record may be written before the time that it tells."""


def read_rejected(settings: Settings, since: Instant | None = None) -> Iterator[RejectedEvent]:
    """The rejected events in the order of each partition; ``since`` spares reading most of what is earlier."""
    topic = topics_of(settings).rejected_events.name
    begin = None if since is None else Instant(since - _CLOCK_MARGIN)
    return map(RejectedEvent.of, committed_values(settings, topic, begin))


def read_marks(settings: Settings) -> Marks:
    """What was replayed so far."""
    return Marks(committed_values(settings, topics_of(settings).rejected_replays.name))
