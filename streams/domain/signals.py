"""What moves a customer: an event, a change of the profile or of a list, the passing of time, a deletion.

A signal carries the reading of the clock; nothing below asks for the time. Whoever makes signals sees to it that the
clock never goes back for one customer: what was decided at an instant is not decided again for an earlier one.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from streams.domain.events import Event, JsonValue
from streams.domain.identities import CustomerId, SegmentId
from streams.domain.instants import Instant


class Occurred(NamedTuple):
    """An event arrived while the clock read ``now``; deadlines up to ``now`` come before it."""

    event: Event
    now: Instant


class Tick(NamedTuple):
    """The clock reads ``now``: every deadline up to it, itself included, takes effect at its own instant."""

    customer_id: CustomerId
    now: Instant


class ProfileChanged(NamedTuple):
    """Somebody told of a customer without an event, when the clock read ``now``."""

    id: str
    """Tells it apart from all others of this customer, whatever is replayed."""
    customer_id: CustomerId
    profile: Mapping[str, JsonValue]
    """Fields to merge; null clears one."""
    now: Instant | None
    """``None`` while the stream clock has no reading: then the profile is kept, and decides nothing yet."""


class Deleted(NamedTuple):
    """A customer is to be forgotten, when the clock read ``now``."""

    id: str
    """Tells it apart from all others of this customer, whatever is replayed."""
    customer_id: CustomerId
    now: Instant


class Listed(NamedTuple):
    """Somebody put a customer on a segment's list, or took him off, when the clock read ``now``; see ``listing``."""

    id: str
    """Tells it apart from all others of this customer, whatever is replayed."""
    customer_id: CustomerId
    segment_id: SegmentId
    """Defined or not."""
    listed: bool
    now: Instant | None
    """``None`` while the stream clock has no reading: then the list is kept, and decides nothing yet."""
    cause: Literal["profile", "definition"] = "profile"
    """Whether it happened to the customer, or to the list as a whole by those who define it."""


Signal = Occurred | ProfileChanged | Tick | Deleted
