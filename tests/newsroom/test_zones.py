from pathlib import Path

import pytest

from newsroom.zones import ZoneChoice, find_zone_at, find_zones


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Tallinn", "Europe/Tallinn"),
        ("kiev", "Europe/Kyiv"),
        ("New York", "America/New_York"),
        ("Texas", "America/Chicago"),
        ("Estonia", "Europe/Tallinn"),
        ("Portland, Maine", "America/New_York"),
        ("Birmingham, UK", "Europe/London"),
        ("europe/kyiv", "Europe/Kyiv"),
        ("UTC", "UTC"),
        ("UTC+2", "Etc/GMT-2"),
    ],
)
def test_the_zone_of_a_place(gazetteer_path: Path, typed: str, zone: str) -> None:
    assert [choice.zone for choice in find_zones(typed, gazetteer_path)] == [zone]


def test_namesakes_in_other_zones_are_choices(gazetteer_path: Path) -> None:
    assert find_zones("Portland", gazetteer_path) == (
        ZoneChoice("America/Los_Angeles", "Portland, Oregon"),
        ZoneChoice("America/New_York", "Portland, Maine"),
    )


def test_a_country_of_several_zones_asks_by_its_greatest_towns(gazetteer_path: Path) -> None:
    choices = find_zones("USA", gazetteer_path)
    assert choices[0] == ZoneChoice("America/New_York", "New York City")
    assert len(choices) == 6


@pytest.mark.parametrize("typed", ["Nowhereham", "", "\ud800", "x" * 500, "EST5EDT2", ","])
def test_what_is_no_place_has_no_zone(gazetteer_path: Path, typed: str) -> None:
    assert find_zones(typed, gazetteer_path) == ()


def test_the_zone_of_a_point_is_that_of_the_nearest_town(gazetteer_path: Path) -> None:
    assert find_zone_at(59.4, 24.7, gazetteer_path) == "Europe/Tallinn"
    assert find_zone_at(0.0, -140.0, gazetteer_path) == "Pacific/Marquesas"


def test_without_a_place_list_zones_have_their_own_names() -> None:
    assert find_zones("Tallinn", None) == ()
    assert find_zones("Europe/Tallinn", None)[0].zone == "Europe/Tallinn"
    assert find_zone_at(59.4, 24.7, None) is None
