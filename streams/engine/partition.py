"""One owned partition: its customers' states as the work in progress sees them, its positions, its clock, its sweep.

States are looked up in a bounded memory of recent ones, then in the store. What is not stored yet is always remembered,
so the memory is what the work in progress sees; when that is dropped, the whole partition is brought up anew. Only what
is committed reaches the store. It does not know what moves a state.
"""

import threading
from collections.abc import Container
from itertools import islice
from typing import NamedTuple

from streams.domain.instants import Instant
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine.due_index import PREFIX as FIRST_DUE
from streams.engine.due_index import due_key
from streams.engine.marks import CLOCK_KEY, SWEEP_KEY, Sweep, read_clock, read_sweep
from streams.engine.recent_states import RecentStates
from streams.engine.state_codec import decode_state
from streams.engine.state_store import StateStore

_EVER = Instant(1 << 62)


class Touched(NamedTuple):
    """What one unit of work changed in one partition."""

    states: dict[str, CustomerState]
    was_due: dict[str, Instant | None]
    """Under which instant each changed customer stood in the due index before."""
    taken: list[tuple[Instant, bytes]]
    """Entries of the due index that were taken."""
    clock: Instant | None
    """The stream clock, if it moved."""
    sweep: Sweep | None = None
    """How far the sweep is, if it went on."""


class Taken(NamedTuple):
    """What was taken from the due index."""

    customers: list[str]
    """Those who are due."""
    entries: int
    """How many entries that took, stale ones included."""


def _nothing() -> Touched:
    return Touched({}, {}, [], None)


class Partition:
    """A partition that this worker owns and serves."""

    def __init__(
        self,
        number: int,
        store: StateStore,
        gone: threading.Event | None = None,
        recent: RecentStates | None = None,
    ) -> None:
        self.number = number
        self.store = store
        self.gone = gone or threading.Event()
        """Set by the intake's thread when the partition is not ours any more: then nothing of it may be committed."""
        self.positions: dict[str, int] = {}
        """The next offset to apply, by input topic."""
        self.epoch = 0
        """Number of the latest start of reading; batches of earlier ones are void."""
        self.clock, self.sweep = self._stored_marks()
        """The largest event time seen, ``None`` before the first event; how far deciding everybody anew is."""
        self.unstored: list[str] = []
        """Customers that may not have been in the store when the sweep began, and are yet to be decided."""
        self.last_written = 0
        """Timestamp of the last record applied, in milliseconds."""
        self.storms = False
        """Whether so many of its records are rejected that it is hardly the records that are wrong."""
        self.recent = recent or RecentStates()
        """How many states may be kept in memory."""
        self.loaded_bytes = 0
        """Of the records that were read from the store for the unit being collected."""
        self._touched = _nothing()
        self._states, self._was_due = self._touched.states, self._touched.was_due
        self._frozen = _nothing()
        self._recent: dict[str, CustomerState] = {}
        self._older: dict[str, CustomerState] = {}
        self._due_cursor = FIRST_DUE
        self._left_due: Instant | None = None

    def load(self, customer: str) -> CustomerState:
        """The state of a customer, ``NEW_CUSTOMER`` if there is none."""
        return self._recent.get(customer) or self._recalled(customer)

    def peek(self, customer: str) -> CustomerState:
        """The state that ``load`` gives, for who only looks: nothing is remembered of it."""
        return self._known(customer)

    def save(self, customer: str, before: CustomerState, after: CustomerState) -> None:
        """Keep a new state, in the place of the one that was loaded, for the unit being collected."""
        if customer not in self._states:
            self._was_due[customer] = before.due
        self._states[customer] = self._recent[customer] = after

    def advance_clock(self, now: Instant) -> Instant:
        """Move the stream clock on, never back; returns its reading."""
        if self.clock is None or now > self.clock:
            self.clock = now
            self._touched = self._touched._replace(clock=now)
        return self.clock

    def begin_sweep(self, fingerprint: str, at: float) -> None:
        """From here on customers are decided under other definitions: all that there are have to be gone through."""
        self.unstored = [*self._frozen.states, *self._touched.states]
        self.go_on_sweeping(self.sweep.following(fingerprint, at, self.store.estimated_size()))

    def go_on_sweeping(self, sweep: Sweep) -> None:
        """Keep how far the sweep is, for the unit being collected."""
        self.sweep = sweep
        self._touched = self._touched._replace(sweep=sweep)

    def remembered(self, customer: str) -> CustomerState | None:
        """The state of a customer if it is in memory; if not, that in the store is the newest."""
        return self._recent.get(customer) or self._older.get(customer)

    def take_due(self, now: Instant, limit: int, parked: Container[str] = ()) -> Taken:
        """Take at most ``limit`` entries of the due index up to ``now``; stale ones name nobody.

        Those of ``parked`` customers stay where they are.
        """
        due: list[str] = []
        before = len(self._touched.taken)
        for key, instant, customer in islice(self.store.due(now, self._due_cursor), limit):
            self._due_cursor = key
            name = customer.decode()
            if name in parked:
                self._left_due = min(instant, self._left_due or instant)
                continue
            state = self._known(name)
            if state.due == instant:
                self._recent[name] = state
                due.append(name)
            self._touched.taken.append((instant, customer))
        return Taken(due, len(self._touched.taken) - before)

    def earliest_due(self) -> Instant | None:
        """The earliest instant at which anybody not taken is due, who is parked included.

        By the due index, stale entries included, and by the states that are not in it yet.
        """
        entry = next(self.store.due(_EVER, self._due_cursor), None)
        collected = {**self._frozen.states, **self._touched.states}
        instants = [state.due for state in collected.values() if state.due is not None]
        if entry is not None:
            instants.append(entry[1])
        if self._left_due is not None:
            instants.append(self._left_due)
        return min(instants, default=None)

    def freeze(self) -> Touched:
        """Hand over the collected changes for commit and begin anew; the previous ones must be settled.

        What is forgotten here was remembered before the previous changes were handed over: the store has it.
        """
        self._frozen, self._touched = self._touched, _nothing()
        self._states, self._was_due = self._touched.states, self._touched.was_due
        self.loaded_bytes = 0
        if len(self._recent) > self.recent.share:
            self._older, self._recent = self._recent, {}
        return self._frozen

    def settle(self) -> None:
        """The frozen changes are committed and stored.

        What was taken leaves marks in the store that cost time to pass, so reading goes on where it was, unless
        somebody came to be due before that.
        """
        instants = [state.due for state in self._frozen.states.values() if state.due is not None]
        self._frozen = _nothing()
        if self._left_due is not None:
            self._due_cursor, self._left_due = FIRST_DUE, None
        elif instants:
            self._due_cursor = min(self._due_cursor, due_key(min(instants), b""))

    def _recalled(self, customer: str) -> CustomerState:
        state = self._recent[customer] = self._known(customer)
        return state

    def _known(self, customer: str) -> CustomerState:
        """The state, without remembering it."""
        return self.remembered(customer) or self._stored(customer)

    def _stored(self, customer: str) -> CustomerState:
        record = self.store.get(customer.encode())
        if record is None:
            return NEW_CUSTOMER
        self.loaded_bytes += len(record)
        return decode_state(record)

    def _stored_marks(self) -> tuple[Instant | None, Sweep]:
        clock, sweep = self.store.get(CLOCK_KEY), self.store.get(SWEEP_KEY)
        return (
            None if clock is None else read_clock(clock),
            Sweep() if sweep is None else read_sweep(sweep),
        )
