"""One occasion on which a distribution sends: the message that goes out, or what holds it back.

Decides the record of either; whether it is an occasion at all (cause and validation rule) was decided before, and what
has fired is kept by whoever asks.
"""

from typing import NamedTuple

from streams.domain.distributions import Distribution, HeldBack
from streams.domain.effects import Cause, MessageSuppressed, MessageTriggered
from streams.domain.facts import Facts
from streams.domain.identities import RecordId
from streams.domain.instants import Instant, Milliseconds
from streams.domain.record_ids import record_id
from streams.domain.segments import Segment
from streams.domain.templates import TemplateFailedError
from streams.domain.triggers import TriggerKind


class Sending(NamedTuple):
    """A distribution and what set it off."""

    distribution: Distribution
    facts: Facts
    kind: TriggerKind
    cause: Cause
    segment: Segment | None
    occurred_at: Instant
    age: Milliseconds
    cause_id: str

    def outcome(self, fired: tuple[Instant, ...], sequence: int) -> MessageTriggered | MessageSuppressed:
        """The message, or why there is none; ``fired`` are the distribution's earlier firings for the customer."""
        held_back = self.distribution.held_back(self.occurred_at, self.age, fired)
        if held_back is not None:
            return self._suppressed(held_back, sequence)
        try:
            return self._triggered(sequence)
        except TemplateFailedError as failed:
            return self._suppressed(HeldBack("template", None, str(failed)), sequence)

    def _triggered(self, sequence: int) -> MessageTriggered:
        distribution, facts, segment = self.distribution, self.facts, self.segment
        return MessageTriggered(
            self._record_id("distribution"),
            sequence,
            distribution.id,
            distribution.version,
            facts.profile,
            self.kind,
            self.cause,
            facts.event,
            None if segment is None else segment.id,
            distribution.message(facts, segment),
            self.occurred_at,
            Instant(self.occurred_at + distribution.max_age),
        )

    def _suppressed(self, held_back: HeldBack, sequence: int) -> MessageSuppressed:
        return MessageSuppressed(
            self._record_id("suppression"),
            sequence,
            self.distribution.id,
            self.distribution.version,
            self.kind,
            self.cause,
            self.facts.event,
            None if self.segment is None else self.segment.id,
            held_back.reason,
            held_back.until,
            self.occurred_at,
            held_back.detail,
        )

    def _record_id(self, kind: str) -> RecordId:
        distribution = self.distribution
        return record_id(kind, distribution.id, distribution.version, self.facts.customer_id, self.cause_id)
