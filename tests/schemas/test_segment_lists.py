"""Records of ``segment-lists``: who is on which list, and what is told to who wrote something else."""

import json

import pytest

from schemas.envelope import Headers
from schemas.json_values import JsonValue
from schemas.rejections import Rejected
from schemas.segment_lists import (
    BY_DEFINITION,
    CAUSE_HEADER,
    Listing,
    key_of,
    read_listing,
    split_key,
    value_of,
)

LISTED = b'{"segment_id": "vip", "customer_id": "c-42", "listed": true}'


def test_a_customer_is_on_a_list() -> None:
    """The value repeats the key, or leaves it out."""
    on = Listing("vip", "c-42", listed=True)
    assert read_listing(b"vip/c-42", LISTED) == on
    assert read_listing(b"vip/c-42", b'{"listed": true}') == on


@pytest.mark.parametrize("value", [None, b"", b'{"listed": false}'])
def test_a_customer_is_taken_off(value: bytes | None) -> None:
    """By no value, by an empty one, and by one that says so."""
    assert read_listing(b"vip/c-42", value) == Listing("vip", "c-42", listed=False)


def test_the_id_of_a_customer_may_hold_what_stands_between() -> None:
    """That of a segment cannot, so the first one parts them."""
    assert (key_of("vip", "a/b"), split_key(b"vip/a/b")) == (b"vip/a/b", ("vip", "a/b"))
    assert json.loads(value_of("vip", "a/b")) == {"segment_id": "vip", "customer_id": "a/b", "listed": True}
    assert read_listing(key_of("vip", "ż/b"), value_of("vip", "ż/b")) == Listing("vip", "ż/b", listed=True)


@pytest.mark.parametrize(
    ("headers", "cause"),
    [
        (None, "profile"),
        ([("trace", b"7")], "profile"),
        ([(CAUSE_HEADER, b"profile")], "profile"),
        (BY_DEFINITION, "definition"),
        ([("tidemark-cause", b"definition")], "definition"),
    ],
)
def test_a_header_names_the_cause(headers: Headers | None, cause: str) -> None:
    """Without one it happened to the customer."""
    read = read_listing(b"vip/c-42", None, headers)
    assert isinstance(read, Listing)
    assert read.cause == cause


@pytest.mark.parametrize("value", [b"event", b"\xff", b"", None])
def test_another_cause_is_refused(value: bytes | None) -> None:
    """Those that a record cannot have, and what is none."""
    read = read_listing(b"vip/c-42", LISTED, [(CAUSE_HEADER, value)])
    assert isinstance(read, Rejected)
    assert (read.reason, read.path) == ("invalid_envelope", "headers.tidemark-cause")


@pytest.mark.parametrize(
    "key", [None, b"", b"vip", b"vip/", b"/c-42", b"\xff/c", b"vip/a\nb", b"vip/" + b"c" * 257]
)
def test_a_key_names_segment_and_customer(key: bytes | None) -> None:
    """Anything else is no key, whatever the value says."""
    for value in (LISTED, None):
        read = read_listing(key, value)
        assert isinstance(read, Rejected)
        assert ("invalid_customer", "key") in {(fault.reason, fault.path) for fault in read.faults}


@pytest.mark.parametrize(
    ("body", "reason", "path"),
    [
        ("{", "malformed_json", "value"),
        ([], "invalid_envelope", "value"),
        ({}, "invalid_envelope", "listed"),
        ({"listed": 1}, "invalid_envelope", "listed"),
        ({"listed": True, "segment_id": "vop"}, "invalid_envelope", "segment_id"),
        ({"listed": True, "customer_id": "c-43"}, "invalid_envelope", "customer_id"),
        ({"listed": True, "note": "x" * 10_000}, "too_large", "value"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_value_says_who_is_listed(body: JsonValue, reason: str, path: str) -> None:
    """The fault names reason and place."""
    value = body if isinstance(body, str) else json.dumps(body)
    read = read_listing(b"vip/c-42", value.encode())
    assert isinstance(read, Rejected)
    assert (read.reason, read.path) == (reason, path)
