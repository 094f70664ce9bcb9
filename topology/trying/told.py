"""Effects as the records that they would be, each with its topic.

Decides nothing; ``topology.scenarios.topics`` does.
"""

from collections.abc import Iterable
from typing import NamedTuple

from streams.agents.records import Record
from streams.domain.effects import Effect
from streams.domain.identities import CustomerId
from topology.scenarios.topics import records_of


class Told(NamedTuple):
    """One record that would go out."""

    topic: str
    record: Record


def told_of(customer: CustomerId, effects: Iterable[Effect]) -> tuple[Told, ...]:
    """The records of effects, in order."""
    return tuple(Told(topic, record) for effect in effects for topic, record in records_of(customer, effect))
