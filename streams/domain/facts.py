"""What a condition may look at when it is decided: one customer at one instant.

Filters and validation rules are compiled into predicates over these facts, so that both see the same customer.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from streams.domain.events import Event, JsonValue
from streams.domain.identities import CustomerId, EventName, SegmentId
from streams.domain.instants import Instant
from streams.domain.state import Membership, Occurrence


class Facts(NamedTuple):
    """One customer at one instant."""

    customer_id: CustomerId
    occurrences: Mapping[EventName, Occurrence]
    profile: Mapping[str, JsonValue]
    segments: Mapping[SegmentId, Membership]
    """As far as they are decided: a segment is decided after those it refers to."""
    now: Instant
    event: Event | None
    """The event that is being decided on, if it is one."""


Predicate = Callable[[Facts], bool]
"""A compiled condition."""


def everyone(_facts: Facts) -> bool:
    """The predicate that always holds."""
    return True


def all_of(predicates: tuple[Predicate, ...]) -> Predicate:
    """Holds when every one holds; asked in order, and no further than needed."""
    if len(predicates) == 1:
        return predicates[0]
    if len(predicates) == 2:
        first, second = predicates
        return lambda facts: first(facts) and second(facts)

    def every(facts: Facts) -> bool:
        for predicate in predicates:  # noqa: SIM110  a generator costs more than the predicates
            if not predicate(facts):
                return False
        return True

    return every


def any_of(predicates: tuple[Predicate, ...]) -> Predicate:
    """Holds when one holds; asked in order, and no further than needed."""
    if len(predicates) == 1:
        return predicates[0]
    if len(predicates) == 2:
        first, second = predicates
        return lambda facts: first(facts) or second(facts)

    def some(facts: Facts) -> bool:
        for predicate in predicates:  # noqa: SIM110  as above
            if predicate(facts):
                return True
        return False

    return some


def none_of(predicate: Predicate) -> Predicate:
    """Holds when the other does not."""
    return lambda facts: not predicate(facts)
