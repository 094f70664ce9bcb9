"""One run of a scenario through the pure heart: its customers, its clock, and the records that came out so far.

Decides the order of things as a worker has it: what is due comes before the event of the same instant, each deadline at
its own instant. All customers share one clock, as those of one partition do. Does not know what is expected.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from schemas.rejections import Rejected, rejected_record
from schemas.wire import EventReader
from streams.agents.records import Record
from streams.domain.advance import Transition, advance
from streams.domain.events import Event
from streams.domain.identities import CustomerId, EventId
from streams.domain.instants import LATEST, Instant
from streams.domain.ruleset import Ruleset
from streams.domain.signals import Signal, Tick
from streams.domain.state import NEW_CUSTOMER, CustomerState
from topology.scenarios.topics import REJECTED, records_of

_INPUT = "custom-events"
_BEGINNING = Instant(-(10**15))
"""Before all that can happen."""


class Produced(NamedTuple):
    """One record that came out."""

    topic: str
    customer: CustomerId | None
    """None for who could not be told."""
    record: Record
    step: str
    """The step that brought it about, such as ``when[2]``."""


Compile = Callable[[Sequence[Mapping[str, Any]]], Ruleset]
"""Compiles definitions that take over while a scenario runs."""


Decide = Callable[[CustomerState, Instant, Ruleset], Transition]
"""What makes something of a customer at an instant, such as ``advance`` of a signal."""


class Play:
    """A run; ``produced`` grows with every step."""

    def __init__(self, ruleset: Ruleset, reader: EventReader, compile_later: Compile) -> None:
        self.step = "given"
        """The step that is being played."""
        self.produced: list[Produced] = []
        self._ruleset = ruleset
        self._reader = reader
        self._compile = compile_later
        self._states: dict[CustomerId, CustomerState] = {}
        self._clock = _BEGINNING

    def introduce(self, customer: CustomerId, profile: Mapping[str, Any]) -> None:
        """Somebody of whom a profile is known, and nothing else."""
        self._states[customer] = NEW_CUSTOMER._replace(profile=profile)

    def read(self, body: Mapping[str, Any], name: str, now: Instant | None) -> Event | Rejected:
        """The event in a step, as a worker reads it from the wire; without an id it is known by the step's name."""
        read = self._reader.read(
            msgspec.json.encode(body),
            None,
            self.clock if now is None else now,
            LATEST if now is None else now,  # only who says what the clock reads can be ahead of it
        )
        if isinstance(read, Rejected):
            return read
        return Event._make(read)._replace(id=EventId(read.id if read.id is not None else name))

    @property
    def clock(self) -> Instant | None:
        """What the clock reads; none as long as nothing has told it."""
        return self._clock if self._clock > _BEGINNING else None

    def reject(self, why: Rejected, body: Mapping[str, Any], topic: str = _INPUT) -> None:
        """Put a record that is none of its topic on the topic of those."""
        record = rejected_record(
            why,
            rejected_at=max(self._clock, Instant(0)),
            topic=topic,
            partition=0,
            offset=-1,
            timestamp=-1,
            key=None,
            value=msgspec.json.encode(body),
            headers=None,
        )
        customer = None if why.customer_id is None else CustomerId(why.customer_id)
        self.produced.append(Produced(REJECTED, customer, record, self.step))

    def pass_time(self, to: Instant, *, for_all: bool = False) -> None:
        """Move the clock on, never back; who is due is moved, or everybody, whom new definitions may move."""
        self._clock = max(self._clock, to)
        for customer, state in sorted(self._states.items(), key=_by_due):
            if for_all or (state.due is not None and state.due <= self._clock):
                self.move(customer, lambda clock, who=customer: Tick(who, clock))  # type: ignore[misc]

    def move(self, customer: CustomerId, signal: Callable[[Instant], Signal]) -> None:
        """Move one customer by the signal of the present instant."""
        self.decide(customer, lambda state, now, ruleset: advance(state, signal(now), ruleset))

    def decide(self, customer: CustomerId, decide: Decide) -> None:
        """Move one customer by whatever decides over it at the present instant."""
        before = self._states.get(customer, NEW_CUSTOMER)
        self._states[customer], effects = decide(before, self._clock, self._ruleset)
        for effect in effects:
            self.produced += (
                Produced(topic, customer, record, self.step) for topic, record in records_of(customer, effect)
            )

    def apply(self, definitions: Sequence[Mapping[str, Any]]) -> None:
        """From here on these definitions are live. Raises ``DefinitionError``."""
        self._ruleset = self._compile(definitions)


def _by_due(known: tuple[CustomerId, CustomerState]) -> tuple[Instant, CustomerId]:
    customer, state = known
    return LATEST if state.due is None else state.due, customer
