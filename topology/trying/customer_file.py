"""A file that tells what is known of a customer before an event is tried.

Decides its two forms: a profile with a history of events, or the document that a worker gives of a customer. Mistakes
are told with file, line and column.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from schemas.profile import check_profile
from schemas.rejections import Fault, Rejected
from schemas.wire import EventReader
from streams.domain.events import Event
from streams.domain.faults import nearest, shown
from streams.domain.identities import CustomerId, EventId
from streams.domain.instants import LATEST, Instant, format_instant, parse_instant
from streams.domain.state import NEW_CUSTOMER, CustomerState
from streams.engine.errors import ConfigurationError
from streams.gateway.customer_document import read_customer_document
from topology.definitions.event_places import place_of
from topology.definitions.places import Document
from topology.trying.event_file import bytes_of, document_of

_KEYS = ("customer_id", "profile", "events")
_OF_WORKER = "a customer as GET /customers/ID gives it"


class Known(NamedTuple):
    """What is known of a customer."""

    state: CustomerState
    history: tuple[Event, ...] = ()
    """What has happened on top of it, in order."""
    now: Instant | None = None
    """What the clock read when that was known, as far as it is told."""


NOBODY = Known(NEW_CUSTOMER)
"""Of whom nothing is known."""


def read_customer(file: str, event: Event, now: Instant, reader: EventReader) -> Known:
    """What a file tells of the customer of ``event``, as of ``now``. Raises ``ConfigurationError``."""
    document = document_of(bytes_of(file), file, "one customer")
    body = document.value
    if not isinstance(body, dict):
        raise document.locate(()).refuse("a mapping with profile and events", shown(body))
    named = body.get("customer_id", event.customer_id)
    if named != event.customer_id:
        whose = f"the customer of the event, {shown(event.customer_id)}"
        raise document.locate(("customer_id",)).refuse(whose, shown(named))
    if "occurrences" in body:
        return _remembered(body, document)
    return _told(body, document, _History(event.customer_id, now, reader))


def _remembered(body: Mapping[str, Any], document: Document) -> Known:
    """The document of a worker."""
    try:
        now = None if body.get("now") is None else parse_instant(body["now"])
        return Known(read_customer_document(body), (), now)
    except KeyError as error:
        raise document.locate(()).refuse(_OF_WORKER, f"no {error.args[0]}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise document.locate(()).refuse(_OF_WORKER, str(error)) from error


class _History(NamedTuple):
    """How events of the past are read."""

    customer: CustomerId
    now: Instant
    reader: EventReader


def _told(body: Mapping[str, Any], document: Document, history: _History) -> Known:
    """A profile, and what happened."""
    for key in body:
        if key not in _KEYS:
            hint = nearest(key, _KEYS)
            found = f"{shown(key)} ({hint})" if hint else shown(key)
            raise document.locate((key,)).refuse(f"one of {', '.join(_KEYS)}", found)
    profile, events = body.get("profile", {}), body.get("events", [])
    if not isinstance(profile, dict):
        raise document.locate(("profile",)).refuse("a mapping", shown(profile))
    if not isinstance(events, list):
        raise document.locate(("events",)).refuse("a list of events", shown(events))
    faults: list[Fault] = []
    check_profile(profile, faults)
    if faults:
        inside = [each._replace(path=each.path.replace("customer", "profile", 1)) for each in faults]
        raise _refused(inside, document)
    past = [_event(index, each, document, history) for index, each in enumerate(events)]
    past.sort(key=lambda each: each.occurred_at)
    return Known(NEW_CUSTOMER._replace(profile=profile), tuple(past))


def _event(index: int, written: object, document: Document, history: _History) -> Event:
    """One event of the past; it need not say whose it is."""
    path = f"events[{index}]"
    if not isinstance(written, dict):
        raise document.locate(("events", index)).refuse("an event", shown(written))
    body = {"customer": {"source_id": history.customer}, **written}
    read = history.reader.read(msgspec.json.encode(body), None, None, LATEST)
    if isinstance(read, Rejected):
        raise _refused([each._replace(path=f"{path}.{each.path}") for each in read.faults], document)
    event = Event._make(read)._replace(id=EventId(f"history-{index}" if read.id is None else read.id))
    if event.customer_id != history.customer:
        found = shown(event.customer_id)
        raise place_of(document, f"{path}.customer").refuse(f"an event of {shown(history.customer)}", found)
    if event.occurred_at > history.now:
        latest = f"an instant up to {format_instant(history.now)}, when the event is tried"
        raise place_of(document, f"{path}.occurred_at").refuse(latest, format_instant(event.occurred_at))
    return event


def _refused(faults: list[Fault], document: Document) -> ConfigurationError:
    return ConfigurationError("\n".join(f"{place_of(document, each.path)}: {each}" for each in faults))
