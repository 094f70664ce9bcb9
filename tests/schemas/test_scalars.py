"""Single values: what is of a type, what is not, and the form it takes."""

from typing import Any

import pytest

from schemas.attributes import Attribute, Limits
from schemas.rejections import Fault
from schemas.scalars import SCALARS, refusing

WHOLE = Attribute("number", bits=64)
SMALL = Attribute("number", bits=32)
DECIMAL = Attribute("number")
RATING = Attribute("number", bits=64, limits=Limits(minimum=1, maximum=5))
TEXT = Attribute("text", limits=Limits(min_length=2, max_length=3))
CODE = Attribute("text", limits=Limits(pattern="[0-9]$"))
EMPTY = Attribute("text", limits=Limits(max_length=0))
FLAG = Attribute("boolean")
DATE = Attribute("date")
INSTANT = Attribute("datetime")
IMAGE = Attribute("image_url")
POINT = Attribute("geopoint")
DEVICE = Attribute("one_of", symbols=("web", "app"))


def checked(attribute: Attribute, value: Any) -> tuple[Any, list[Fault]]:
    """The normal form and the faults."""
    faults: list[Fault] = []
    return SCALARS[attribute.type](attribute, refusing(attribute, "p"))(value, faults), faults


@pytest.mark.parametrize(
    ("attribute", "value", "normal"),
    [
        (WHOLE, 0, 0),
        (WHOLE, 2**63 - 1, 2**63 - 1),
        (WHOLE, -(2**63), -(2**63)),
        (WHOLE, 5.0, 5),
        (SMALL, -(2**31), -(2**31)),
        (DECIMAL, 5, 5.0),
        (DECIMAL, 0.1, 0.1),
        (DECIMAL, 2**80, float(2**80)),
        (RATING, 1, 1),
        (RATING, 5, 5),
        (TEXT, "äö", "äö"),
        (TEXT, "abc", "abc"),
        (CODE, "abc1", "abc1"),
        (EMPTY, "", ""),
        (FLAG, False, False),
        (DATE, "2024-02-29", "2024-02-29"),
        (INSTANT, "2026-11-23T12:00:00.1239+02:00", "2026-11-23T10:00:00.123Z"),
        (INSTANT, "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
        (IMAGE, "https://img.example.com/a/b.JPG?size=1#x", "https://img.example.com/a/b.JPG?size=1#x"),
        (IMAGE, "http://localhost:80/a.webp", "http://localhost:80/a.webp"),
        (POINT, {"lat": -90, "lon": 180}, {"lat": -90.0, "lon": 180.0}),
        (DEVICE, "web", "web"),
    ],
)
def test_what_is_of_the_type(attribute: Attribute, value: Any, normal: Any) -> None:
    """It passes, and takes its normal form: whole numbers whole, decimals as floats, instants in UTC."""
    result, faults = checked(attribute, value)
    assert not faults
    assert result == normal
    assert type(result) is type(normal)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (WHOLE, True),
        (WHOLE, 1.5),
        (WHOLE, "1"),
        (WHOLE, None),
        (WHOLE, 1e300),
        (DECIMAL, False),
        (DECIMAL, "1.5"),
        (TEXT, 12),
        (TEXT, None),
        (FLAG, 1),
        (FLAG, "true"),
        (DATE, "2026-02-30"),
        (DATE, "20260101"),
        (DATE, "2026-W01-1"),
        (DATE, "2026-01-01T00:00:00Z"),
        (DATE, 20000),
        (INSTANT, "2026-11-23"),
        (INSTANT, "2026-11-23T10:00:00"),
        (INSTANT, 1_795_428_000_000),
        (IMAGE, "img.example.com/a.jpg"),
        (IMAGE, "ftp://img.example.com/a.jpg"),
        (IMAGE, "https://img.example.com/a.pdf"),
        (IMAGE, "https:///a.jpg"),
        (IMAGE, "https://img.example.com/a b.jpg"),
        (IMAGE, "https://img.example.com/?a.jpg"),
        (POINT, {"lat": 1}),
        (POINT, {"lat": 1, "lon": 2, "alt": 3}),
        (POINT, {"lat": "1", "lon": 2}),
        (POINT, {"lat": True, "lon": 2}),
        (POINT, [1, 2]),
        (DEVICE, 0),
        (DEVICE, ["web"]),
    ],
)
def test_what_is_of_another_type(attribute: Attribute, value: Any) -> None:
    """It is refused, whatever it looks like."""
    result, faults = checked(attribute, value)
    assert result is None
    assert [(fault.reason, fault.path) for fault in faults] == [("wrong_type", "p")]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (WHOLE, 2**63),
        (WHOLE, -(2**63) - 1),
        (SMALL, 2**31),
        (DECIMAL, 10**400),
        (DECIMAL, float("nan")),
        (DECIMAL, float("inf")),
        (RATING, 0),
        (RATING, 6),
        (RATING, 6.0),
        (TEXT, "a"),
        (TEXT, "abcd"),
        (CODE, "abc"),
        (EMPTY, "a"),
        (POINT, {"lat": 90.1, "lon": 0}),
        (POINT, {"lat": 0, "lon": -181}),
        (DEVICE, "Web"),
    ],
)
def test_what_is_outside_the_limits(attribute: Attribute, value: Any) -> None:
    """It is of the type and refused all the same."""
    result, faults = checked(attribute, value)
    assert result is None
    assert [(fault.reason, fault.path) for fault in faults] == [("out_of_limits", "p")]
