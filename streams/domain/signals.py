"""What moves a customer: an event, or the passing of time.

A signal carries the reading of the clock; nothing below asks for the time. Whoever makes signals sees to it that the
clock never goes back for one customer: what was decided at an instant is not decided again for an earlier one.
"""

from typing import NamedTuple

from streams.domain.events import Event
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant


class Occurred(NamedTuple):
    """An event arrived while the clock read ``now``; deadlines up to ``now`` come before it."""

    event: Event
    now: Instant


class Tick(NamedTuple):
    """The clock reads ``now``: every deadline up to it, itself included, takes effect at its own instant."""

    customer_id: CustomerId
    now: Instant


Signal = Occurred | Tick
