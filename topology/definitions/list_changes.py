"""Who would have to be told of on ``segment-lists``: the difference between files of members and the topic.

Decides which records of the topic count: the last one of each key, where it stands on the partition of its customer.
A list without a file is others' business and left as it is; one whose segment is not defined, or is not told one by one
any more, comes to nothing. Keeps the ids of the topic and of one file after the other in memory, each once.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from schemas.rejections import Rejected
from schemas.segment_lists import read_listing, split_key, value_of
from streams.engine.errors import ConfigurationError
from streams.engine.partitioning import partitioner
from topology.definitions.customer_lists import ids_of
from topology.rejected.committed import Committed, committed_records, partition_count
from topology.settings import Settings

_STEP = 2_000
"""Records between two movements of a bar."""

Held = dict[str, dict[str, bool]]
"""By segment and customer who is on the list; whether the file names him is filled in while it is read."""


class ListChange(NamedTuple):
    """What becomes of the list of one segment."""

    segment: str
    added: Sequence[str]
    """Customers."""
    removed: Sequence[str]


def list_changes(files: Mapping[str, Path], listed: Collection[str], held: Held) -> tuple[ListChange, ...]:
    """Compare, by segment; ``listed`` are the segments of that kind. ``held`` is used up.

    Raises ``ConfigurationError`` for a file that is no list.
    """
    changes = [
        _change(segment, files.get(segment), held.pop(segment, {}), defined=segment in listed)
        for segment in sorted(files.keys() | held.keys())
    ]
    return tuple(change for change in changes if change.added or change.removed)


def read_lists(settings: Settings, topic: str) -> Held:
    """Who is on which list by what is committed. Raises ``ConfigurationError`` if it cannot be read."""
    from topology.lines import bar

    partition_of = partitioner(partition_count(settings, topic))
    held = Held()
    with bar("reading the lists", None) as (progress, task):
        for number, record in enumerate(committed_records(settings, topic)):
            if number % _STEP == 0:
                progress.update(task, completed=number)
            _take(record, held, partition_of(_customer(record)))
    return held


def _change(segment: str, file: Path | None, customers: dict[str, bool], *, defined: bool) -> ListChange:
    if not defined:
        return ListChange(segment, (), [*customers])
    if file is None:
        return ListChange(segment, (), ())
    added = []
    for one in _read(file):
        if one not in customers:
            added.append(one)
        customers[one] = True
    if not customers or not any(customers.values()):
        raise ConfigurationError(
            f"{file}: expected customer ids, found none; delete the segment if nobody is to be in it"
        )
    return ListChange(segment, added, [one for one, named in customers.items() if not named])


def _read(file: Path) -> Iterator[str]:
    from topology.lines import bar

    with bar(f"reading {file.name}", file.stat().st_size) as (progress, task):
        yield from ids_of(file, lambda read: progress.update(task, completed=read))


def _customer(record: Committed) -> str:
    named = split_key(record.key)
    return named[1] if named else ""


def _take(record: Committed, held: Held, home: int) -> None:
    """Take one record; what a worker rejects says nothing, and what is in the wrong place comes to the right one."""
    named = split_key(record.key)
    if named is None or home != record.partition:
        return
    segment, customer = named
    if record.value != value_of(segment, customer):
        read = read_listing(record.key, record.value)
        if isinstance(read, Rejected):
            return
        if not read.listed:
            held.get(segment, {}).pop(customer, None)
            return
    held.setdefault(segment, {})[customer] = False
