"""What becomes of a record that cannot be applied: it goes to ``rejected-events`` as it came, with the reason.

Decides how such a record is counted, and under which key it stands. Does not decide what is wrong with a record.
"""

from collections.abc import Iterable

import msgspec
from confluent_kafka import Message

from schemas.envelope import Headers
from schemas.json_values import JsonObject
from schemas.rejections import Fault, rejected, rejected_record
from schemas.wire import Rejected
from streams.agents.emission import Emission
from streams.agents.record_places import place_of
from streams.agents.source_labels import SourceLabels
from streams.agents.turn import Turn
from streams.domain.effects import Effect, PointsRefused
from streams.domain.instants import Instant, format_instant
from streams.engine.poison import Poison

UNREADABLE = rejected([Fault("invalid_envelope", "headers", "names in UTF-8", "bytes that are none")])
"""The client cannot read a name that is not UTF-8, and fails worse when asked again."""


def points_refused(effect: PointsRefused) -> Rejected:
    """The rejection that the sender of an event is told of."""
    event, reason, path, expected, found = effect
    return rejected([Fault(reason, path, expected, found)], event.name, event.source, event.customer_id)


def refused_record(refused: PointsRefused, topic: str, rejected_at: Instant) -> JsonObject:
    """The record of topic ``rejected-events`` where the record that the event came in is not at hand."""
    event = refused.event
    body = {
        "id": event.id,
        "event": event.name,
        "customer": {"source_id": event.customer_id},
        "occurred_at": format_instant(event.occurred_at),
        "source": event.source,
        "metadata": dict(event.metadata),
    }
    return rejected_record(
        points_refused(refused),
        rejected_at=rejected_at,
        topic=topic,
        partition=0,
        offset=-1,
        timestamp=event.occurred_at,
        key=None,
        value=msgspec.json.encode(body),
        headers=None,
    )


class Rejecting:
    """Writes rejected records."""

    def __init__(self, emission: Emission, poison: Poison, sources: SourceLabels) -> None:
        self.count = 0
        """How many were rejected so far."""
        self._emission = emission
        self._poison = poison
        self._sources = sources

    def reject(
        self, why: Rejected, message: Message, headers: Headers | None, turn: Turn, earlier: int = 0
    ) -> None:
        """Write a record as it came, with the reason; ``earlier`` rejections of it there were."""
        record = rejected_record(
            why,
            topic=message.topic(),
            partition=message.partition(),
            offset=message.offset(),
            timestamp=message.timestamp()[1],
            key=message.key(),
            value=message.value(),
            headers=headers,
            rejected_at=turn.at,
        )
        self._emission.rejected(_identity(message, record["timestamp"], earlier), record, turn.unit)
        defined = turn.ruleset.plans  # a label takes no free text
        name = why.event if why.event in defined else ""
        source = self._sources.of(why.source)
        turn.unit.tally[self._poison.metrics.rejected, why.reason, name, source] += 1
        self.count += 1

    def refuse_points(
        self, effects: Iterable[Effect], message: Message, headers: Headers | None, turn: Turn
    ) -> None:
        """Write the record of an event that counts, and that asked to move points in a way that cannot be."""
        refused = [effect for effect in effects if isinstance(effect, PointsRefused)]
        for earlier, effect in enumerate(refused):
            self.reject(points_refused(effect), message, headers, turn, earlier)

    def park(self, message: Message, turn: Turn) -> None:
        """Write a record that broke Tidemark itself, with its traceback."""
        trace = self._poison.records[place_of(message)]
        reason = trace.strip().rpartition("\n")[2]
        fault = Fault("internal_error", "record", "a record that Tidemark can apply", reason)
        self.reject(rejected([fault])._replace(traceback=trace), message, message.headers(), turn)


def _identity(message: Message, stamped: object, earlier: int) -> str:
    """What tells a rejection apart from all others, the same when the record is read again.

    The timestamp is in it because positions come again when a topic is made anew.
    """
    place = f"{message.topic()}-{message.partition()}-{message.offset()}@{stamped}"
    return f"{place}#{earlier + 1}" if earlier else place
