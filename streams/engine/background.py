"""What a worker does between records: it takes what is due, and decides customers anew after a change of definitions.

Theory of operation. Both go on in turns. Deadlines come first, since they were promised; a sweep has what they leave of
the turn. Records that wait afterwards have as much time as the deadlines took, and many times what the sweep took:
however many customers are due at one instant, and however many there are, live events go on.

When many customers change, it is their commit that live events wait for. So both have an allowance of time in each
unit of work; that of a sweep shrinks while commits take long and grows again while they do not.

It does not know what either means: that is the ``Decisions``, who are handed customers.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

from streams.domain.instants import Instant
from streams.domain.state import CustomerState
from streams.engine.metrics import Metrics
from streams.engine.ownership import Ownership
from streams.engine.partition import Partition
from streams.engine.poison import Poisoned
from streams.engine.sweeping import Slice
from streams.engine.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

TICK_SECONDS: Final = 0.01
_BREATH_SECONDS: Final = 0.001
_DUE_SLICE: Final = 100
_TURN_SECONDS: Final = 0.02
"""How long deadlines and sweep may go on before records have their turn."""
_PATIENCE: Final = 50
"""How much more time than a sweep records have that wait."""
_DUE_SECONDS: Final = 0.1
"""How long deadlines may go on in one unit of work."""
_LEAST_ALLOWED, _MOST_ALLOWED = 0.005, 0.1
"""Seconds of a sweep in one unit of work."""
_COMMIT_SECONDS: Final = 0.25
"""How long a commit may take before a sweep holds back."""
_SHRINK, _GROW = 0.5, 1.25
"""By how much the allowance changes after one commit, at most."""


class Pending(Protocol):
    """What is done with customers that no record is about; changes go to the partition, outputs to the unit.

    Applying raises ``Poisoned`` where it broke, and does better when it is asked again.
    """

    @property
    def parked(self) -> Container[str]:
        """Customers who are left alone, for they broke."""

    @property
    def fingerprint(self) -> str:
        """Of the definitions that decide."""

    def now(self, partition: Partition) -> Instant | None:
        """The reading of the clock for a partition; ``None`` before the stream clock has one."""

    def apply_due(self, customers: Sequence[str], partition: Partition, unit: UnitOfWork) -> None:
        """Let time pass for customers that are due."""

    def decide_anew(
        self, customers: Iterable[tuple[str, CustomerState]], partition: Partition, unit: UnitOfWork
    ) -> int:
        """Decide customers under the present definitions; how many that moved."""


class Background:
    """Takes turns with the records. For the event loop's thread only, but for ``remaining``.

    ``whole`` surrounds everything that is applied: what an error leaves half done is never committed.
    """

    def __init__(
        self,
        ownership: Ownership,
        pending: Pending,
        metrics: Metrics,
        whole: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._ownership = ownership
        self._pending = pending
        self._metrics = metrics
        self._whole = whole
        self._turns = 0
        self._records_until = 0.0
        self._allowance = _MOST_ALLOWED

    def turn(self, unit: UnitOfWork, backlog: int, *, most: int) -> float:
        """Do some of what is to be done; returns in how many seconds to ask again.

        ``backlog`` records wait. A unit takes no deadlines beyond ``most`` records.
        """
        began = time.monotonic()
        if began < self._records_until and backlog:
            return _BREATH_SECONDS
        self._turns += 1
        allowed = min(_TURN_SECONDS, _DUE_SECONDS - unit.due_seconds)
        due = self._take_all_due(unit, most, began + allowed)
        taken = time.monotonic()
        until = min(began + _TURN_SECONDS, taken + self._allowance - unit.sweep_seconds)
        sweeping = self._sweep_all(unit, until)
        ended = time.monotonic()
        if unit:  # turns with nothing to do add up to nothing
            unit.due_seconds += taken - began
            unit.sweep_seconds += ended - taken
        self._records_until = ended + (taken - began) + _PATIENCE * (ended - taken)
        return _BREATH_SECONDS if due or (sweeping and until > taken) else TICK_SECONDS

    def committed(self, seconds: float) -> None:
        """A unit of work was committed, in so many seconds."""
        change = min(_GROW, max(_SHRINK, _COMMIT_SECONDS / max(seconds, _LEAST_ALLOWED)))
        self._allowance = min(_MOST_ALLOWED, max(_LEAST_ALLOWED, self._allowance * change))

    def follow(self, partition: Partition) -> None:
        """Before anything of a partition is decided: if other definitions decide from now on, sweep under them."""
        fingerprint = self._pending.fingerprint
        if partition.sweep.fingerprint != fingerprint:
            partition.begin_sweep(fingerprint, time.time())
            _tell_begin(partition)

    def remaining(self, partition: Partition) -> int:
        """About how many customers are not decided under the present definitions yet. For any thread."""
        sweep, fingerprint = partition.sweep, self._pending.fingerprint
        return (sweep if sweep.fingerprint == fingerprint else sweep.following(fingerprint, 0.0, 0)).remaining

    def _take_all_due(self, unit: UnitOfWork, most: int, until: float) -> bool:
        """Take some of what is due, one partition after the other; whether there may be more."""
        more = False
        for partition in self._in_turn():
            if time.monotonic() >= until:
                return True
            more |= self._take_due(partition, unit, min(_DUE_SLICE, most - unit.records))
        return more

    def _take_due(self, partition: Partition, unit: UnitOfWork, most: int) -> bool:
        self.follow(partition)
        now = self._pending.now(partition)
        if now is None:
            return False
        if most <= 0:
            return True  # a unit that is full is committed first
        customers, entries = partition.take_due(now, most, self._pending.parked)
        unit.records += entries
        if customers:
            unit.tally[self._metrics.deadlines,] += len(customers)
            with contextlib.suppress(Poisoned), self._whole():
                self._pending.apply_due(customers, partition, unit)
        return entries == most

    def _sweep_all(self, unit: UnitOfWork, until: float) -> bool:
        """Sweep on, one partition after the other; whether there is more."""
        more = False
        for partition in self._in_turn():
            self.follow(partition)
            if partition.sweep.done or self._pending.now(partition) is None:
                continue
            if time.monotonic() < until:
                self._sweep(partition, unit, until)
            more |= not partition.sweep.done
        return more

    def _sweep(self, partition: Partition, unit: UnitOfWork, until: float) -> None:
        piece = Slice(partition, until, self._pending.parked)
        with contextlib.suppress(Poisoned), self._whole():
            moved = self._pending.decide_anew(piece, partition, unit)
            partition.go_on_sweeping(piece.sweep._replace(moved=piece.sweep.moved + moved))
            unit.records += 1 + moved
            if partition.sweep.done:
                _tell_end(partition)

    def _in_turn(self) -> Iterator[Partition]:
        """The partitions in service, each turn another one first."""
        numbers = sorted(self._ownership.serving)
        for index in range(len(numbers)):
            partition = self._ownership.serving.get(numbers[(index + self._turns) % len(numbers)])
            if partition is not None:  # else all were dropped meanwhile
                yield partition


def _tell_begin(partition: Partition) -> None:
    sweep = partition.sweep
    if sweep.remaining:
        logger.info(
            "partition %d: deciding its customers anew under ruleset %s, about %d of them are left",
            partition.number, sweep.fingerprint, sweep.remaining,
        )  # fmt: skip


def _tell_end(partition: Partition) -> None:
    sweep = partition.sweep
    if sweep.met:
        logger.info(
            "partition %d: %d customers decided anew under ruleset %s, %d of them changed, in %.1f s",
            partition.number, sweep.met, sweep.fingerprint, sweep.moved, time.time() - sweep.began_at,
        )  # fmt: skip
    if sweep.left_out:
        logger.warning(
            "partition %d: %d customers were left out, for they broke Tidemark",
            partition.number,
            sweep.left_out,
        )
