"""Everything Tidemark remembers of one customer, as one immutable value.

The mappings are never changed in place: a new state shares what did not change. How the value is written to disk is
the engine's business.
"""

from collections.abc import Mapping
from typing import NamedTuple

from streams.domain.cards import Cards
from streams.domain.events import JsonValue
from streams.domain.identities import EventName, SegmentId
from streams.domain.instants import Instant


class Occurrence(NamedTuple):
    """How often one event occurred, first and last, by event time."""

    count: int  # type: ignore[assignment]  # hides the method of the same name, on purpose
    first: Instant
    last: Instant
    days: bytes = b""
    """How often on which of the newest days, see ``day_counts``."""


class Membership(NamedTuple):
    """Under which version of a segment the customer is in it, and since when."""

    version: int
    entered_at: Instant
    announced: bool = True
    """Whether ``entered`` was published: not for passive and static segments. Who was announced also ``left``."""


class CustomerState(NamedTuple):
    """The state of one customer."""

    occurrences: Mapping[EventName, Occurrence]
    profile: Mapping[str, JsonValue]
    segments: Mapping[SegmentId, Membership]
    """With the lists that the customer stands on, under names of their own; see ``lists``."""
    cards: Cards
    """The customer's loyalty cards, by campaign and code."""
    firings: Mapping[str, tuple[Instant, ...]]
    """When a limited distribution or earning rule last fired, by ``kind/id``; only for those with limits."""
    recent: bytes
    """Digests of recent event ids with their arrival, see ``duplicates``."""
    due: Instant | None
    """The next instant at which time alone can change something; may be early, is never late."""
    sequence: int
    """Number of output records so far."""
    ruleset: str
    """Fingerprint of the ruleset under which the memberships were last decided."""


NEW_CUSTOMER = CustomerState({}, {}, {}, {}, {}, b"", None, 0, "")
"""The state of a customer of whom nothing is known."""
