from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.calendars import UTC_CALENDAR, calendar_at, calendar_of, date_of, day_of_date
from streams.domain.faults import Place
from streams.domain.instants import DAY, parse_instant

ZONES = [
    *("UTC", "Europe/Warsaw", "America/Sao_Paulo", "Asia/Beirut", "America/St_Johns", "Africa/Cairo"),
    *("America/Havana", "America/Toronto", "Australia/Lord_Howe", "Asia/Tehran", "Asia/Kathmandu"),
    *("Pacific/Kiritimati", "Pacific/Niue"),
]


def day(written: str) -> int:
    """The number of the day with this date."""
    return day_of_date(date.fromisoformat(written))


@pytest.mark.parametrize(
    ("zone", "date_written", "first_instant"),
    [
        ("UTC", "2026-03-29", "2026-03-29T00:00:00Z"),
        ("Europe/Warsaw", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("Europe/Warsaw", "2026-03-30", "2026-03-29T22:00:00Z"),
        ("Europe/Warsaw", "2026-10-25", "2026-10-24T22:00:00Z"),
        ("Europe/Warsaw", "2026-10-26", "2026-10-25T23:00:00Z"),
        ("America/Sao_Paulo", "2018-11-03", "2018-11-03T03:00:00Z"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
        ("America/Sao_Paulo", "2018-11-05", "2018-11-05T02:00:00Z"),
        ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z"),
        ("Asia/Beirut", "2022-10-29", "2022-10-28T21:00:00Z"),
        ("Asia/Beirut", "2022-10-30", "2022-10-29T22:00:00Z"),
        ("America/Havana", "2022-11-06", "2022-11-06T04:00:00Z"),
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z"),
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        ("Asia/Kathmandu", "2028-02-29", "2028-02-28T18:15:00Z"),
    ],
)
def test_a_day_begins_with_its_first_instant(zone: str, date_written: str, first_instant: str) -> None:
    """Midnight; where clocks skip it, the instant at which they are put forward; where it comes twice, the first."""
    assert calendar_of(zone).start_of(day(date_written)) == parse_instant(first_instant)


@pytest.mark.parametrize(
    ("zone", "instant", "date_written"),
    [
        ("Europe/Warsaw", "2026-03-28T22:59:59.999Z", "2026-03-28"),
        ("Europe/Warsaw", "2026-03-28T23:00:00Z", "2026-03-29"),
        ("America/Sao_Paulo", "2018-11-04T02:59:59.999Z", "2018-11-03"),
        ("America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04"),
        ("Asia/Beirut", "2022-10-29T21:30:00Z", "2022-10-29"),
        ("America/St_Johns", "2010-11-07T02:30:30Z", "2010-11-07"),
        ("America/St_Johns", "2010-11-07T02:45:00Z", "2010-11-07"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),
        ("Pacific/Apia", "2011-12-30T09:59:59.999Z", "2011-12-29"),
    ],
)
def test_the_day_of_an_instant(zone: str, instant: str, date_written: str) -> None:
    """The day that began last; a clock that is put back over midnight brings no day back."""
    assert calendar_of(zone).day_of(parse_instant(instant)) == day(date_written)


@given(st.sampled_from(ZONES), st.integers(day("1900-01-01"), day("2099-12-31")))
def test_a_day_begins_when_its_date_is_first_shown(zone: str, number: int) -> None:
    """Before it begins no clock showed its date or a later one; then the clock does."""
    rules, begin = ZoneInfo(zone), calendar_of(zone).start_of(number)

    def shown(instant: int) -> date:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(rules).date()

    assert shown(begin) >= date_of(number)
    assert all(shown(begin - 1 - quarter * 900_000) < date_of(number) for quarter in range(200))


@given(st.sampled_from(ZONES), st.integers(parse_instant("1900-01-01"), parse_instant("2100-01-01")))
def test_days_follow_one_another(zone: str, instant: int) -> None:
    """An instant lies between the beginnings of its day and of the next, so the day never goes back."""
    calendar = calendar_of(zone)
    number = calendar.day_of(instant)
    assert calendar.start_of(number) <= instant < calendar.start_of(number + 1)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/Sao_Paulo"])
@pytest.mark.parametrize("number", [-10_000_000, day("0001-01-01"), day("9999-12-31"), 10_000_000, 1 << 60])
def test_days_without_a_date_can_be_counted(zone: str, number: int) -> None:
    """At both ends of the calendar and beyond, days go on as in UTC."""
    assert calendar_of(zone).start_of(number) == number * DAY
    assert UTC_CALENDAR.start_of(number) == number * DAY


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Europe/Warsow", "did you mean Europe/Warsaw?"),
        ("new york", "did you mean America/New_York?"),
        ("../Europe/Warsaw", "did you mean Europe/Warsaw?"),
        ("Europe", None),
        ("localtime", None),
        ("", None),
        (5, None),
        (None, None),
    ],
)
def test_an_unknown_zone_is_refused(zone: object, hint: str | None) -> None:
    """A time zone has a name of the IANA database; what looks like one is named."""
    place = Place("segment", "s", ("filter", "calendar"), [])
    assert calendar_at(place, zone) is None
    (fault,) = place.noted
    assert fault.expected == "a time zone, such as Europe/Warsaw"
    if hint is not None:
        assert fault.hint == hint
