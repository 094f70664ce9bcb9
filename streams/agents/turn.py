"""What the records of one batch, or one handful of deadlines, are applied to."""

from dataclasses import dataclass

from streams.domain.instants import Instant
from streams.domain.ruleset import Ruleset
from streams.engine.partition import Partition
from streams.engine.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Turn:
    """What one batch, or one handful of deadlines, is applied to."""

    partition: Partition
    unit: UnitOfWork
    at: Instant
    """The wall clock as the turn began."""
    ruleset: Ruleset
