from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.calendars import calendar_of
from streams.domain.instants import LATEST, Instant, format_instant, instant_of, parse_instant
from streams.domain.periods import PERIODS, Period

ZONES = ["UTC", "Europe/Warsaw", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Niue"]


@pytest.mark.parametrize(
    ("name", "zone", "at", "start", "end"),
    [
        ("day", "UTC", "2026-03-29T12:00:00Z", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"),
        ("day", "Europe/Warsaw", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("day", "Europe/Warsaw", "2026-03-28T23:30:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("week", "UTC", "2026-11-26T17:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
        ("week", "UTC", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
        ("week", "Europe/Warsaw", "2026-11-22T23:00:00Z", "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z"),
        ("month", "UTC", "2028-02-29T23:59:59.999Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
        ("month", "Europe/Warsaw", "2026-03-31T21:59:59Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        ("month", "Europe/Warsaw", "2026-03-31T22:00:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z"),
        ("quarter", "UTC", "2026-09-30T00:00:00Z", "2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        ("quarter", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"),
        ("year", "UTC", "2028-12-31T00:00:00Z", "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z"),
        ("year", "Asia/Kathmandu", "2026-12-31T18:15:00Z", "2026-12-31T18:15:00Z", "2027-12-31T18:15:00Z"),
    ],
)
def test_periods(name: str, zone: str, at: str, start: str, end: str) -> None:
    """Where the period of an instant begins, and where the next one does."""
    period, instant = Period(name, calendar_of(zone)), parse_instant(at)
    assert (format_instant(period.start(instant)), format_instant(period.end(instant))) == (start, end)


@given(
    st.sampled_from(PERIODS),
    st.sampled_from(ZONES),
    st.datetimes(datetime(1905, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001  hypothesis wants them so
)
def test_periods_follow_each_other(name: str, zone: str, moment: datetime) -> None:
    """Every instant of a period has its beginning and its end; the end begins the next."""
    period, at = Period(name, calendar_of(zone)), instant_of(moment.replace(tzinfo=UTC))
    start, end = period.start(at), period.end(at)
    assert start <= at < end
    assert period.start(start) == period.start(Instant(end - 1)) == start
    assert period.end(start) == period.end(Instant(end - 1)) == end == period.start(end)


@given(st.sampled_from(ZONES), st.datetimes(datetime(1975, 1, 1), datetime(2037, 1, 1)))  # noqa: DTZ001
def test_months_are_those_of_the_zone(zone: str, moment: datetime) -> None:
    """Within a month the clocks of the zone show one month, and another one before it."""
    at = instant_of(moment.replace(tzinfo=UTC))
    period = Period("month", calendar_of(zone))

    def month(instant: int) -> tuple[int, int]:
        shown = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(
            ZoneInfo(zone)
        )
        return shown.year, shown.month

    start, end = period.start(at), period.end(at)
    assert month(start) == month(at) == month(end - 1)
    assert month(start - 1) != month(at) != month(end)


def test_where_there_are_no_dates() -> None:
    """Beyond the years that have dates nothing fails: a period begins with its day, and lasts."""
    period = Period("year", calendar_of("UTC"))
    assert period.end(LATEST) == LATEST
    assert period.start(LATEST) <= LATEST
    assert period.start(Instant(-(10**14))) <= -(10**14)
