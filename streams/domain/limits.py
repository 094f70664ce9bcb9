"""How often a distribution or an earning rule may fire for one customer.

Decides by the instants of earlier firings, in event time and rolling: a cooldown, and so many times in a period. Only
who has limits is remembered, and no more instants than the limits ask for.
"""

from bisect import insort
from collections.abc import Mapping
from typing import NamedTuple

from streams.domain.durations import duration_at
from streams.domain.faults import ABSENT, Place
from streams.domain.instants import Instant, Milliseconds

MOST_TIMES = 1_000
"""Firings that one limit may count: as many instants may be remembered for each customer."""


class Limits(NamedTuple):
    """A cooldown after each firing, and at most ``times`` firings in any period; either may be missing."""

    cooldown: Milliseconds | None = None
    times: int | None = None
    per: Milliseconds | None = None

    @property
    def remembered(self) -> int:
        """Firings to remember, the newest of them; none without limits."""
        return max(self.times or 0, 1 if self.cooldown else 0)

    def admit(self, fired: tuple[Instant, ...], at: Instant) -> bool:
        """Whether one more firing is allowed; ``fired`` is ascending."""
        if self.cooldown and fired and at - fired[-1] < self.cooldown:
            return False
        return not (
            self.times and self.per and len(fired) >= self.times and at - fired[-self.times] < self.per
        )

    def admits_from(self, fired: tuple[Instant, ...]) -> Instant | None:
        """The instant from which on one more firing is allowed, if no other comes; none if any is."""
        waits: list[Instant] = []
        if self.cooldown and fired:
            waits.append(Instant(fired[-1] + self.cooldown))
        if self.times and self.per and len(fired) >= self.times:
            waits.append(Instant(fired[-self.times] + self.per))
        return max(waits, default=None)

    def noted(self, fired: tuple[Instant, ...], at: Instant) -> tuple[Instant, ...]:
        """The firings to remember after one more."""
        instants = list(fired)
        insort(instants, at)
        return tuple(instants[-self.remembered :])


NO_LIMITS = Limits()


def limits_of(place: Place, body: Mapping[str, object]) -> Limits:
    """Read ``cooldown`` and ``max`` of a ``limits`` mapping, noting faults."""
    cooldown = duration_at(place.at("cooldown"), body["cooldown"]) if "cooldown" in body else None
    if "max" not in body:
        return Limits(cooldown)
    here = place.at("max")
    most = here.mapping(body["max"]) or {}
    here.keys(most, {"times", "per"})
    times = most.get("times", ABSENT)
    if isinstance(times, bool) or not isinstance(times, int) or not 0 < times <= MOST_TIMES:
        here.at("times").fault(f"a whole number, 1 to {MOST_TIMES}", times)
        times = None
    return Limits(cooldown, times, duration_at(here.at("per"), most.get("per", ABSENT)))
