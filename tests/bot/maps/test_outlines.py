import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.maps.outlines import Outlines, Scale, Window, cut_area, load_outlines

SQUARE = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)])


def area_of(outline: np.ndarray) -> float:
    x, y = outline.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


@pytest.fixture(scope="module", params=["near", "far"])
def outlines(request: pytest.FixtureRequest) -> Outlines:
    scale: Scale = request.param
    return load_outlines(scale)


def test_every_country_has_a_name_and_most_a_code(outlines: Outlines) -> None:
    assert all(outlines.names)
    assert {"Ukraine", "France", "Fiji", "Antarctica"} <= set(outlines.names)
    assert sum(map(bool, outlines.codes)) > 230


def test_the_middle_of_a_country_is_in_its_land(outlines: Outlines) -> None:
    small = Window(2.2, 2.5, 46.4, 46.6)
    ((country, area),) = outlines.land(small)
    assert outlines.codes[country] == "FR"
    assert area_of(area) == pytest.approx(0.3 * 0.2)


def test_land_around_the_south_pole_is_land(outlines: Outlines) -> None:
    names = {outlines.names[index] for index, _ in outlines.land(Window(-30, 30, -90, -88))}
    assert names == {"Antarctica"}


def test_a_country_goes_on_beyond_the_date_line(outlines: Outlines) -> None:
    beyond = Window(181, 184, 65, 68)
    assert "RU" in {outlines.codes[index] for index, _ in outlines.land(beyond)}


def test_the_open_sea_has_no_land(outlines: Outlines) -> None:
    assert not list(outlines.land(Window(-35, -32, 25, 28)))


def test_no_line_jumps_around_the_earth(outlines: Outlines) -> None:
    for lines in (outlines.arcs, outlines.rivers, outlines.lakes):
        steps = np.abs(np.diff(lines.points[:, 0]))
        steps[lines.offsets[1:-1] - 1] = 0
        assert steps.max() <= 1.01


def test_borders_tell_the_countries_beside_them(outlines: Outlines) -> None:
    alps = Window(6.5, 7.5, 45.0, 46.0)
    pairs = {
        frozenset(outlines.codes[side] for side in sides) for sides, _ in outlines.borders(alps)
    }
    assert frozenset({"FR", "IT"}) in pairs


def test_lines_go_on_to_their_next_points_beyond_the_window(outlines: Outlines) -> None:
    window = Window(20, 40, 40, 50)
    for _, line in outlines.rivers.stretches(window):
        inner = line[1:-1]
        assert ((inner[:, 0] >= 20) & (inner[:, 0] <= 40)).all()
        assert (np.abs(line[[0, -1]] - [30, 45]) <= [11, 6]).all()


@given(st.floats(-5, 9), st.floats(0.5, 10), st.floats(-5, 9), st.floats(0.5, 10))
def test_an_area_is_cut_exactly(west: float, wide: float, south: float, high: float) -> None:
    cut = cut_area(SQUARE, Window(west, west + wide, south, south + high))
    across = max(0.0, min(10, west + wide) - max(0, west))
    along = max(0.0, min(10, south + high) - max(0, south))
    assert (area_of(cut) if len(cut) else 0) == pytest.approx(across * along, abs=1e-6)


def test_long_edges_of_a_cut_area_are_divided() -> None:
    cut = cut_area(SQUARE * 10, Window(0, 100, 0, 100))
    steps = np.abs(np.diff(cut, axis=0)).max(axis=1)
    assert steps.max() < 2.001
