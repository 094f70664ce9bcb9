"""When points expire: expected instants are read off a calendar."""

from typing import Any

import pytest

from streams.domain.definitions import Fault
from streams.domain.expiry import expiry_at
from streams.domain.faults import Place
from streams.domain.instants import Instant, format_instant, parse_instant


def compiled(body: Any) -> tuple[Any, list[Fault]]:
    """The expiry, and the faults."""
    noted: list[Fault] = []
    return expiry_at(Place("earning_rule", "r", ("expires",), noted), body), noted


@pytest.mark.parametrize(
    ("body", "earned", "gone"),
    [
        ("P365D", "2026-02-10T10:30:00Z", "2027-02-10T10:30:00Z"),
        ("PT36H", "2026-02-10T10:30:00Z", "2026-02-11T22:30:00Z"),
        ({"after": "P365D"}, "2026-02-10T10:30:00Z", "2027-02-10T10:30:00Z"),
        ({"after": "P1D", "end_of": "day"}, "2026-02-10T10:30:00Z", "2026-02-12T00:00:00Z"),
        ({"after": "P365D", "end_of": "month"}, "2026-02-10T10:30:00Z", "2027-03-01T00:00:00Z"),
        ({"after": "P9D", "end_of": "month", "zone": "Europe/Warsaw"}, "2026-02-10T10:30:00Z", "2026-02-28T23:00:00Z"),
        ({"end_of": "week"}, "2026-02-10T10:30:00Z", "2026-02-16T00:00:00Z"),
        ({"end_of": "week"}, "2026-02-16T00:00:00Z", "2026-02-23T00:00:00Z"),
        ({"end_of": "quarter"}, "2026-02-10T10:30:00Z", "2026-04-01T00:00:00Z"),
        ({"end_of": "half_year"}, "2026-06-30T23:59:59.999Z", "2026-07-01T00:00:00Z"),
        ({"end_of": "half_year"}, "2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ({"end_of": "year"}, "2026-12-31T23:30:00Z", "2027-01-01T00:00:00Z"),
        ({"end_of": "year", "zone": "Europe/Warsaw"}, "2026-12-31T23:30:00Z", "2027-12-31T23:00:00Z"),
        # Warsaw is two hours ahead in summer, one in winter; the night of the change belongs to October.
        ({"end_of": "month", "zone": "Europe/Warsaw"}, "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"),
        ({"end_of": "month", "zone": "Europe/Warsaw"}, "2026-09-30T21:59:59.999Z", "2026-09-30T22:00:00Z"),
    ],
)  # fmt: skip
def test_when_points_are_gone(body: Any, earned: str, gone: str) -> None:
    """A duration runs to the millisecond; a period ends where the next one begins, in the calendar of the zone."""
    expiry, noted = compiled(body)
    assert not noted
    assert format_instant(expiry.of(parse_instant(earned))) == gone


@pytest.mark.parametrize("body", ["P1000000D", {"end_of": "year"}])
def test_what_lies_behind_all_time_never_comes(body: Any) -> None:
    """Points that were earned at the end of the calendar stay."""
    assert compiled(body)[0].of(parse_instant("9999-06-01T00:00:00Z")) is None


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ("P1M", [()]),
        ("P0D", [()]),
        (7, [()]),
        ({}, [("after",)]),
        ({"after": "soon"}, [("after",)]),
        ({"after": "P1D", "end_of": "decade"}, [("end_of",)]),
        ({"after": "P1D", "end_of": "month", "zone": "Europe/Warszawa"}, [("zone",)]),
        ({"after": "P1D", "zone": "Europe/Warsaw"}, [("zone",)]),
        ({"after": "P1D", "unit": "month"}, [("unit",)]),
    ],
)
def test_what_is_no_expiry_is_refused_with_its_place(body: Any, paths: list[tuple[str, ...]]) -> None:
    """Months have no fixed length, a zone says nothing of a duration, and nothing else means anything."""
    expiry, noted = compiled(body)
    assert expiry is None
    assert [fault.path for fault in noted] == [("expires", *path) for path in paths]


def test_an_instant_of_long_ago() -> None:
    """Before 1970 as after it."""
    assert compiled({"end_of": "month"})[0].of(Instant(-1)) == 0
