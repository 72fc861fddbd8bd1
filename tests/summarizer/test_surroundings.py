from pathlib import Path

import pytest

from summarizer.errors import GazetteerMissing
from summarizer.surroundings import MOST_TOWNS, find_surroundings


def test_the_largest_towns_of_a_window_come_first(gazetteer_path: Path) -> None:
    found = find_surroundings(gazetteer_path, west=22, east=40, south=44, north=52)
    assert found.towns[0].name == "Kyiv"
    assert len(found.towns) == MOST_TOWNS


def test_provinces_lie_among_their_towns(gazetteer_path: Path) -> None:
    found = find_surroundings(gazetteer_path, west=-107, east=-93, south=25, north=37)
    assert {"Texas", "Oklahoma"} <= {province.name for province in found.provinces}


def test_a_window_may_pass_the_date_line(gazetteer_path: Path) -> None:
    found = find_surroundings(gazetteer_path, west=170, east=190, south=-30, north=-10)
    assert {"Suva", "Apia"} <= {town.name for town in found.towns}


def test_without_a_place_list_nothing_is_found(tmp_path: Path) -> None:
    with pytest.raises(GazetteerMissing):
        find_surroundings(tmp_path / "missing.sqlite", west=0, east=1, south=0, north=1)
