from streams.domain.faults import Place
from streams.domain.instants import DAY, Instant, Milliseconds
from streams.domain.limits import NO_LIMITS, Limits, limits_of


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
