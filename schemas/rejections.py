"""What is wrong with what a sender sent, as values: faults, the rejection, the record of ``rejected-events``.

The reason codes are a closed list, each with its meaning; metrics, commands and HTTP show the same words. Knows
nothing of how faults are found.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypedDict, Unpack

from schemas.instants import format_instant
from schemas.json_values import JsonObject

Reason = Literal[
    "empty_value",
    "too_large",
    "malformed_json",
    "malformed_avro",
    "unknown_fingerprint",
    "registry_not_configured",
    "registry_away",
    "unknown_schema_id",
    "not_an_event_schema",
    "unresolvable_schema",
    "invalid_envelope",
    "invalid_customer",
    "invalid_time",
    "future",
    "undefined_event",
    "reserved_event",
    "missing_attribute",
    "unknown_attribute",
    "wrong_type",
    "out_of_limits",
    "nothing_to_reverse",
    "cascade_too_deep",
    "internal_error",
]

REASONS: Mapping[Reason, str] = {
    "empty_value": "The record has no value. Events are never deleted; send nothing instead.",
    "too_large": "The value is longer than the limit. Send less, or raise the limit of the worker.",
    "malformed_json": "The value is not JSON in UTF-8, and does not begin like Avro either.",
    "malformed_avro": "The bytes after the Avro header do not fit the schema that the header names, or are cut off.",
    "unknown_fingerprint": "The Avro header names a schema that no event definition has. Take the schema from here.",
    "registry_not_configured": "The value is framed for a schema registry, and none is configured.",
    "registry_away": "The schema registry could not be asked for the schema. Replay the record when it answers again.",
    "unknown_schema_id": "The schema registry has no schema of this id. Perhaps the sender uses another.",
    "not_an_event_schema": "The schema is that of no defined event. Take the schema from here.",
    "unresolvable_schema": "The schema that was written with cannot be resolved to the present definition.",
    "invalid_envelope": "A key around the attributes is missing, unknown or of the wrong type.",
    "invalid_customer": "The customer has no usable id, or a profile field is of the wrong type.",
    "invalid_time": "A time is not RFC 3339 with an offset.",
    "future": "The event lies further ahead of the clock than is allowed. Check the sender's clock.",
    "undefined_event": "No event of this name is defined.",
    "reserved_event": "Only Tidemark tells of events of this name. Send what happened; it finds out what follows.",
    "missing_attribute": "A mandatory attribute is missing.",
    "unknown_attribute": "An attribute is not in the definition, and the definition allows no others.",
    "wrong_type": "An attribute is of another type than its definition says.",
    "out_of_limits": "An attribute is of the right type and outside the limits of its definition.",
    "nothing_to_reverse": "No points of that event can be taken back: it earned none, they are gone, or it is late.",
    "cascade_too_deep": "Internal events set off one another without end. Change the definitions that react to them.",
    "internal_error": "The record broke Tidemark itself. Report its traceback; send it again when that is mended.",
}
"""Every reason with its meaning and what the sender can do."""


MOST_FAULTS = 20
"""Faults that are looked for in one value: who sends thousands of wrong names must not stall the stream."""


class Fault(NamedTuple):
    """One thing that is wrong with one value."""

    reason: Reason
    path: str
    """Where, such as ``metadata.rating``; ``value`` for the whole."""
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, found {self.found}"


class Rejected(NamedTuple):
    """A value that is not an event: the first fault, who sent it as far as that is known, and all faults."""

    reason: Reason
    path: str
    expected: str
    found: str
    event: str | None
    source: str | None
    customer_id: str | None
    faults: tuple[Fault, ...]
    traceback: str | None = None
    """Where our own code broke, if it did."""

    def __str__(self) -> str:
        return "; ".join(map(str, self.faults))


def rejected(
    faults: Sequence[Fault],
    event: str | None = None,
    source: str | None = None,
    customer_id: str | None = None,
) -> Rejected:
    """The rejection for these faults, of which there is at least one."""
    return Rejected(*faults[0], event, source, customer_id, tuple(faults))


MOST_ORIGINAL = 4_500_000
"""Bytes of key, value and headers that a rejection repeats; more than a topic takes, unless they were compressed."""


class Received(TypedDict):
    """The record as it was received; ``timestamp`` in milliseconds, negative for none."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] | None


def rejected_record(rejection: Rejected, *, rejected_at: int, **received: Unpack[Received]) -> JsonObject:
    """The record of topic ``rejected-events`` in JSON form; key, value and headers in base64, ``rejected_at`` in ms.

    An original that no record could hold is not repeated in it.
    """
    timestamp, key, value = received["timestamp"], received["key"], received["value"]
    headers, faults = received["headers"] or (), rejection.faults
    size = sum(len(part or b"") for part in (key, value, *(held for _, held in headers)))
    if size > MOST_ORIGINAL:
        found = f"{size} bytes, which are left where they were received"
        key, value, headers = None, None, ()
        faults = (*faults, Fault("too_large", "record", f"at most {MOST_ORIGINAL} bytes", found))
    return {
        "reason": rejection.reason,
        "path": rejection.path,
        "expected": rejection.expected,
        "found": rejection.found,
        "faults": [dict(fault._asdict()) for fault in faults],
        "traceback": rejection.traceback,
        "event": rejection.event,
        "source": rejection.source,
        "customer_id": rejection.customer_id,
        "topic": received["topic"],
        "partition": received["partition"],
        "offset": received["offset"],
        "timestamp": None if timestamp < 0 else format_instant(timestamp),
        "rejected_at": format_instant(rejected_at),
        "key": _base64(key),
        "value": _base64(value),
        "headers": [{"key": name, "value": _base64(held)} for name, held in headers],
    }


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()
