from typing import Any

import pytest

from streams.domain.calendars import calendar_of
from streams.domain.comparisons import Subject, comparisons_at, moves, next_change_of, predicate_of
from streams.domain.definitions import AttributeType
from streams.domain.faults import Place
from streams.domain.instants import format_instant, parse_instant
from tests.domain.writing import facts

NOON = "2026-11-23T12:00:00Z"


def life(
    conditions: dict[str, Any], value: Any, since: str, until: str, zone: str | None = None
) -> list[tuple[str, bool]]:
    """When the answer changes and to what, first as it is ``since``; a call for each change that is foretold."""
    place = Place("segment", "s", (), [])
    subject = Subject("datetime", calendar_of(zone) if zone else None)
    found = comparisons_at(place, {"conditions": conditions}, subject)
    assert found is not None, place.noted
    assert moves(found)
    holds = predicate_of(lambda _: value, found)
    told, now = [(since, holds(facts(now=parse_instant(since))))], parse_instant(since)
    while (change := next_change_of(value, found, now)) is not None and change <= parse_instant(until):
        assert change > now
        assert holds(facts(now=change - 1)) is told[-1][1], "a change that was not foretold"
        now = change
        if holds(facts(now=now)) is not told[-1][1]:
            told.append((format_instant(now), not told[-1][1]))
    assert holds(facts(now=parse_instant(until))) is told[-1][1], "a change that was not foretold"
    return told


START, END = "2026-11-20T00:00:00Z", "2026-11-30T00:00:00Z"
DAY_BEFORE, DAY_AFTER = "2026-11-22T12:00:00Z", "2026-11-24T12:00:00Z"
MS_LATER = {one: one.replace("00Z", "00.001Z") for one in (NOON, DAY_BEFORE, "2026-11-21T12:00:00Z")}


@pytest.mark.parametrize(
    ("conditions", "changes"),
    [
        ({"$is_days_ago": [0]}, [NOON, DAY_AFTER]),
        ({"$is_days_ago": ["1"]}, [DAY_AFTER, "2026-11-25T12:00:00Z"]),
        (
            {"$is_days_ago": [0, 1, 3]},
            [NOON, "2026-11-25T12:00:00Z", "2026-11-26T12:00:00Z", "2026-11-27T12:00:00Z"],
        ),
        ({"$more_than_ago": [1]}, ["2026-11-25T12:00:00Z"]),
        ({"$less_than_ago": [2]}, [NOON, "2026-11-25T12:00:00Z"]),
        ({"$less_than_ago": [0]}, []),
        ({"$more_than": [0]}, [DAY_AFTER]),
        ({"$more_than_or_equal": [0]}, [NOON]),
        ({"$less_than": [1]}, [NOON, DAY_AFTER]),
        ({"$less_than_or_equal": [1]}, [NOON, "2026-11-25T12:00:00Z"]),
        ({"$between": [1, 2]}, [DAY_AFTER, "2026-11-26T12:00:00Z"]),
        ({"$more_than": [0], "$less_than": [3]}, [DAY_AFTER, "2026-11-26T12:00:00Z"]),
    ],
)
def test_days_ago(conditions: dict[str, Any], changes: list[str]) -> None:
    """Whole days of 24 hours elapsed since noon on the 23rd; before that nothing is any number of days ago."""
    assert [at for at, _ in life(conditions, NOON, START, END)[1:]] == changes
    assert life(conditions, NOON, START, END)[0] == (START, False)


@pytest.mark.parametrize(
    ("conditions", "changes"),
    [
        ({"$is_days_in_future": [0]}, [(MS_LATER[DAY_BEFORE], True), (NOON, False)]),
        (
            {"$is_days_in_future": [1]},
            [(MS_LATER["2026-11-21T12:00:00Z"], True), (MS_LATER[DAY_BEFORE], False)],
        ),
        ({"$more_than_future": [0]}, [(MS_LATER[DAY_BEFORE], False)]),
        ({"$less_than_future": [1]}, [(MS_LATER[DAY_BEFORE], True), (NOON, False)]),
        ({"$less_than_future": [0]}, []),
        ({"$is_days_in_future": [0, 1]}, [(MS_LATER["2026-11-21T12:00:00Z"], True), (NOON, False)]),
    ],
)
def test_days_in_the_future(conditions: dict[str, Any], changes: list[tuple[str, bool]]) -> None:
    """Whole days of 24 hours left until noon on the 23rd: exactly one day before it is still one; then it is past."""
    assert life(conditions, NOON, START, END)[1:] == changes


@pytest.mark.parametrize(
    ("conditions", "changes"),
    [
        ({"$is_days_ago": [0]}, [("2026-11-22T23:00:00Z", True), ("2026-11-23T23:00:00Z", False)]),
        ({"$is_days_ago": [1]}, [("2026-11-23T23:00:00Z", True), ("2026-11-24T23:00:00Z", False)]),
        ({"$more_than": [0]}, [("2026-11-23T23:00:00Z", True)]),
        ({"$is_days_in_future": [0]}, []),
        ({"$is_days_in_future": [1]}, [("2026-11-21T23:00:00Z", True), ("2026-11-22T23:00:00Z", False)]),
        ({"$less_than_future": [2]}, [("2026-11-21T23:00:00Z", True), ("2026-11-22T23:00:00Z", False)]),
        ({"$more_than_future": [1]}, [("2026-11-21T23:00:00Z", False)]),
    ],
)
def test_days_of_a_calendar(conditions: dict[str, Any], changes: list[tuple[str, bool]]) -> None:
    """With a calendar, the midnights of its zone are counted: a value later today is today, none in the future is."""
    assert life(conditions, NOON, START, END, "Europe/Warsaw")[1:] == changes


@pytest.mark.parametrize(
    ("zone", "value", "changes"),
    [
        ("Europe/Warsaw", "2026-03-28", ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]),
        ("Europe/Warsaw", "2026-10-24", ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"]),
        ("America/Sao_Paulo", "2018-11-03", ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]),
        ("Asia/Beirut", "2022-10-28T22:00:00Z", ["2022-10-29T22:00:00Z", "2022-10-30T22:00:00Z"]),
        ("America/St_Johns", "2010-11-06", ["2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"]),
        (None, "2026-03-28", ["2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"]),
    ],
)
def test_one_day_ago_where_clocks_are_moved(zone: str | None, value: str, changes: list[str]) -> None:
    """Days of 23 and 25 hours, days without midnight and nights with two are days as others are."""
    told = life({"$is_days_ago": [1]}, value, "2009-01-01T00:00:00Z", "2030-01-01T00:00:00Z", zone)
    assert [at for at, _ in told[1:]] == changes


@pytest.mark.parametrize(
    ("value", "zone", "changes"),
    [
        ("1990-12-24", None, ["2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"]),
        ("1990-12-24", "Europe/Warsaw", ["2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"]),
        ("2040-01-05", None, ["2026-12-01T00:00:00Z"]),
        ("1990-02-05", None, ["2026-02-01T00:00:00Z"]),
        ("2012-03-31T22:30:00Z", None, ["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"]),
        ("2012-03-31T22:30:00Z", "Europe/Warsaw", ["2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"]),
    ],
)
def test_next_month(value: str, zone: str | None, changes: list[str]) -> None:
    """The month before the value's, whatever its year, from its first instant to its last."""
    told = life({"$next_month": [True]}, value, "2026-01-05T00:00:00Z", "2026-12-30T00:00:00Z", zone)
    assert [at for at, _ in told[1:]] == changes
    assert told[0][1] is (value == "1990-02-05")


@pytest.mark.parametrize(
    ("value", "days", "zone", "begins"),
    [
        ("1990-06-15", [0], None, ["2025-06-15", "2026-06-15", "2027-06-15", "2028-06-15"]),
        ("1990-06-15", [7], None, ["2025-06-08", "2026-06-08", "2027-06-08", "2028-06-08"]),
        ("1990-01-03", [5], None, ["2025-12-29", "2026-12-29", "2027-12-29", "2028-12-29"]),
        ("2000-02-29", [0], None, ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("2000-02-29", [1], None, ["2025-02-27", "2026-02-27", "2027-02-27", "2028-02-28"]),
        ("2026-06-15", [0], None, ["2027-06-15", "2028-06-15"]),
        ("2026-06-15", [365], None, ["2026-06-15", "2027-06-16"]),
        ("2027-06-15", [366], None, ["2027-06-15"]),
        ("2040-06-15", [0], None, []),
        ("9999-12-31", [0], None, []),
    ],
)
def test_anniversaries(value: str, days: list[int], zone: str | None, begins: list[str]) -> None:
    """The same day in later years, 29 February being kept on the 28th where there is none; the value is none itself."""
    told = life({"$anniversary_in_days": days}, value, "2025-01-01T00:00:00Z", "2028-12-31T12:00:00Z", zone)
    assert [at for at, entered in told if entered] == [f"{day}T00:00:00Z" for day in begins]


def test_an_anniversary_lasts_a_day_of_the_zone() -> None:
    """From the first instant of the day to that of the next, also where midnight is skipped."""
    told = life(
        {"$anniversary_in_days": [0, 1]},
        "1990-11-04",
        "2018-11-01T00:00:00Z",
        "2018-12-01T00:00:00Z",
        "America/Sao_Paulo",
    )
    assert [at for at, _ in told[1:]] == ["2018-11-03T03:00:00Z", "2018-11-05T02:00:00Z"]


@pytest.mark.parametrize(
    "conditions",
    [
        {"$is_days_ago": [0]},
        {"$less_than_future": [9]},
        {"$more_than": [0]},
        {"$next_month": True},
        {"$anniversary_in_days": [0]},
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        5,
        True,
        ["2026-11-23"],
        "2026-02-30",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
@pytest.mark.parametrize("zone", [None, "America/Sao_Paulo"])
def test_what_is_no_date_never_matches(conditions: dict[str, Any], value: Any, zone: str | None) -> None:
    """Neither now nor later; dates outside the years 1 to 9999 are none, and so harm nobody."""
    assert life(conditions, value, "2026-11-23T00:00:00Z", "2030-01-01T00:00:00Z", zone)[1:] == []


@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59.999Z"])
@pytest.mark.parametrize("zone", [None, "Asia/Tokyo", "America/Sao_Paulo"])
@pytest.mark.parametrize(
    "conditions",
    [
        {"$more_than_ago": [1_000_000]},
        {"$less_than_future": [1_000_000]},
        {"$next_month": []},
        {"$is_days_ago": [9]},
    ],
)
def test_the_ends_of_time_do_no_harm(value: str, zone: str | None, conditions: dict[str, Any]) -> None:
    """No change is foretold that cannot be written down."""
    for at, _ in life(conditions, value, "9998-01-01T00:00:00Z", "9999-12-31T00:00:00Z", zone):
        assert parse_instant(at) >= 0


@pytest.mark.parametrize(
    ("kind", "operator", "operand", "expected"),
    [
        ("date", "$more_than", [1, 2], "one whole number of days, 0 to 1000000"),
        ("date", "$more_than", [1.5], "one whole number of days, 0 to 1000000"),
        ("datetime", "$between", [3, 1], "two ascending whole numbers of days, 0 to 1000000"),
        (None, "$is_days_ago", [], "whole numbers of days, 0 to 1000000"),
        (None, "$is_days_ago", [-1], "whole numbers of days, 0 to 1000000"),
        (None, "$less_than_future", ["soon"], "one whole number of days, 0 to 1000000"),
        (None, "$anniversary_in_days", [367], "whole numbers of days, 0 to 366"),
        (None, "$next_month", [False], "true"),
        (None, "$next_month", [1], "true"),
    ],
)
def test_what_makes_no_sense_is_refused(
    kind: AttributeType | None, operator: str, operand: object, expected: str
) -> None:
    """Days are whole numbers; who asks for next month says no more than that."""
    place = Place("segment", "s", (), [])
    assert comparisons_at(place, {"conditions": {operator: operand}}, Subject(kind)) is None
    assert [(fault.path, fault.expected) for fault in place.noted] == [(("conditions", operator), expected)]
