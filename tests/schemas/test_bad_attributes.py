"""Attributes that are rejected: each with reason, path, expectation and finding."""

from typing import Any

import pytest

from schemas.wire import Rejected
from tests.schemas.conftest import Read, changed, without

HOTEL = "text from 2 to 20 characters matching ^[A-Z]"

BAD: dict[str, tuple[Any, str, str, str, str]] = {
    "attribute missing": (
        without("nights"),
        "missing_attribute",
        "metadata.nights",
        "whole number from 1 to 365",
        "nothing",
    ),
    "attribute unknown": (
        changed(nigths=3),
        "unknown_attribute",
        "metadata.nigths",
        "no attribute of this name; did you mean nights?",
        "number 3",
    ),
    "attribute unknown and odd": (
        changed(**{"a.b": 3}),
        "unknown_attribute",
        'metadata["a.b"]',
        "no attribute of this name",
        "number 3",
    ),
    "null for a mandatory one": (
        changed(nights=None),
        "wrong_type",
        "metadata.nights",
        "whole number from 1 to 365",
        "null",
    ),
    "number as text": (
        changed(nights="3"),
        "wrong_type",
        "metadata.nights",
        "whole number from 1 to 365",
        'text "3"',
    ),
    "number too small": (
        changed(nights=0),
        "out_of_limits",
        "metadata.nights",
        "whole number from 1 to 365",
        "number 0",
    ),
    "number beyond 32 bits": (
        changed(floor=2**31),
        "out_of_limits",
        "metadata.floor",
        "whole number",
        "number 2147483648",
    ),
    "text too long": (
        changed(hotel="A" * 21),
        "out_of_limits",
        "metadata.hotel",
        HOTEL,
        f'text "{"A" * 21}"',
    ),
    "text off the pattern": (
        changed(hotel="seaview"),
        "out_of_limits",
        "metadata.hotel",
        HOTEL,
        'text "seaview"',
    ),
    "symbol unknown": (
        changed(room={"number": "1", "view": "street"}),
        "out_of_limits",
        "metadata.room.view",
        "one of sea, yard",
        'text "street"',
    ),
    "object as text": (
        changed(room="12a"),
        "wrong_type",
        "metadata.room",
        "object of number, view",
        'text "12a"',
    ),
    "inside an object": (
        changed(room={"view": "sea"}),
        "missing_attribute",
        "metadata.room.number",
        "text",
        "nothing",
    ),
    "inside a list": (
        changed(guests=[{"age": 1}, {"age": -1}]),
        "out_of_limits",
        "metadata.guests[1].age",
        "whole number of at least 0",
        "number -1",
    ),
    "item of a list": (
        changed(tags=["a", 5]),
        "wrong_type",
        "metadata.tags[1]",
        "text",
        "number 5",
    ),
    "list too long": (
        changed(guests=[{"age": 1}] * 4),
        "out_of_limits",
        "metadata.guests",
        "list of object of age, nickname of at most 3 items",
        'list [{"age":1},{"age":1},{"age":1},{"age":1}]',
    ),
    "additional beyond 64 bits": (
        {"event": "anything", "customer": {"source_id": "c"}, "metadata": {"a": [{"b": 2**64}]}},
        "out_of_limits",
        "metadata.a[0].b",
        "whole number of 64 bits",
        "number 18446744073709551616",
    ),
}


@pytest.mark.parametrize(("value", "reason", "path", "expected", "found"), BAD.values(), ids=BAD)
def test_an_attribute_that_does_not_conform(
    read: Read, value: Any, reason: str, path: str, expected: str, found: str
) -> None:
    """It is rejected with one fault, whose place and words are these."""
    rejection = read(value)
    assert isinstance(rejection, Rejected)
    assert len(rejection.faults) == 1
    assert rejection[:4] == (reason, path, expected, found)
