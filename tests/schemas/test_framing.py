"""Confluent's framing, in the value and in a header."""

import pytest

from schemas.framing import FRAME_BYTES, Framed, frame, framed, named_by

GUID = bytes(range(16))


def test_an_id_stands_behind_a_zero() -> None:
    """Magic byte 0 and four bytes, the largest first, as the registry's serialisers write them."""
    assert framed(b"\x00\x00\x00\x01\x02rest") == Framed(258, 5)


def test_a_guid_stands_behind_a_one() -> None:
    """Magic byte 1 and sixteen bytes."""
    assert framed(b"\x01" + GUID + b"rest") == Framed(GUID, 17)


@pytest.mark.parametrize(
    "value", [b"", b"\x00", b"\x00\x00\x00\x01", b"\x01" + GUID[:15], b"\x02" * 20, b"{}"]
)
def test_anything_else_is_not_framed(value: bytes) -> None:
    """What is cut off, or begins otherwise, names no schema."""
    assert framed(value) is None


def test_what_is_framed_here_is_understood_here() -> None:
    """A frame names its id, and the record begins behind it."""
    assert framed(frame(70_000) + b"record") == Framed(70_000, FRAME_BYTES)


def test_only_the_header_of_the_value_names_its_schema() -> None:
    """The header of the key's schema and other headers say nothing of the value."""
    key, other = ("__key_schema_id", b"\x00\x00\x00\x00\x01"), ("trace", b"x")
    assert named_by([key, other, ("__value_schema_id", b"\x01" + GUID)]) == b"\x01" + GUID
    assert named_by([key, other]) is None
