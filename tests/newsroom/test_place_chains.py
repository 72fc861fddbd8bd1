from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom.place_chains import PlaceChains
from storage.models import PlaceTopic
from summarizer.gazetteer import Gazetteer

UKRAINE, KHERSON_OBLAST, KHERSON = 690791, 706442, 706448


@pytest.fixture
def chains(gazetteer_path: Path) -> Iterator[PlaceChains]:
    with Gazetteer(gazetteer_path) as gazetteer:
        yield PlaceChains(gazetteer)


def test_chain_leads_from_a_town_to_its_country(chains: PlaceChains) -> None:
    chain = chains.find_chain(KHERSON)
    assert chain[0] == KHERSON
    assert chain[-2:] == (KHERSON_OBLAST, UKRAINE)
    assert chains.find_chain(UKRAINE) == (UKRAINE,)


def test_place_that_is_not_in_the_list_lies_nowhere(chains: PlaceChains) -> None:
    assert chains.find_chain(0) == ()


@pytest.mark.parametrize("name", ["Kherson", "Ukraine", "Paris", "London", "Jordan"])
def test_name_that_one_place_bears_far_ahead_means_it(chains: PlaceChains, name: str) -> None:
    (topic,) = chains.find_topics(name)
    assert topic.name == name


def test_namesakes_are_told_apart_by_where_they_lie(chains: PlaceChains) -> None:
    topics = chains.find_topics("Springfield")
    assert len(topics) > 2
    assert len({topic.within for topic in topics}) == len(topics)
    assert all(topic.within.endswith("United States") for topic in topics)


def test_country_comes_before_a_province_of_its_name(chains: PlaceChains) -> None:
    country, state = chains.find_topics("Georgia")
    assert country == PlaceTopic(614540, "Georgia")
    assert state.within == "United States"


def test_village_is_found_only_where_a_place_is_asked_for(chains: PlaceChains) -> None:
    assert chains.find_topics("grain") == ()
    assert [topic.name for topic in chains.find_topics("grain", little_ones=True)] == ["Grain"]
