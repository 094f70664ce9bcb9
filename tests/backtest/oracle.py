"""The independent computation that backtests are held to: the same history, in SQL.

Reads the events with DuckDB and decides membership and points from what the words mean. Shares no code with
the heart: a segment is a predicate in SQL that the test writes beside the filter it stands for.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

TIMELINE = Path(__file__).with_name("timeline.sql").read_text(encoding="utf-8")

EVENTS = """
create or replace table events as
with lines as (
    select *, row_number() over () as line
    from read_json($file, format = 'newline_delimited', columns = {
        id: 'varchar', event: 'varchar', occurred_at: 'timestamptz', customer: 'struct(source_id varchar)',
        metadata: 'struct(cds bigint, amount decimal(12, 2))'})
)
select customer.source_id as customer, event as name, id as event_id, occurred_at::timestamp as moment,
    metadata.cds as cds, metadata.amount as amount,
    row_number() over (partition by customer.source_id order by occurred_at, line) as ord
from lines
"""

CHANGES = """
with membership as (
    select *, coalesce({predicate}, false) as member from looks
),
turns as (
    select *, lag(member, 1, false) over (partition by customer order by place) as was from membership
)
select customer, place, occurred_at, cause, event_id, '{segment}', if(member, 'entered', 'left')
from turns where member <> was
"""

MOMENTS = """
select customer, place, occurred_at, event_id, ({value})::bigint
from looks join events using (customer, event_id)
where name = '{name}' and ({condition}) order by customer, place
"""


class Change(NamedTuple):
    """A customer entered or left a segment."""

    customer: str
    place: int
    """Order among the customer's moments; several things may happen in one moment, in no particular order."""
    occurred_at: str
    cause: str
    event_id: str | None
    segment: str
    change: str


class Moment(NamedTuple):
    """An event of which a predicate over its metadata is true."""

    customer: str
    place: int
    occurred_at: str
    event_id: str
    value: int
    """What was asked for, such as points."""


class Oracle:
    """One history up to one instant, seen at every instant at which one of the ``days`` passes."""

    def __init__(self, events: Path, days: Sequence[int], until: str | None = None) -> None:
        self._db = duckdb.connect()
        self._db.execute("set timezone = 'UTC'")
        self._db.execute(EVENTS, {"file": str(events)})
        last = "(select max(moment) from events)" if until is None else f"timestamptz '{until}'::timestamp"
        self._db.execute(f"set variable until = {last}")
        self._db.execute(f"set variable days = {sorted(days)}")
        self._db.execute(TIMELINE)

    def changes(self, segments: Mapping[str, str]) -> list[Change]:
        """Every entering and leaving of the segments, each given as a predicate over ``looks``."""
        found = [
            Change(*row)
            for segment, predicate in segments.items()
            for row in self._db.execute(CHANGES.format(segment=segment, predicate=predicate)).fetchall()
        ]
        return sorted(found, key=lambda change: (change.customer, change.place, change.segment))

    def moments(self, name: str, condition: str, value: str = "0") -> list[Moment]:
        """The events for which a condition over ``cds`` and ``amount`` holds, by customer and place."""
        query = MOMENTS.format(name=name, condition=condition, value=value)
        return [Moment(*row) for row in self._db.execute(query).fetchall()]
