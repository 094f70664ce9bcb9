"""What stands around the attributes."""

from typing import Any

import pytest

from schemas.envelope import Envelope, read_envelope
from schemas.instants import Instant
from schemas.rejections import Fault

FULL: dict[str, Any] = {
    "id": "e-1",
    "event": "x",
    "customer": {"source_id": "c", "email": "a@b.c"},
    "occurred_at": "1970-01-01T00:00:01Z",
    "source": "shop",
    "metadata": {"a": 1},
}


def envelope(**changes: Any) -> tuple[Envelope, list[Fault]]:
    """The envelope with some keys changed; ``None`` is a null, ``...`` takes a key away."""
    faults: list[Fault] = []
    body = {key: value for key, value in {**FULL, **changes}.items() if value is not ...}
    return read_envelope(body, faults), faults


def test_a_full_envelope() -> None:
    """Every key is read, the profile without the id."""
    assert envelope() == (Envelope("e-1", "x", "c", 1000, "shop", {"a": 1}, {"email": "a@b.c"}), [])


@pytest.mark.parametrize("absent", [None, ...])
def test_what_is_optional_may_be_absent_or_null(absent: Any) -> None:
    """Id, time, source and metadata."""
    read, faults = envelope(id=absent, occurred_at=absent, source=absent, metadata=absent)
    assert not faults
    assert (read.id, read.occurred_at, read.source, read.metadata) == (None, None, None, {})


def test_a_time_read_as_an_instant() -> None:
    """What Avro gives is taken as it is, and comes out as a plain number; a number in JSON is no time."""
    occurred_at = envelope(occurred_at=Instant(1500))[0].occurred_at
    assert occurred_at == 1500
    assert type(occurred_at) is int
    assert envelope(occurred_at=1500)[1][0].reason == "invalid_time"


def test_the_alias_of_the_customer_id() -> None:
    """``id`` serves as ``source_id``, and wins where both stand, as in Voucherify."""
    assert envelope(customer={"id": "a"})[0].customer_id == "a"
    assert envelope(customer={"id": "a", "source_id": "b"})[0].customer_id == "a"
    assert envelope(customer={"id": None, "source_id": "b"})[0] == envelope(customer={"source_id": "b"})[0]


def test_the_names_of_segment() -> None:
    """``messageId`` and ``timestamp`` are read; our own names win."""
    read, faults = envelope(id=..., occurred_at=..., messageId="m", timestamp="1970-01-01T00:00:02Z")
    assert not faults
    assert (read.id, read.occurred_at) == ("m", 2000)
    assert envelope(messageId="m", timestamp="1970-01-01T00:00:02Z") == envelope()


def test_what_voucherify_sends_besides_is_ignored() -> None:
    """``referral`` is accepted and means nothing."""
    assert envelope(referral={"code": "y"}) == envelope()


def test_the_card_that_points_go_to() -> None:
    """``loyalty.code`` names it; null, as Voucherify writes it, names none."""
    assert envelope(loyalty={"code": "CARD-7"})[0].card == "CARD-7"
    assert envelope(loyalty=None) == envelope()


@pytest.mark.parametrize(
    ("loyalty", "path"),
    [
        ("CARD-7", "loyalty"),
        ({}, "loyalty.code"),
        ({"code": ""}, "loyalty.code"),
        ({"code": 7}, "loyalty.code"),
        ({"code": "x" * 257}, "loyalty.code"),
        ({"code": "a\n"}, "loyalty.code"),
        ({"code": "CARD-7", "points": 5}, "loyalty.points"),
    ],
)
def test_a_card_that_is_none(loyalty: Any, path: str) -> None:
    """A code is a text as ids are, and stands alone."""
    faults = envelope(loyalty=loyalty)[1]
    assert [(fault.reason, fault.path) for fault in faults] == [("invalid_envelope", path)]


@pytest.mark.parametrize("id_", ["c 42", "Zoë", "顧客", "a/b:c", "x" * 256])
def test_ids_may_be_any_text(id_: str) -> None:
    """A customer's id is any text of a reasonable length."""
    assert envelope(customer={"source_id": id_})[0].customer_id == id_


@pytest.mark.parametrize("id_", ["", "x" * 257, "a\x00", "a\x7f", "a\x85b", 5, True, {}])
def test_ids_that_are_none(id_: Any) -> None:
    """Empty, overlong, with control characters, or no text."""
    read, faults = envelope(customer={"source_id": id_})
    assert read.customer_id is None
    assert [(fault.reason, fault.path) for fault in faults] == [("invalid_customer", "customer.source_id")]


def test_all_faults_of_an_envelope() -> None:
    """Each wrong key is told once, with its place."""
    faults = envelope(event=None, customer=[], id=1, occurred_at="now", source=2, metadata=3, rating=5)[1]
    assert {fault.path for fault in faults} == {
        "rating",
        "customer",
        "id",
        "event",
        "occurred_at",
        "source",
        "metadata",
    }
    assert len(faults) == 7
