"""How often a distribution, an earning rule or a campaign may fire for one customer.

Decides by the instants of earlier firings, in event time: once and never again, a cooldown, and so many times in a
period, which rolls or is one of the calendar. Only who has limits is remembered, and no more instants than the limits
ask for. A late event counts firings after it as if they were in its period, for those before may be forgotten: so it
may be refused, but in whatever order events come, no limit is ever exceeded.
"""

from bisect import insort
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from streams.domain.calendars import UTC_CALENDAR, calendar_at
from streams.domain.durations import duration_at
from streams.domain.faults import ABSENT, Place
from streams.domain.instants import Instant, Milliseconds
from streams.domain.periods import PERIODS, Period

LIMITS: Final = frozenset({"once", "cooldown", "max"})
"""Keys that ``limits_of`` reads."""

MOST_TIMES = 1_000
"""Firings that one limit may count: as many instants may be remembered for each customer."""

LimitReason = Literal["once", "cooldown", "max"]
"""Which limit holds back."""


class Limits(NamedTuple):
    """A cooldown after each firing, at most ``times`` firings in any period, or one firing ever; any may be missing."""

    cooldown: Milliseconds | None = None
    times: int | None = None
    per: Milliseconds | Period | None = None
    """Rolling, or of the calendar."""
    once: bool = False

    @property
    def remembered(self) -> int:
        """Firings to remember, the newest of them; none without limits."""
        return max(self.times or 0, 1 if self.cooldown or self.once else 0)

    def admit(self, fired: tuple[Instant, ...], at: Instant) -> bool:
        """Whether one more firing is allowed; ``fired`` is ascending."""
        return self.refusal(fired, at) is None

    def refusal(self, fired: tuple[Instant, ...], at: Instant) -> LimitReason | None:
        """Which limit forbids one more firing; none if none does."""
        if not fired:
            return None
        if self.once:
            return "once"
        if self.cooldown and at - fired[-1] < self.cooldown:
            return "cooldown"
        if not self.times or not self.per or len(fired) < self.times:
            return None
        begin = self.per.start(at) if isinstance(self.per, Period) else at - self.per + 1
        return "max" if fired[-self.times] >= begin else None

    def admits_from(self, fired: tuple[Instant, ...]) -> Instant | None:
        """The instant from which on one more firing is allowed, if no other comes; none if any is, or if none is."""
        waits: list[Instant] = []
        if not fired or self.once:
            return None
        if self.cooldown:
            waits.append(Instant(fired[-1] + self.cooldown))
        if self.times and self.per and len(fired) >= self.times:
            last = fired[-self.times]
            waits.append(self.per.end(last) if isinstance(self.per, Period) else Instant(last + self.per))
        return max(waits, default=None)

    def noted(self, fired: tuple[Instant, ...], at: Instant) -> tuple[Instant, ...]:
        """The firings to remember after one more."""
        instants = list(fired)
        insort(instants, at)
        return tuple(instants[-self.remembered :])


NO_LIMITS = Limits()


def limits_of(place: Place, body: Mapping[str, object]) -> Limits:
    """Read ``once``, ``cooldown`` and ``max`` of a ``limits`` mapping, noting faults."""
    cooldown = duration_at(place.at("cooldown"), body["cooldown"]) if "cooldown" in body else None
    once = place.at("once").boolean(body.get("once", False))
    if "max" not in body:
        return Limits(cooldown, once=once)
    here = place.at("max")
    most = here.mapping(body["max"]) or {}
    here.keys(most, {"times", "per", "zone"})
    times = most.get("times", ABSENT)
    if isinstance(times, bool) or not isinstance(times, int) or not 0 < times <= MOST_TIMES:
        here.at("times").fault(f"a whole number, 1 to {MOST_TIMES}", times)
        times = None
    return Limits(cooldown, times, _per(here, most), once)


def _per(place: Place, body: Mapping[str, object]) -> Milliseconds | Period | None:
    per = body.get("per", ABSENT)
    if isinstance(per, str) and per in PERIODS:
        calendar = calendar_at(place.at("zone"), body["zone"]) if "zone" in body else UTC_CALENDAR
        return Period(per, calendar or UTC_CALENDAR)
    if "zone" in body:
        place.at("zone").fault("no zone beside a duration", body["zone"], f"per may be {', '.join(PERIODS)}")
    if isinstance(per, str) and not per.startswith("P"):
        place.at("per").choice(per, (*PERIODS, "a duration such as P7D"))
        return None
    return duration_at(place.at("per"), per)
