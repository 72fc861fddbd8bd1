import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.maps.projection import (
    EARTH_KM,
    Azimuthal,
    EqualEarth,
    Projection,
    kilometres_between,
    near_longitude,
)

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)


def one_point(longitude: float, latitude: float) -> np.ndarray:
    return np.array([[longitude, latitude]])


@given(middle=longitudes, latitude=latitudes, east=st.floats(-170, 170), north=st.floats(-89, 89))
def test_azimuthal_is_inverted(middle: float, latitude: float, east: float, north: float) -> None:
    projection = Azimuthal(middle, latitude)
    point = one_point(middle + east, north)
    if kilometres_between(point, middle, latitude)[0] > 19_000:
        return  # at the antipode the whole rim is one point
    found = projection.invert(projection.project(point))
    assert kilometres_between(found, *point[0])[0] < 0.1


@given(middle=longitudes, east=st.floats(-180, 180), north=st.floats(-89.9, 89.9))
def test_equal_earth_is_inverted(middle: float, east: float, north: float) -> None:
    projection = EqualEarth(middle)
    point = one_point(middle + east * 0.9999, north)
    found = projection.invert(projection.project(point))
    assert kilometres_between(found, *point[0])[0] < 0.5


@given(longitudes, latitudes)
def test_the_middle_is_projected_to_zero(longitude: float, latitude: float) -> None:
    xy = Azimuthal(longitude, latitude).project(one_point(longitude, latitude))
    assert xy == pytest.approx(np.zeros((1, 2)), abs=1e-6)


@pytest.mark.parametrize("projection", [Azimuthal(30, 50), EqualEarth(30)])
def test_north_is_up_and_east_is_right(projection: Projection) -> None:
    (west, east) = projection.project(np.array([[29.0, 50.0], [31.0, 50.0]]))
    (south, north) = projection.project(np.array([[30.0, 49.0], [30.0, 51.0]]))
    assert west[0] < 0 < east[0]
    assert south[1] < north[1]


@given(middle=longitudes, north=st.floats(-80, 80))
def test_areas_are_kept(middle: float, north: float) -> None:
    """A small square of degrees has on the map the area that it has on the globe."""
    side = 0.01
    square = [(0, 0), (side, 0), (side, side), (0, side)]
    corners = np.array([(middle + 20 + x, north + y) for x, y in square])
    area = EARTH_KM**2 * np.radians(side) ** 2 * np.cos(np.radians(north + side / 2))
    for projection in (Azimuthal(middle, 10), EqualEarth(middle)):
        x, y = projection.project(corners).T
        drawn = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
        assert drawn == pytest.approx(area, rel=0.01)


@pytest.mark.parametrize("xy", [(20_000.0, 0.0), (0.0, 9_000.0)])
def test_outside_of_the_earth_there_is_no_point(xy: tuple[float, float]) -> None:
    assert np.isnan(EqualEarth(0).invert(np.array([xy]))).all()


@given(longitudes, longitudes)
def test_a_longitude_is_moved_near_the_middle(longitude: float, middle: float) -> None:
    moved = near_longitude(longitude, middle)
    assert abs(moved - middle) <= 180 + 1e-9
    assert (moved - longitude) % 360 == pytest.approx(0, abs=1e-6) or (
        moved - longitude
    ) % 360 == pytest.approx(360, abs=1e-6)


def test_distances_are_those_of_great_circles() -> None:
    quarter = kilometres_between(np.array([[90.0, 0.0], [0.0, 90.0]]), 0, 0)
    assert quarter == pytest.approx([EARTH_KM * np.pi / 2] * 2)
