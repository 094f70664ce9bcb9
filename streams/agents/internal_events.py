"""The ``customer.*`` events that Tidemark itself causes, in the JSON form of an event.

Decides how they are written on ``internal-events``, and how it is told that they set one another off without end. What
they carry is the heart's decision.
"""

import msgspec

from schemas.rejections import Fault, rejected, rejected_record
from streams.agents.records import Record, written
from streams.domain.cascade import MOST_DEPTH
from streams.domain.effects import CascadeCut
from streams.domain.events import Event
from streams.domain.instants import Instant


def internal_event(event: Event) -> Record:
    """The record of topic ``internal-events``."""
    return {
        "id": event.id,
        "event": event.name,
        "customer": {"source_id": event.customer_id},
        "occurred_at": written(event.occurred_at),
        "source": event.source,
        "metadata": dict(event.metadata),
    }


def cut_record(cut: CascadeCut, topic: str, emitted_at: Instant) -> Record:
    """The record of topic ``rejected-events`` for what was not fed back; ``topic`` is that of internal events.

    It came from no record, so it has no place there: its partition and offset are -1.
    """
    event, expected = cut.event, f"at most {MOST_DEPTH} internal events that come of one another"
    found = f"{event.name}" if cut.events == 1 else f"{event.name} and {cut.events - 1} more"
    fault = Fault("cascade_too_deep", "value", expected, found)
    return rejected_record(
        rejected([fault], event.name, event.source, event.customer_id),
        rejected_at=emitted_at,
        topic=topic,
        partition=-1,
        offset=-1,
        timestamp=event.occurred_at,
        key=event.customer_id.encode(),
        value=msgspec.json.encode(internal_event(event)),
        headers=None,
    )
