import csv
from importlib.resources import files
from pathlib import Path

import pytest

from summarizer.gazetteer import Gazetteer
from summarizer.models import Article
from summarizer.outlets import Home, find_home


@pytest.fixture(scope="module")
def gazetteer(gazetteer_path: Path) -> Gazetteer:
    return Gazetteer(gazetteer_path)


def home(gazetteer: Gazetteer, *, url: str | None = None, source: str | None = None) -> Home:
    return find_home(Article("It rained.", url=url, source=source), gazetteer)


@pytest.mark.parametrize(
    ("url", "country", "town", "longitude"),
    [
        ("https://www.bostonglobe.com/metro/rain", "US", "Boston", -71),
        ("https://news.pressherald.com/rain", "US", "Portland", -70),
        ("https://www.oregonlive.com/rain", "US", "Portland", -122),
        ("https://www.lfpress.com/rain", "CA", "London", -81),
    ],
)
def test_well_known_source_is_at_home_where_the_table_says(
    gazetteer: Gazetteer, url: str, country: str, town: str, longitude: float
) -> None:
    found = home(gazetteer, url=url)
    assert found.town is not None
    assert (found.country, found.town.name) == (country, town)
    assert abs(found.town.longitude - longitude) < 2


@pytest.mark.parametrize(
    ("url", "country"),
    [
        ("https://news.example.ie/rain", "IE"),
        ("https://news.example.co.uk/rain", "GB"),
        ("https://example.tv/rain", None),
        ("https://example.com/rain", None),
        ("http://[broken", None),
        (None, None),
    ],
)
def test_ending_of_the_address_tells_the_country(
    gazetteer: Gazetteer, url: str | None, country: str | None
) -> None:
    assert home(gazetteer, url=url).country == country


@pytest.mark.parametrize(
    ("url", "source", "town"),
    [
        ("https://www.bakersfieldgazette.com/rain", None, "Bakersfield"),
        ("https://www.theinverness-courier.co.uk/rain", None, "Inverness"),
        ("https://www.grandrapidsobserver.com/rain", None, "Grand Rapids"),
        (None, "The Bakersfield Gazette", "Bakersfield"),
        (None, "Grand Rapids Evening Observer", "Grand Rapids"),
    ],
)
def test_town_stands_in_the_name_of_its_paper(
    gazetteer: Gazetteer, url: str | None, source: str | None, town: str | None
) -> None:
    found = home(gazetteer, url=url, source=source).town
    assert (found and found.name) == town


@pytest.mark.parametrize(
    "url",
    [
        "https://www.springfieldgazette.com/rain",  # which one?
        "https://www.postgazette.com/rain",
        "https://www.middleeastobserver.com/rain",
        "https://www.gazette.com/rain",
        "https://rainnews.com/rain",
    ],
)
def test_name_that_tells_no_town_is_not_guessed_at(gazetteer: Gazetteer, url: str) -> None:
    assert home(gazetteer, url=url).town is None


def test_every_town_of_the_table_is_found(gazetteer: Gazetteer) -> None:
    table = files("summarizer").joinpath("data", "outlets.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(table.splitlines()):
        found = home(gazetteer, url=f"https://www.{row['host']}/rain")
        assert found.country == (row["country"] or None), row
        assert (found.town is not None) == bool(row["town"]), row
