from math import inf, nan
from pathlib import Path

from bot.maps.worker import draw_map, mappable
from summarizer.models import Location


def at(latitude: float, longitude: float) -> Location:
    return Location("Leeds", "city", "GB", latitude, longitude, None, True, 1.0, ())


def test_places_without_a_point_are_not_mappable() -> None:
    leeds = at(53.8, -1.5)
    assert mappable([at(nan, 0), at(0, inf), at(91, 0), leeds]) == (leeds,)


def test_towns_of_the_place_list_are_on_the_map(gazetteer_path: Path) -> None:
    places = [at(53.8, -1.5), at(nan, 0)]
    assert draw_map(places, gazetteer_path) != draw_map(places, None)


def test_a_map_needs_no_place_list(tmp_path: Path) -> None:
    assert draw_map([at(53.8, -1.5)], tmp_path / "missing.sqlite").startswith(b"\x89PNG")
