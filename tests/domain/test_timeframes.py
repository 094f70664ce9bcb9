from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.calendars import calendar_of
from streams.domain.comparisons import Comparison, clock_comparisons_at
from streams.domain.faults import Place
from streams.domain.instants import Instant, format_instant, parse_instant
from streams.domain.moving_comparisons import Moving

MINUTE = 60_000


def moving(operator: str, operand: object, zone: str | None = None) -> Moving:
    """The answer of an operator of the clock."""
    place = Place("validation_rule", "r", (), [])
    calendar = None if zone is None else calendar_of(zone)
    compared = clock_comparisons_at(place, {"conditions": {operator: operand}}, calendar)
    assert compared is not None, place.noted
    ((_, _, answer),) = compared
    assert isinstance(answer, Moving)
    return answer


def changes(answer: Moving, since: str, until: str) -> list[str]:
    """Every instant between two at which the answer changes, as ``next_change`` leads from one to the next."""
    now, end = parse_instant(since), parse_instant(until)
    found: list[str] = []
    while True:
        change = answer.next_change(None, now)
        if change is None or change > end:
            return found
        if answer.holds(None, change) is not answer.holds(None, Instant(change - 1)):
            found.append(format_instant(change))
        now = change


def test_days_of_the_week_begin_at_midnight_there() -> None:
    """Monday lasts from midnight to midnight in the zone, also where the clocks are changed on the day before."""
    monday = moving("$dow", [1], "Europe/Warsaw")
    assert changes(monday, "2026-03-27T00:00:00Z", "2026-04-01T00:00:00Z") == [
        "2026-03-29T22:00:00Z",
        "2026-03-30T22:00:00Z",
    ]


def test_a_day_that_a_zone_left_out() -> None:
    """Samoa had no Friday, 30 December 2011: Thursday was followed by Saturday."""
    friday = moving("$dow", [5], "Pacific/Apia")
    assert changes(friday, "2011-12-28T00:00:00Z", "2012-01-05T00:00:00Z") == []
    assert changes(friday, "2011-12-28T00:00:00Z", "2012-01-07T12:00:00Z") == [
        "2012-01-05T10:00:00Z",
        "2012-01-06T10:00:00Z",
    ]


def test_hours_that_the_clocks_skip() -> None:
    """In Warsaw 29 March 2026 has no 02:30: what begins then begins when the clocks are put forward to 03:00."""
    hours = moving("$timeframe_daily_hours", ["02:30;04:00"], "Europe/Warsaw")
    assert changes(hours, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z") == [
        "2026-03-29T01:00:00Z",
        "2026-03-29T02:00:00Z",
    ]


def test_hours_that_are_skipped_altogether() -> None:
    """What lies within the hour that is left out does not come on that day."""
    hours = moving("$timeframe_daily_hours", ["02:10;02:50"], "Europe/Warsaw")
    assert changes(hours, "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z") == [
        "2026-03-30T00:10:00Z",
        "2026-03-30T00:50:00Z",
    ]


def test_hours_that_come_twice() -> None:
    """On 25 October 2026 the clocks in Warsaw show 02:00 to 03:00 twice, and both times count."""
    hours = moving("$timeframe_daily_hours", ["02:30;03:30"], "Europe/Warsaw")
    assert changes(hours, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z") == [
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:00:00Z",
        "2026-10-25T01:30:00Z",
        "2026-10-25T02:30:00Z",
    ]


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    """From ten on Saturday evening until two on Sunday morning."""
    night = moving("$timeframe_daily_hours", ["22:00;02:00;6"])
    assert changes(night, "2026-04-01T00:00:00Z", "2026-04-08T00:00:00Z") == [
        "2026-04-04T22:00:00Z",
        "2026-04-05T02:00:00Z",
    ]


def test_a_day_may_be_taken_whole() -> None:
    """24:00 is the end of the day; every day, whole, never ends."""
    sunday = moving("$timeframe_daily_hours", ["00:00;24:00;0"])
    assert changes(sunday, "2026-04-01T00:00:00Z", "2026-04-08T00:00:00Z") == [
        "2026-04-05T00:00:00Z",
        "2026-04-06T00:00:00Z",
    ]
    assert moving("$timeframe_daily_hours", ["00:00;24:00"]).next_change(None, Instant(0)) is None


def test_a_stretch_that_comes_again() -> None:
    """From its start on it lasts as long as it says at every interval, of fixed length, whatever clocks do."""
    hour = moving("$timeframe", ["2026-03-28T12:00:00+01:00;P1D;PT1H"], "Europe/Warsaw")
    assert changes(hour, "2026-03-01T00:00:00Z", "2026-03-29T23:00:00Z") == [
        "2026-03-28T11:00:00Z",
        "2026-03-28T12:00:00Z",
        "2026-03-29T11:00:00Z",
        "2026-03-29T12:00:00Z",
    ]
    lasting = moving("$timeframe", ["2026-03-28;P1D;P1D"])
    assert lasting.next_change(None, parse_instant("2026-03-28")) is None


def test_stretches_of_dates_begin_where_the_zone_is() -> None:
    """A date stands for its first instant there; alternatives that touch are one stretch."""
    march = moving("$timeframe_absolute", ["2026-03-01;2026-03-15", "2026-03-15;2026-04-01"], "Europe/Warsaw")
    assert changes(march, "2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z") == [
        "2026-02-28T23:00:00Z",
        "2026-03-31T22:00:00Z",
    ]


def test_the_end_of_all_time() -> None:
    """In the last days that can be written nothing stumbles."""
    last = parse_instant("9999-12-31T12:00:00Z")
    for operator, operand in [("$dow", [0]), ("$timeframe_daily_hours", ["23:00;01:00"])]:
        answer = moving(operator, operand, "Pacific/Auckland")
        assert answer.next_change(None, last) is None
    assert moving("$timeframe", ["2026-01-01;P1D;PT1H"]).next_change(None, last) is None


ZONES = st.sampled_from(["UTC", "Europe/Warsaw", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"])
TIMES = st.sampled_from(["00:00", "00:30", "01:45", "02:00", "02:15", "03:00", "12:00", "23:30"])
HOURS = st.builds(
    lambda first, second, days: ";".join([first, second, *days]),
    TIMES,
    TIMES,
    st.sampled_from([[], ["0"], ["6,0"], ["1,2,3,4,5"]]),
).filter(lambda text: text[:5] != text[6:11])
DAYS = st.sampled_from(["2026-03-28", "2026-10-24", "2018-11-03", "2011-12-29", "2026-04-04", "2025-10-04"])


@settings(max_examples=100, deadline=None)
@given(HOURS, ZONES, DAYS)
def test_daily_hours_change_when_they_say(hours: str, zone: str, day: str) -> None:
    """Asked minute by minute over two days, the answer changes at the instants that are foretold, and at no others."""
    answer, since = moving("$timeframe_daily_hours", [hours], zone), parse_instant(day)
    minutes = [Instant(since + minute * MINUTE) for minute in range(2 * 24 * 60 + 1)]
    seen = [
        format_instant(now)
        for before, now in pairwise(minutes)
        if answer.holds(None, now) is not answer.holds(None, before)
    ]
    assert changes(answer, day, format_instant(minutes[-1])) == seen


@pytest.mark.parametrize(
    ("operator", "operand"),
    [
        ("$dow", []),
        ("$dow", [7]),
        ("$dow", ["Monday"]),
        ("$dow", [1.5]),
        ("$timeframe_absolute", ["2026-03-01"]),
        ("$timeframe_absolute", ["2026-03-02;2026-03-01"]),
        ("$timeframe_absolute", ["2026-03-01;soon"]),
        ("$timeframe_absolute", [5]),
        ("$timeframe_absolute", []),
        ("$timeframe", ["2026-03-01;P1D"]),
        ("$timeframe", ["2026-03-01;P1M;P1D"]),
        ("$timeframe", ["2026-03-01;P1D;P2D"]),
        ("$timeframe", ["2026-03-01;P1D;PT0S"]),
        ("$timeframe", ["soon;P1D;PT1H"]),
        ("$timeframe_daily_hours", ["18:00"]),
        ("$timeframe_daily_hours", ["18:00;18:00"]),
        ("$timeframe_daily_hours", ["18:00;25:00"]),
        ("$timeframe_daily_hours", ["24:00;01:00"]),
        ("$timeframe_daily_hours", ["18:00;20:00;7"]),
        ("$timeframe_daily_hours", ["18:00;20:00;"]),
        ("$timeframe_daily_hours", ["18:60;20:00"]),
        ("$timeframe_daily_hours", [["18:00", "20:00"]]),
    ],
)
def test_what_is_no_time(operator: str, operand: object) -> None:
    """What cannot be read is refused at the operator, once, with an example of what could."""
    place = Place("validation_rule", "r", (), [])
    found: tuple[Comparison, ...] | None = clock_comparisons_at(
        place, {"conditions": {operator: operand}}, None
    )
    assert found is None
    assert [fault.path for fault in place.noted] == [("conditions", operator)]
