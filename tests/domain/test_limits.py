from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.calendars import calendar_of
from streams.domain.faults import Place
from streams.domain.instants import DAY, Instant, Milliseconds, parse_instant
from streams.domain.limits import NO_LIMITS, Limits, limits_of
from streams.domain.periods import Period

HOUR = 3_600_000


def fired(limits: Limits, *instants: int) -> list[int]:
    """The instants at which something fires that is asked at all of these."""
    noted: tuple[Instant, ...] = ()
    found: list[int] = []
    for instant in map(Instant, instants):
        if limits.admit(noted, instant):
            noted = limits.noted(noted, instant)
            found.append(instant)
        assert len(noted) <= limits.remembered
    return found


def test_a_cooldown_lasts_from_each_firing() -> None:
    """Within the cooldown nothing fires; at its end it does; what was held back prolongs nothing."""
    assert fired(Limits(Milliseconds(10)), 0, 9, 10, 15, 20) == [0, 10, 20]


def test_times_in_a_rolling_period() -> None:
    """In any period of that length there are at most so many firings."""
    assert fired(Limits(None, 2, Milliseconds(10)), 0, 5, 9, 10, 14, 15, 16, 20) == [0, 5, 10, 15, 20]


def test_a_late_occasion_counts_what_fired_after_it() -> None:
    """For an occasion that comes late, firings after it hold it back as well."""
    assert fired(Limits(Milliseconds(10)), 100, 95, 50) == [100]
    assert fired(Limits(None, 2, Milliseconds(10)), 100, 50, 49, 105) == [100, 50, 105]


def test_once_is_ever() -> None:
    """Who fired once never fires again, however late; nothing says when."""
    once = Limits(once=True)
    assert fired(once, 100, 5, 10**13) == [100]
    assert (once.refusal((Instant(100),), Instant(5)), once.admits_from((Instant(100),))) == ("once", None)


def test_times_in_a_calendar_month() -> None:
    """The limit is free again where the zone's next month begins, not a month after the firing."""
    monthly = Limits(None, 2, Period("month", calendar_of("Europe/Warsaw")))
    asked = [
        "2026-03-01T12:00:00Z",
        "2026-03-31T20:00:00Z",
        "2026-03-31T21:59:59.999Z",
        "2026-03-31T22:00:00Z",
    ]
    first, second, third, fourth = map(parse_instant, asked)
    assert fired(monthly, first, second, third, fourth) == [first, second, fourth]
    assert monthly.refusal((first, second), third) == "max"
    assert monthly.admits_from((first, second)) == fourth
    assert monthly.admits_from((first,)) is None


def test_the_latest_of_several_limits_says_when() -> None:
    """What is held back by one limit may be held back by another when the first is over."""
    both = Limits(Milliseconds(2 * HOUR), 1, Period("day", calendar_of("UTC")))
    morning, night = parse_instant("2026-03-01T09:00:00Z"), parse_instant("2026-03-01T23:00:00Z")
    assert both.admits_from((morning,)) == parse_instant("2026-03-02T00:00:00Z")
    assert both.admits_from((night,)) == parse_instant("2026-03-02T01:00:00Z")
    assert both.refusal((night,), parse_instant("2026-03-02T00:30:00Z")) == "cooldown"


HOURS = st.integers(0, 24 * 100).map(lambda hours: hours * HOUR)


@given(
    st.lists(HOURS, max_size=60),
    st.none() | st.integers(1, 200).map(lambda hours: Milliseconds(hours * HOUR)),
    st.integers(1, 3),
    st.sampled_from(["PT10H", "P9D", "day", "week", "month"]),
)
def test_no_limit_is_exceeded_in_any_order(
    asked: list[int], cooldown: Milliseconds | None, times: int, per: str
) -> None:
    """In whatever order occasions come: firings are a cooldown apart, and in no period are there more than allowed."""
    zone = {} if per.startswith("P") else {"zone": "America/Sao_Paulo"}
    limits = limits_of(Place("d", "d", (), []), {"max": {"times": times, "per": per, **zone}})
    found = sorted(fired(limits._replace(cooldown=cooldown), *asked))
    if cooldown:
        assert all(late - early >= cooldown for early, late in pairwise(found))
    if isinstance(limits.per, int):
        length = limits.per
        assert all(late - early >= length for early, late in zip(found, found[times:], strict=False))
    else:
        assert max(Counter(shown(instant, per) for instant in found).values(), default=0) <= times


def shown(instant: int, per: str) -> tuple[int, ...]:
    """Which day, week or month the clocks of the zone show."""
    there = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(
        ZoneInfo("America/Sao_Paulo")
    )
    if per == "week":
        return there.isocalendar()[:2]
    return (there.year, there.month) if per == "month" else (there.year, there.month, there.day)


@given(st.lists(HOURS, min_size=1, max_size=20), st.integers(1, 3), st.sampled_from(["PT10H", "week"]))
def test_what_is_held_back_would_fire_when_it_is_said(asked: list[int], times: int, per: str) -> None:
    """``admits_from`` is the first instant of the future at which the limits admit."""
    limits = limits_of(Place("d", "d", (), []), {"cooldown": "PT3H", "max": {"times": times, "per": per}})
    noted: tuple[Instant, ...] = ()
    for instant in sorted(map(Instant, asked)):
        if limits.admit(noted, instant):
            noted = limits.noted(noted, instant)
            continue
        free = limits.admits_from(noted)
        assert free is not None
        assert free > instant
        assert limits.admit(noted, free)
        assert not limits.admit(noted, Instant(free - 1))


def test_without_limits_nothing_is_remembered() -> None:
    """No limits admit everything and keep nothing in the state."""
    assert NO_LIMITS.remembered == 0
    assert NO_LIMITS.admit((), Instant(0))


def test_reading() -> None:
    """Cooldown and maximum are read as written."""
    place = Place("earning_rule", "r", ("limits",), [])
    body = {"cooldown": "P1D", "max": {"times": 5, "per": "P30D"}}
    assert limits_of(place, body) == Limits(DAY, 5, Milliseconds(30 * DAY))
    assert place.noted == []


def test_reading_periods() -> None:
    """Once, and a period of the calendar with its zone; without one it is UTC."""
    place = Place("earning_rule", "r", ("limits",), [])
    monthly = {"times": 3, "per": "month", "zone": "Europe/Warsaw"}
    assert limits_of(place, {"once": True, "max": monthly}) == Limits(
        None, 3, Period("month", calendar_of("Europe/Warsaw")), once=True
    )
    found = limits_of(place, {"max": {"times": 1, "per": "week"}}).per
    assert isinstance(found, Period)
    assert (found.name, found.calendar.zone) == ("week", "UTC")
    assert place.noted == []


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        ({"once": "yes"}, ["once"], "true or false"),
        (
            {"max": {"times": 1, "per": "monht"}},
            ["max", "per"],
            "one of day, week, month, quarter, year, a dur",
        ),
        ({"max": {"times": 1, "per": "P1M"}}, ["max", "per"], "a duration in weeks"),
        ({"max": {"times": 1}}, ["max", "per"], "a duration in weeks"),
        ({"max": {"times": 1, "per": "P1D", "zone": "UTC"}}, ["max", "zone"], "no zone beside a duration"),
        ({"max": {"times": 1, "per": "day", "zone": "Warsaw"}}, ["max", "zone"], "a time zone"),
        ({"max": {"times": 0, "per": "day"}}, ["max", "times"], "a whole number, 1 to 1000"),
    ],
)
def test_refusals(body: dict[str, Any], path: list[str], expected: str) -> None:
    """What cannot be a limit is refused where it stands."""
    place = Place("distribution", "d", (), [])
    limits_of(place, body)
    (fault,) = place.noted
    assert list(fault.path) == path
    assert fault.expected.startswith(expected)
