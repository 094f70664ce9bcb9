"""Reads a history from a file: the events that conform, and what is wrong with the lines that do not.

Decides what takes the place of a record's position and time: the line's number, and nothing. An event in a file
must tell its own time, for no broker has stamped it. Checking is the reader's, the same that the
worker uses.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from schemas.profile import check_profile
from schemas.rejections import Fault, Rejected
from schemas.wire import EventReader
from streams.domain.events import Event, JsonValue
from streams.domain.identities import CustomerId
from streams.domain.instants import Instant
from streams.engine.errors import ConfigurationError
from topology.lines import Line


class Refused(NamedTuple):
    """A line that is no event."""

    line: Line
    rejection: Rejected


class History(NamedTuple):
    """What a file holds."""

    events: list[Event]
    """In the order of the file."""
    refused: list[Refused]


def read_history(lines: Iterable[Line], reader: EventReader, *, received_at: Instant) -> History:
    """Read all lines; ``received_at`` is the clock against which events of the future are refused."""
    events: list[Event] = []
    refused: list[Refused] = []
    for line in lines:
        decoded = reader.read(line.text, None, None, received_at)
        if isinstance(decoded, Rejected):
            refused.append(Refused(line, decoded))
        elif decoded.id is None:
            events.append(Event._make((f"line:{line.number}", *decoded[1:])))
        else:
            events.append(Event._make(decoded))
    return History(events, refused)


def read_profiles(lines: Iterable[Line], file: str) -> dict[CustomerId, dict[str, JsonValue]]:
    """Customers' profiles, an object with ``source_id`` a line; a later line replaces an earlier one.

    Raises ``ConfigurationError`` with file and line for what is none.
    """
    return dict(_profile(line, file) for line in lines)


def _profile(line: Line, file: str) -> tuple[CustomerId, dict[str, JsonValue]]:
    where = f"{file}:{line.number}"
    try:
        profile = msgspec.json.decode(line.text)
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"{where}: expected a customer in JSON, found {error}") from error
    own, alias = (
        profile.pop(key, None) if isinstance(profile, dict) else None for key in ("source_id", "id")
    )
    customer = own if alias is None else alias
    if not isinstance(customer, str) or not customer:
        raise ConfigurationError(f'{where}: expected {{"source_id": …}}, found no source_id that is a text')
    faults: list[Fault] = []
    check_profile(profile, faults)
    if faults:
        raise ConfigurationError("\n".join(f"{where}: {fault}" for fault in faults))
    return CustomerId(customer), profile


def until_of(events: Iterable[Event], until: Instant | None) -> Instant:
    """The end of a history: as asked for, else its last event; the beginning of 1970 if there is neither."""
    if until is not None:
        return until
    return max((event.occurred_at for event in events), default=Instant(0))


def up_to(events: Iterable[Event], until: Instant) -> Iterator[Event]:
    """The events that are not after ``until``."""
    return (event for event in events if event.occurred_at <= until)
