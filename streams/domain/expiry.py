"""When points expire: so long after they were earned, or at the end of the day, week, month … in which that falls.

Decides where such a period ends: where the next one begins in the calendar of a time zone. Does not know what expires.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, NamedTuple, cast

from streams.domain.calendars import LAST_DAY, UTC_CALENDAR, Calendar, calendar_at, date_of, day_of_date
from streams.domain.durations import duration_at
from streams.domain.faults import Place
from streams.domain.instants import LATEST, Instant, Milliseconds

Period = Literal["day", "week", "month", "quarter", "half_year", "year"]
PERIODS: Final[tuple[Period, ...]] = ("day", "week", "month", "quarter", "half_year", "year")

_MONTHS: Final[Mapping[str, int]] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class Expiry(NamedTuple):
    """How long points last."""

    after: Milliseconds
    end_of: Period | None
    calendar: Calendar

    def of(self, earned_at: Instant) -> Instant | None:
        """The first instant at which they are gone; none if that lies behind all time."""
        at = Instant(earned_at + self.after)
        ends = at if self.end_of is None else _end(self.end_of, self.calendar, at)
        return ends if ends <= LATEST else None


def expiry_at(place: Place, body: object) -> Expiry | None:
    """The expiry written at a place, or none after noting faults."""
    if isinstance(body, str):
        after = duration_at(place, body)
        return None if after is None else Expiry(after, None, UTC_CALENDAR)
    written = place.mapping(body)
    if written is None:
        return None
    noted = len(place.noted)
    place.keys(written, {"after", "end_of", "zone"})
    after, end_of, calendar = Milliseconds(0), None, UTC_CALENDAR
    if "after" in written or "end_of" not in written:
        after = duration_at(place.at("after"), written.get("after")) or after
    if "end_of" in written:
        end_of = place.at("end_of").choice(written["end_of"], PERIODS)
    if "zone" in written:
        calendar = calendar_at(place.at("zone"), written["zone"]) or calendar
        if "end_of" not in written:
            place.at("zone").fault(
                "end_of beside it", written["zone"], "a duration is the same in every zone"
            )
    return None if len(place.noted) > noted else Expiry(after, cast("Period | None", end_of), calendar)


def _end(period: Period, calendar: Calendar, at: Instant) -> Instant:
    """The first instant of the next period."""
    day = calendar.day_of(at)
    if day > LAST_DAY - 366:
        return Instant(LATEST + 1)
    today = date_of(day)
    if period == "day":
        following = day + 1
    elif period == "week":
        following = day + 7 - today.weekday()
    else:
        months = _MONTHS[period]
        year, month = divmod((today.year * 12 + today.month - 1) // months * months + months, 12)
        following = day_of_date(date(year, month + 1, 1))
    return calendar.start_of(following)
