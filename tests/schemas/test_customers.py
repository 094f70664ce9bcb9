"""Records of ``customers``: what they say, and what is told to who wrote something else."""

import pytest

from schemas.customers import MOST_BYTES, CustomerRecord, read_customer
from schemas.json_values import JsonObject
from schemas.rejections import Rejected


def test_a_profile() -> None:
    """The key names the customer; the value may repeat that."""
    value = b'{"source_id": "c-42", "email": "a@b.c", "metadata": {"level": "Gold"}, "phone": null}'
    expected: JsonObject = {"email": "a@b.c", "metadata": {"level": "Gold"}, "phone": None}
    assert read_customer(b"c-42", value) == CustomerRecord("c-42", expected)
    assert read_customer(b"c-42", b"{}") == CustomerRecord("c-42", {})


@pytest.mark.parametrize("value", [None, b""])
def test_a_deletion(value: bytes | None) -> None:
    """No value deletes, nor does an empty one stand for anything else."""
    assert read_customer("ż".encode(), value) == CustomerRecord("ż", None)


@pytest.mark.parametrize(
    ("key", "value", "reason", "path"),
    [
        (None, b"{}", "invalid_customer", "key"),
        (b"", None, "invalid_customer", "key"),
        (b"\xff", b"{}", "invalid_customer", "key"),
        (b"a\nb", b"{}", "invalid_customer", "key"),
        (b"c" * 257, None, "invalid_customer", "key"),
        (b"c", b"[]", "invalid_customer", "value"),
        (b"c", b"{", "malformed_json", "value"),
        (b"c", b'"\xff"', "malformed_json", "value"),
        (b"c", b'{"source_id": "d"}', "invalid_customer", "customer.source_id"),
        (b"c", b'{"id": 7}', "invalid_customer", "customer.id"),
        (b"c", b'{"name": 7}', "invalid_customer", "customer.name"),
        (b"c", b'{"birthdate": "soon"}', "invalid_customer", "customer.birthdate"),
        (b"c", b'{"name": "' + b"x" * MOST_BYTES + b'"}', "too_large", "value"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_neither(key: bytes | None, value: bytes | None, reason: str, path: str) -> None:
    """The fault names reason and place."""
    read = read_customer(key, value)
    assert isinstance(read, Rejected)
    assert (read.reason, read.path) == (reason, path)


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Id and fields."""
    read = read_customer(b"c", b'{"source_id": "d", "name": 7, "email": []}')
    assert isinstance(read, Rejected)
    assert [fault.path for fault in read.faults] == ["customer.source_id", "customer.name", "customer.email"]
