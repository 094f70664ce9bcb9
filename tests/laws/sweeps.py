"""A partition of many customers under a real agent and a real store, driven step by step: for the laws of sweeps.

What is applied is committed in two steps, as it is beside a broker: handed over, and stored. Whatever is not stored
when the worker dies is gone, its outputs included, and read again.
"""

from collections.abc import Sequence
from typing import NamedTuple

from streams.domain.definitions import Definition
from streams.domain.instants import Instant, format_instant
from streams.domain.state import CustomerState
from streams.engine.marks import is_mark
from streams.engine.partition import Touched
from streams.engine.recent_states import RecentStates
from streams.engine.state_codec import decode_state
from streams.engine.state_store import StateStore
from streams.engine.unit_of_work import UnitOfWork
from tests.agents.shop import Record, Shop, purchase, written


class Bought(NamedTuple):
    """A purchase, in the order of time."""

    customer: str
    at: int


class _Handed(NamedTuple):
    touched: Touched
    outputs: list[Record]
    position: int


class Worked:
    """The partition, what is to come, and what was published for good."""

    def __init__(self, store: StateStore, bought: Sequence[Bought], first: Sequence[Definition]) -> None:
        self._bought, self._in_force, self.store = bought, first, store
        self.published: list[Record] = []
        self._position = self._committed = 0
        self._open: list[Record] = []
        self._handed: _Handed | None = None
        self._shop = Shop(store, *first)
        self._begin()

    @property
    def left(self) -> int:
        """Purchases that were not applied yet."""
        return len(self._bought) - self._position

    @property
    def swept(self) -> bool:
        """Whether everybody was decided under the present definitions."""
        sweep = self._shop.partition.sweep
        return sweep.done and sweep.fingerprint == self._shop.agent.fingerprint

    def do(self, action: str, times: int) -> None:
        """Do something so often."""
        doing = {
            "buy": self.buy, "sweep": self.sweep, "due": self.due, "hand over": self.hand_over,
            "commit": self.commit, "drop": self.drop, "crash": self.crash,
        }  # fmt: skip
        for _ in range(times):
            doing[action]()

    def buy(self) -> None:
        """The next purchase comes."""
        if not self.left:
            return
        one = self._bought[self._position]
        self._position += 1
        event = purchase(one.customer, format_instant(Instant(one.at)), id=f"e-{self._position}")
        self._collect(self._shop.take(event))

    def edit(self, definitions: Sequence[Definition]) -> None:
        """Other definitions take over."""
        self._in_force = definitions
        self._shop.edit(*definitions)

    def sweep(self) -> None:
        """As little of a sweep as there may be."""
        self._collect(self._shop.sweep(until=0.0))

    def due(self) -> None:
        """Some of those who are due are taken."""
        now = self._shop.agent.now(self._shop.partition)
        if now is not None:
            unit = UnitOfWork(0.0)
            taken = self._shop.partition.take_due(now, 3)
            self._shop.agent.apply_due(taken.customers, self._shop.partition, unit)
            self._collect(unit)

    def hand_over(self) -> None:
        """What was collected is being committed; what was before it, is."""
        self.commit()
        self._handed = _Handed(self._shop.partition.freeze(), self._open, self._position)
        self._open = []

    def commit(self) -> None:
        """What was handed over is committed and stored."""
        if self._handed is not None:
            self._shop.store(self._handed.touched)
            self.published += self._handed.outputs
            self._committed, self._handed = self._handed.position, None

    def crash(self) -> None:
        """The worker dies and comes back, on its store; it knows nothing of earlier definitions."""
        self._shop = Shop(self.store, *self._in_force)
        self._begin()

    def drop(self) -> None:
        """A commit fails: the same worker brings the partition up anew."""
        self._shop.begin_again()
        self._begin()

    def finish(self) -> None:
        """Do all that is left."""
        while self.left:
            self.buy()
        while not self.swept:
            self.sweep()
        for _ in range(2):  # the due index has what is stored
            self.hand_over()
            self.commit()
            for _ in self.states():
                self.due()
        self.hand_over()
        self.commit()

    def states(self) -> dict[str, CustomerState]:
        """What the store holds of each customer."""
        records = self.store.records()
        return {key.decode(): decode_state(record) for key, record in records if not is_mark(key)}

    def _begin(self) -> None:
        """From what is committed; with so little memory that most states are read from the store."""
        self._open, self._handed, self._position = [], None, self._committed
        self._shop.partition.recent = RecentStates(most=3)
        self._shop.follow()

    def _collect(self, unit: UnitOfWork) -> None:
        self._open += written(unit, "segment-changes")
