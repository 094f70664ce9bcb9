from typing import Any

import pytest

from streams.domain.comparisons import Subject, accepts_of, comparisons_at
from streams.domain.faults import Place
from streams.domain.geopoints import Point, distance_km

WARSAW = {"lat": 52.23, "lon": 21.01, "radius_km": 5}


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ((0, 0), (0, 0), 0.0),
        ((0, 0), (0, 180), 20_015.1),
        ((90, 0), (-90, 77), 20_015.1),
        ((0, 0), (1, 0), 111.195),
        ((0, 179.5), (0, -179.5), 111.195),
        ((60, 0), (60, 1), 55.597),
        ((52.2296756, 21.0122287), (52.406374, 16.9251681), 278.459),
        ((48.8566, 2.3522), (51.5074, -0.1278), 343.557),
    ],
)
def test_distances_along_the_sphere(
    one: tuple[float, float], other: tuple[float, float], kilometres: float
) -> None:
    """A degree of a meridian is 111.195 km, half a turn 20,015.1 km, and the date line is no border."""
    assert distance_km(Point(*one), Point(*other)) == pytest.approx(kilometres, abs=0.05)
    assert distance_km(Point(*other), Point(*one)) == pytest.approx(kilometres, abs=0.05)


def near(operand: object, value: object) -> bool:
    """Whether a value is in a location."""
    place = Place("segment", "s", (), [])
    found = comparisons_at(place, {"conditions": {"$in_location": operand}}, Subject("geopoint"))
    assert found is not None, place.noted
    accepts = accepts_of(found)
    assert accepts is not None
    return accepts(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"lat": 52.23, "lon": 21.01}, True),
        ({"lat": 52.27, "lon": 21.01}, True),
        ({"lat": 52.28, "lon": 21.01}, False),
        ("52.23,21.01", True),
        (" 52.23 , 21.01 ", True),
        ("52.23,21.2", False),
        ("21.01,52.23", False),
        ("52.23", False),
        ("52.23,21.01,5", False),
        ("here", False),
        ("152.23,21.01", False),
        ({"lat": 52.23}, False),
        ({"lat": "52.23", "lon": "21.01"}, False),
        ({"lat": True, "lon": 21.01}, False),
        ({"lat": 52.23, "lon": 381.01}, False),
        ([52.23, 21.01], False),
        (52.23, False),
        (None, False),
    ],
)
def test_what_is_within_five_kilometres(value: object, expected: bool) -> None:  # noqa: FBT001  the expected answer
    """A point as a mapping or as text, at most so far away; anything else is no point."""
    assert near([WARSAW], value) is expected
    assert near(WARSAW, value) is expected


def test_several_locations_are_alternatives() -> None:
    """One of them is enough; numbers may stand as text."""
    both = [{"lat": "0", "lon": "0", "radius_km": "1"}, WARSAW]
    assert near(both, "0,0")
    assert near(both, "52.23,21.01")
    assert not near(both, "1,1")


@pytest.mark.parametrize(
    ("operand", "path", "expected", "hint"),
    [
        ([], (), "at least one {lat, lon, radius_km}", None),
        (["52,21"], (0,), "a mapping", None),
        ([{**WARSAW, "lat": 91}], (0, "lat"), "degrees, -90 to 90", None),
        ([WARSAW, {**WARSAW, "lon": -181}], (1, "lon"), "degrees, -180 to 180", None),
        ([{**WARSAW, "lon": True}], (0, "lon"), "degrees, -180 to 180", None),
        ([{**WARSAW, "radius_km": 0}], (0, "radius_km"), "kilometres, more than 0", None),
        ([{**WARSAW, "radius_km": "wide"}], (0, "radius_km"), "kilometres, more than 0", None),
        (
            [{**WARSAW, "raduis_km": 5}],
            (0, "raduis_km"),
            "one of lat, lon, radius_km",
            "did you mean radius_km?",
        ),
        (
            [{"lat": 1, "lng": 2, "radius_km": 5}],
            (0, "lng"),
            "one of lat, lon, radius_km",
            "did you mean lon?",
        ),
    ],
)
def test_what_is_no_location(operand: Any, path: tuple[Any, ...], expected: str, hint: str | None) -> None:
    """Each part is checked where it stands."""
    place = Place("segment", "s", (), [])
    assert comparisons_at(place, {"conditions": {"$in_location": operand}}, Subject("geopoint")) is None
    fault = place.noted[0]
    assert (fault.path, fault.expected) == (("conditions", "$in_location", *path), expected)
    assert fault.hint == hint
