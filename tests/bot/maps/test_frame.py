import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.maps.frame import Canvas, Frame, fit_frame, split_far
from bot.maps.projection import Azimuthal, EqualEarth

CANVAS = Canvas(1280, 960, 150)

some_points = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=30)


def fitted(points: list[tuple[float, float]], at_least_km: float = 400) -> Frame:
    return fit_frame(np.array(points), CANVAS, at_least_km=at_least_km)


@given(some_points)
@example([(179.9, 10.0), (-179.9, -10.0)])
@example([(0.0, 90.0), (180.0, 89.0), (90.0, 88.0)])
@example([(0.0, 0.0), (180.0, 0.0)])
@example([(10.0, -90.0)])
def test_all_points_are_in_the_picture(points: list[tuple[float, float]]) -> None:
    frame = fitted(points)
    assert frame.shows(np.array(points), margin=0).all()


@given(some_points)
def test_the_window_holds_what_is_shown(points: list[tuple[float, float]]) -> None:
    frame = fitted(points)
    window = frame.window()
    assert window.east - window.west <= 360 + 1e-9
    for longitude, latitude in points:
        middle = frame.projection.longitude
        moved = middle + (longitude - middle + 180) % 360 - 180
        assert window.west - 1e-6 <= moved <= window.east + 1e-6
        assert window.south - 1e-6 <= latitude <= window.north + 1e-6


@given(some_points)
def test_pixels_and_degrees_agree(points: list[tuple[float, float]]) -> None:
    frame = fitted(points)
    pixels = frame.to_pixels(np.array(points))
    back = frame.to_pixels(frame.to_degrees(pixels))
    if not np.isnan(back).any():
        np.testing.assert_allclose(back, pixels, atol=1.0)


def test_one_place_gets_the_least_width_around_it() -> None:
    frame = fitted([(32.6, 46.6)], at_least_km=420)
    assert frame.width_km == pytest.approx(420)
    assert frame.to_pixels(np.array([[32.6, 46.6]])) == pytest.approx(np.array([[640, 480]]))


def test_places_on_both_sides_of_the_date_line_are_near_each_other() -> None:
    frame = fitted([(178.4, -18.1), (-175.2, -21.1)])
    assert isinstance(frame.projection, Azimuthal)
    assert frame.width_km < 1_500


def test_places_around_a_pole_are_near_each_other() -> None:
    frame = fitted([(0.0, 88.0), (120.0, 88.0), (-120.0, 88.0)])
    assert isinstance(frame.projection, Azimuthal)
    assert frame.width_km < 1_500
    window = frame.window()
    assert (window.east - window.west, window.north) == (360, 90)


def test_a_map_of_one_pole_does_not_show_the_other() -> None:
    assert fitted([(0.0, 90.0)]).window().south > 80
    assert fitted([(0.0, -90.0)]).window().north < -80


def test_places_all_over_the_earth_get_a_map_of_the_world() -> None:
    frame = fitted([(-77.0, 38.9), (149.1, -35.3), (37.6, 55.8)])
    assert isinstance(frame.projection, EqualEarth)
    assert frame.height < CANVAS.height
    assert frame.window().east - frame.window().west == 360


def test_a_far_place_that_matters_little_is_left_out() -> None:
    points = np.array([(32.6, 46.6), (30.5, 50.4), (12.5, 41.9)])
    assert split_far(points, [1.0, 0.4, 0.1], near_km=400).tolist() == [True, True, False]


def test_a_far_place_that_matters_is_kept() -> None:
    points = np.array([(32.6, 46.6), (12.5, 41.9)])
    assert split_far(points, [1.0, 0.9], near_km=400).all()


def test_the_first_place_is_never_left_out() -> None:
    points = np.array([(150.0, -33.0), (2.0, 48.0), (3.0, 49.0)])
    assert split_far(points, [0.0, 1.0, 1.0], near_km=400)[0]
