"""Points on the earth, and which of them lie within a radius.

A point is ``{lat, lon}`` in degrees, or text such as ``"52.23,21.01"``. Distances are along a sphere. Does not know
whose point it is.
"""

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Final, NamedTuple

from streams.domain.faults import ABSENT, Place
from streams.domain.operators import number_of
from streams.domain.still_comparisons import Accepts, Use

EARTH_RADIUS_KM: Final = 6371.0088
"""The mean radius; the true distance differs by 0.6 % at most."""

_BOUNDS: Mapping[str, float] = {"lat": 90, "lon": 180}
_KEYS = ("lat", "lon", "radius_km")


class Point(NamedTuple):
    """Latitude and longitude in degrees."""

    lat: float
    lon: float


class Circle(NamedTuple):
    """All points at most so far from one."""

    centre: Point
    radius_km: float


def in_location(use: Use) -> Accepts | None:
    """``$in_location``: within one of the circles written."""
    circles = [circle_at(use.place.at(index), one) for index, one in enumerate(use.operands)]
    if not circles:
        use.place.fault("at least one {lat, lon, radius_km}", use.operands)
    sound = [circle for circle in circles if circle is not None]
    if not sound or len(sound) < len(circles):
        return None

    def holds(value: object) -> bool:
        point = point_of(value)
        return point is not None and any(distance_km(point, centre) <= radius for centre, radius in sound)

    return holds


def circle_at(place: Place, body: object) -> Circle | None:
    """The circle written at a place, or none after noting faults."""
    written = place.mapping(body)
    if written is None:
        return None
    noted = len(place.noted)
    place.keys(written, _KEYS)
    lat, lon = (_degrees(place.at(key), written.get(key, ABSENT), _BOUNDS[key]) for key in ("lat", "lon"))
    radius = number_of(written.get("radius_km", ABSENT))
    if radius is None or radius <= 0:
        place.at("radius_km").fault("kilometres, more than 0", written.get("radius_km", ABSENT))
        return None
    return Circle(Point(lat, lon), radius) if len(place.noted) == noted else None


def point_of(value: object) -> Point | None:
    """The point that a value is; none for anything else."""
    if isinstance(value, str):
        lat, _, lon = value.partition(",")
        parts: list[object] = [lat.strip(), lon.strip()]
    elif isinstance(value, Mapping):
        parts = [given for given in (value.get("lat"), value.get("lon")) if not isinstance(given, str)]
    else:
        return None
    numbers = [number for number in map(number_of, parts) if number is not None]
    if len(numbers) < 2 or abs(numbers[0]) > _BOUNDS["lat"] or abs(numbers[1]) > _BOUNDS["lon"]:
        return None
    return Point(*numbers)


def distance_km(one: Point, other: Point) -> float:
    """The way along the sphere, by the haversine formula."""
    lat, lat_of_other = radians(one.lat), radians(other.lat)
    across, along = lat_of_other - lat, radians(other.lon - one.lon)
    chord = sin(across / 2) ** 2 + cos(lat) * cos(lat_of_other) * sin(along / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))


def _degrees(place: Place, value: object, bound: float) -> float:
    number = number_of(value)
    if number is None or abs(number) > bound:
        place.fault(f"degrees, {-bound} to {bound}", value)
        return 0
    return number
