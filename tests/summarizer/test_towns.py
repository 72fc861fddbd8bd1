from pathlib import Path

import pytest

from summarizer.errors import GazetteerMissing
from summarizer.towns import find_towns


def test_the_largest_towns_of_a_window_come_first(gazetteer_path: Path) -> None:
    towns = find_towns(gazetteer_path, west=22, east=40, south=44, north=52, limit=3)
    assert towns[0].name == "Kyiv"
    assert [town.population for town in towns] == sorted(
        (town.population for town in towns), reverse=True
    )


def test_a_window_may_pass_the_date_line(gazetteer_path: Path) -> None:
    towns = find_towns(gazetteer_path, west=170, east=190, south=-30, north=-10, limit=50)
    assert {"Suva", "Apia"} <= {town.name for town in towns}


def test_without_a_place_list_there_are_no_towns(tmp_path: Path) -> None:
    with pytest.raises(GazetteerMissing):
        find_towns(tmp_path / "missing.sqlite", west=0, east=1, south=0, north=1, limit=1)
