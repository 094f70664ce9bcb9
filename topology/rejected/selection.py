"""Which rejected events are meant: by id, event, reason, source, customer, and the time of their rejection."""

from dataclasses import dataclass

from streams.domain.instants import Instant
from topology.rejected.rejected_event import RejectedEvent


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a rejected event must be; what is ``None`` or empty asks for nothing."""

    ids: frozenset[str] = frozenset()
    event: str | None = None
    reason: str | None = None
    source: str | None = None
    customer: str | None = None
    since: Instant | None = None
    """Rejected then or later."""
    until: Instant | None = None
    """Rejected before."""

    def __contains__(self, rejected: RejectedEvent) -> bool:
        """Whether this one is meant."""
        asked = (
            ("event", self.event),
            ("reason", self.reason),
            ("source", self.source),
            ("customer_id", self.customer),
        )
        return (
            (not self.ids or rejected.id in self.ids)
            and all(wanted is None or rejected.body[field] == wanted for field, wanted in asked)
            and (self.since is None or rejected.rejected_at >= self.since)
            and (self.until is None or rejected.rejected_at < self.until)
        )

    def __bool__(self) -> bool:
        """Whether anything is asked for at all."""
        return self != Selection()
