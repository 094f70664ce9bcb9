"""One slice of a sweep: who of a partition's customers comes next to be decided under the present definitions.

Theory of operation. From the moment at which definitions take over, whoever is decided is decided under them, so only
those have to be gone through who were there before: the few that were not in the store yet, and then those in the
store, by key. Each state says under which definitions it was decided, which is read off the end of its record; who
was decided under the present ones meanwhile is passed by. The place reached is kept with what was decided on the way,
in the same transaction, so that it goes on there after a crash, or with another owner.

A reading of the store ends with the slice: what is not in memory then is as the store has it, and no old version of the
store is held on to. It does not know what deciding means.
"""

import time
from collections.abc import Container, Iterator
from typing import Final

from streams.domain.state import CustomerState
from streams.engine.marks import is_mark
from streams.engine.partition import Partition
from streams.engine.state_codec import decode_state, label_of

_LOOK_EVERY: Final = 16
"""Customers between two looks at the clock."""
_BEHIND: Final = b"\x00"
"""Added to a key, makes the first that may follow it."""


class Slice:
    """Gives the customers to decide, until time is up or all are through; to be iterated over once, to its end.

    Customers that are ``parked`` are left out.
    """

    def __init__(self, partition: Partition, until: float, parked: Container[str]) -> None:
        self._partition = partition
        self._until = until
        self._parked = parked
        self._label = label_of(partition.sweep.fingerprint)
        self.sweep = partition.sweep
        """How far the sweep is, once the slice has ended."""

    def __iter__(self) -> Iterator[tuple[str, CustomerState]]:
        """The customers with their states."""
        waiting = self._partition.unstored
        while waiting:
            name = waiting.pop()
            yield from self._undecided(name, self._partition.load(name))
            if time.monotonic() > self._until:
                return
        yield from self._stored()

    def _stored(self) -> Iterator[tuple[str, CustomerState]]:
        remembered, label, after, met = self._partition.remembered, self._label, self.sweep.after, 0
        done = True
        for key, record in self._partition.store.records(after + _BEHIND):
            if is_mark(key):
                continue
            after, met = key, met + 1
            name = key.decode()
            state = remembered(name)
            if state is not None or not record.endswith(label):
                self._partition.loaded_bytes += len(record)
                yield from self._undecided(name, state or decode_state(record))
            if not met % _LOOK_EVERY and time.monotonic() > self._until:
                done = False
                break
        self.sweep = self.sweep._replace(after=after, done=done, met=self.sweep.met + met)

    def _undecided(self, name: str, state: CustomerState) -> Iterator[tuple[str, CustomerState]]:
        if state.ruleset == self.sweep.fingerprint:
            return
        if name in self._parked:
            self.sweep = self.sweep._replace(left_out=self.sweep.left_out + 1)
        else:
            yield name, state
