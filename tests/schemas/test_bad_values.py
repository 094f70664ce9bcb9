"""Values and envelopes that are rejected: each with reason, path, expectation and finding."""

from typing import Any

import pytest

from schemas.wire import Rejected
from tests.schemas.conftest import EVENT, Read

ID = "text of 1 to 256 characters without control characters"
UNKNOWN_KEY = "no key of this name; {}; attributes stand under metadata"

BAD: dict[str, tuple[Any, str, str, str, str]] = {
    "null value": (None, "empty_value", "value", "an event", "null"),
    "empty value": (b"", "empty_value", "value", "an event", "an empty value"),
    "2 MB": (b" " * 2_000_000, "too_large", "value", "at most 1000000 bytes", "2000000 bytes"),
    "broken JSON": (
        b'{"event":',
        "malformed_json",
        "value",
        "JSON",
        "Input data was truncated",
    ),
    "trailing comma": (
        b'{"a":1,}',
        "malformed_json",
        "value",
        "JSON",
        "JSON is malformed: trailing comma in object (byte 7)",
    ),
    "NaN": (b'{"a":NaN}', "malformed_json", "value", "JSON", "JSON is malformed: invalid character (byte 5)"),
    "two values": (
        b"{} {}",
        "malformed_json",
        "value",
        "JSON",
        "JSON is malformed: trailing characters (byte 4)",
    ),
    "not UTF-8": (
        b'{"a":"\xff"}',
        "malformed_json",
        "value",
        "JSON in UTF-8",
        "invalid start byte (byte 6)",
    ),
    "nested without end": (b"[" * 500_000, "malformed_json", "value", "JSON", "nesting without end"),
    "list": (
        b"[1]",
        "invalid_envelope",
        "value",
        "an object with event, customer and metadata",
        "list [1]",
    ),
    "Confluent framing": (
        b"\x00\x00\x00\x00\x07abc",
        "registry_not_configured",
        "value",
        "JSON or Avro single-object encoding",
        "a magic byte of 0 and schema id 7",
    ),
    "unknown fingerprint": (
        b"\xc3\x01abcdefghij",
        "unknown_fingerprint",
        "value",
        "the fingerprint of the wire schema of a defined event",
        "6162636465666768",
    ),
    "Avro header alone": (
        b"\xc3\x01",
        "unknown_fingerprint",
        "value",
        "the fingerprint of the wire schema of a defined event",
        "nothing",
    ),
    "no event": (
        {"customer": {"source_id": "c"}},
        "invalid_envelope",
        "event",
        "the name of a defined event",
        "nothing",
    ),
    "event no text": (
        {**EVENT, "event": 5},
        "invalid_envelope",
        "event",
        "the name of a defined event",
        "number 5",
    ),
    "undefined event": (
        {**EVENT, "event": "hotel_stey"},
        "undefined_event",
        "event",
        "the name of a defined event; did you mean hotel_stay?",
        'text "hotel_stey"',
    ),
    "undefined event far from any": (
        {**EVENT, "event": "zzz"},
        "undefined_event",
        "event",
        "the name of a defined event; one of anything, app_opened, hotel_stay",
        'text "zzz"',
    ),
    "no customer": (
        {"event": "app_opened"},
        "invalid_customer",
        "customer",
        "an object with source_id",
        "nothing",
    ),
    "customer a text": (
        {**EVENT, "customer": "c-42"},
        "invalid_customer",
        "customer",
        "an object with source_id",
        'text "c-42"',
    ),
    "customer without id": (
        {**EVENT, "customer": {"email": "a@b.c"}},
        "invalid_customer",
        "customer.source_id",
        ID,
        "nothing",
    ),
    "customer id empty": (
        {**EVENT, "customer": {"source_id": ""}},
        "invalid_customer",
        "customer.source_id",
        ID,
        'text ""',
    ),
    "customer id a number": (
        {**EVENT, "customer": {"id": 42}},
        "invalid_customer",
        "customer.id",
        ID,
        "number 42",
    ),
    "customer id with a line break": (
        {**EVENT, "customer": {"source_id": "a\nb"}},
        "invalid_customer",
        "customer.source_id",
        ID,
        'text "a\\nb"',
    ),
    "customer id too long": (
        {**EVENT, "customer": {"source_id": "c" * 257}},
        "invalid_customer",
        "customer.source_id",
        ID,
        'text "' + "c" * 193 + "…",
    ),
    "profile field of a wrong type": (
        {**EVENT, "customer": {"source_id": "c", "email": 5}},
        "invalid_customer",
        "customer.email",
        "text, or null",
        "number 5",
    ),
    "unknown key": (
        {**EVENT, "ocurred_at": "2026-11-23T10:00:00Z"},
        "invalid_envelope",
        "ocurred_at",
        UNKNOWN_KEY.format("did you mean occurred_at?"),
        'text "2026-11-23T10:00:00Z"',
    ),
    "id a number": ({**EVENT, "id": 5}, "invalid_envelope", "id", ID, "number 5"),
    "id empty": ({**EVENT, "id": ""}, "invalid_envelope", "id", ID, 'text ""'),
    "source a list": ({**EVENT, "source": []}, "invalid_envelope", "source", ID, "list []"),
    "time in milliseconds": (
        {**EVENT, "occurred_at": 1_795_428_000_000},
        "invalid_time",
        "occurred_at",
        "RFC 3339 with an offset, such as 2026-11-23T10:00:00Z",
        "number 1795428000000",
    ),
    "time without offset": (
        {**EVENT, "occurred_at": "2026-11-23T10:00:00"},
        "invalid_time",
        "occurred_at",
        "RFC 3339 with an offset, such as 2026-11-23T10:00:00Z",
        'text "2026-11-23T10:00:00"',
    ),
    "metadata a list": (
        {**EVENT, "metadata": [1]},
        "invalid_envelope",
        "metadata",
        "an object of attributes",
        "list [1]",
    ),
}


@pytest.mark.parametrize(("value", "reason", "path", "expected", "found"), BAD.values(), ids=BAD)
def test_a_value_that_is_no_event(
    read: Read, value: Any, reason: str, path: str, expected: str, found: str
) -> None:
    """It is rejected with one fault, whose place and words are these."""
    rejection = read(value)
    assert isinstance(rejection, Rejected)
    assert len(rejection.faults) == 1
    assert rejection[:4] == (reason, path, expected, found)
