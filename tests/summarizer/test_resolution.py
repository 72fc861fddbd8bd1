from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.boilerplate import Layout
from summarizer.candidates import distance_km
from summarizer.gazetteer import Gazetteer
from summarizer.models import Article, Location, Span
from summarizer.resolution import resolve_toponyms
from summarizer.toponyms import Toponym, recognize_toponyms
from support.place_docs import make_doc


@pytest.fixture(scope="module")
def gazetteer(gazetteer_path: Path) -> Gazetteer:
    return Gazetteer(gazetteer_path)


def locate(
    gazetteer: Gazetteer, marked: str, *, url: str | None = None, title: str | None = None
) -> dict[str, Location]:
    doc = make_doc(marked)
    layout = Layout(paragraphs=(Span(0, len(doc.text)),))
    toponyms = recognize_toponyms(doc.text, doc, layout, gazetteer)
    article = Article(doc.text, url=url, title=title)
    return {place.name: place for place in resolve_toponyms(article, layout, toponyms, gazetteer)}


def test_place_without_context_is_the_best_known(gazetteer: Gazetteer) -> None:
    assert locate(gazetteer, "in [Paris GPE] .")["Paris"].country_code == "FR"


def test_state_after_the_town_decides(gazetteer: Gazetteer) -> None:
    places = locate(gazetteer, "in [Paris GPE] , [Texas GPE] .")
    assert places["Paris"].geonames_id == 4717560
    assert places["Texas"].kind == "admin"


def test_abbreviated_state_decides_and_is_written_out(gazetteer: Gazetteer) -> None:
    places = locate(gazetteer, "in [Paris GPE] , Ky. , today")
    assert (places["Paris"].country_code, "Kentucky" in places) == ("US", True)
    assert distance_km(places["Paris"].latitude, places["Paris"].longitude, 38.2, -84.25) < 30


def test_other_towns_nearby_decide(gazetteer: Gazetteer) -> None:
    marked = "from [Newmarket GPE] to [Ely GPE] and [Cambridge GPE]"
    assert {place.country_code for place in locate(gazetteer, marked).values()} == {"GB"}


def test_country_of_the_adjectives_decides(gazetteer: Gazetteer) -> None:
    marked = "the Canadian police and Canadian courts in [London GPE] and [Windsor GPE]"
    assert {place.country_code for place in locate(gazetteer, marked).values()} == {"CA"}


def test_town_bears_no_witness_to_itself(gazetteer: Gazetteer) -> None:
    marked = "in [Lexington GPE] today\nin [Lexington GPE] and [Boston GPE] , [Massachusetts GPE]"
    places = locate(gazetteer, marked + " , and [Lexington GPE]\nthe [Lexington GPE] school")
    assert places["Lexington"].geonames_id == 4941935


def test_article_of_a_body_says_nothing_of_the_town_it_serves(gazetteer: Gazetteer) -> None:
    marked = "in [Odesa GPE] today\nthe [Odesa Harbour Orchestra ORG] plays"
    places = locate(gazetteer, marked)
    assert (places["Odesa"].kind, len(places["Odesa"].mentions)) == ("city", 2)


def test_country_of_the_address_helps(gazetteer: Gazetteer) -> None:
    marked = "a fire in [Newcastle GPE] today"
    there = locate(gazetteer, marked, url="https://news.example.au/fire")
    here = locate(gazetteer, marked, url="https://news.example.uk/fire")
    assert (there["Newcastle"].country_code, here["Newcastle"].country_code) == ("AU", "GB")


def test_home_town_of_the_source_helps(gazetteer: Gazetteer) -> None:
    marked = "a fire in [Farmington GPE] today"
    east = locate(gazetteer, marked, url="https://www.courant.com/fire")["Farmington"]
    west = locate(gazetteer, marked, url="https://www.detroitnews.com/fire")["Farmington"]
    assert distance_km(east.latitude, east.longitude, 41.72, -72.83) < 30
    assert distance_km(west.latitude, west.longitude, 42.46, -83.38) < 30


def test_broken_address_does_no_harm(gazetteer: Gazetteer) -> None:
    assert locate(gazetteer, "in [Kherson GPE]", url="http://[broken") != {}


def test_region_river_and_city_of_one_name_are_three(gazetteer: Gazetteer) -> None:
    marked = "in [Dnipro GPE] city , on the [Dnipro River LOC] , and in [Kherson GPE] region"
    marked += "\nin [Kherson GPE] again"
    places = locate(gazetteer, marked)
    assert places["Dnipro"].kind == "city"
    assert places["Dnipro River"].kind == "water"
    assert places["Kherson region"].geonames_id == 706442
    assert places["Kherson"].geonames_id == 706448


def test_county_is_never_a_town(gazetteer: Gazetteer) -> None:
    assert locate(gazetteer, "in [Orange County GPE] ")["Orange County"].kind == "admin"


def test_region_around_a_great_city_is_no_area_of_its_name_elsewhere(gazetteer: Gazetteer) -> None:
    assert (
        locate(gazetteer, "parks in the [Charlotte GPE] region")["Charlotte"].country_code == "US"
    )


def test_name_of_a_creek_is_a_town_only_where_the_story_plays(gazetteer: Gazetteer) -> None:
    far = locate(gazetteer, "in [Columbus GPE] , [Ohio GPE] , over [Mill Creek GPE] today")
    near = locate(gazetteer, "in [Everett GPE] , Wash. , and in [Mill Creek GPE] today")
    assert ("Mill Creek" in far, "Mill Creek" in near) == (False, True)


def test_unknown_river_is_no_town(gazetteer: Gazetteer) -> None:
    assert locate(gazetteer, "on the [Springfield River LOC] .") == {}


def test_long_river_is_pinned_where_the_story_is(gazetteer: Gazetteer) -> None:
    north = locate(gazetteer, "in [Kyiv GPE] on the [Dnipro River LOC]")["Dnipro River"]
    south = locate(gazetteer, "in [Kherson GPE] on the [Dnipro River LOC]")["Dnipro River"]
    assert north.latitude - south.latitude > 2


def test_river_of_a_name_that_others_bear_is_the_one_near_the_story(gazetteer: Gazetteer) -> None:
    east = locate(gazetteer, "in [Richmond GPE] , Va. , on the [James River LOC]")["James River"]
    west = locate(gazetteer, "in [Mitchell GPE] , S.D. , on the [James River LOC]")["James River"]
    assert east.longitude > -80
    assert west.longitude < -95


def test_river_of_a_country_without_part_in_the_story_is_another_one(gazetteer: Gazetteer) -> None:
    marked = "in [Kitchener GPE] , [Ontario GPE] , and [Sarnia GPE] , on the [Thames River LOC]"
    assert "Thames River" not in locate(gazetteer, marked)
    assert "Thames River" in locate(gazetteer, "in [Oxford GPE] on the [Thames River LOC]")


def test_small_town_of_a_country_without_part_in_the_story_is_another_one(
    gazetteer: Gazetteer,
) -> None:
    marked = "in [Newcastle GPE] , [Maitland GPE] and [Singleton GPE] , and at [Hexham GPE]"
    assert "Hexham" not in locate(gazetteer, marked)
    assert "Hexham" in locate(gazetteer, "in [Leeds GPE] and at [Hexham GPE]")


def test_county_may_be_written_with_the_word_of_its_council(gazetteer: Gazetteer) -> None:
    marked = "[Suffolk County GPE] Council met in [Ipswich GPE] , [Bungay GPE] and [Beccles GPE]"
    assert locate(gazetteer, marked)["Suffolk County"].country_code == "GB"


def test_river_is_meant_where_the_name_has_an_article(gazetteer: Gazetteer) -> None:
    marked = "in [Nikopol GPE] and [Zaporizhzhia GPE] , across the [Dnipro GPE] , today"
    assert locate(gazetteer, marked)["Dnipro"].kind == "water"


def test_village_does_not_go_by_the_name_of_a_capital(gazetteer: Gazetteer) -> None:
    places = locate(gazetteer, "in [Madrid GPE] and [Albany GPE] , [New York GPE]")
    assert places["Madrid"].country_code == "ES"


def test_village_does_not_go_by_the_name_of_a_metropolis(gazetteer: Gazetteer) -> None:
    marked = "in [Tijuana GPE] and [Mazatlán GPE] , in [Sinaloa GPE] , and in [San Diego GPE]"
    assert locate(gazetteer, marked)["San Diego"].country_code == "US"


def test_city_known_by_another_name_wins_over_its_region(gazetteer: Gazetteer) -> None:
    assert locate(gazetteer, "a fire in [Zaporizhzhia GPE] .")["Zaporizhzhia"].kind == "city"


def test_name_after_that_of_a_town_is_the_state(gazetteer: Gazetteer) -> None:
    assert locate(gazetteer, "in [New York GPE] today")["New York"].kind == "city"
    places = locate(gazetteer, "in [Utica GPE] , [New York GPE] , today")
    assert places["New York"].kind == "admin"


def test_state_is_pinned_in_its_middle(gazetteer: Gazetteer) -> None:
    state = locate(gazetteer, "in [Utica GPE] , [New York GPE] , today")["New York"]
    assert distance_km(state.latitude, state.longitude, 43.0, -75.5) < 50


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("in [Nairobi GPE] , [Kenya GPE] , and in [Mombasa GPE]\n[Kisumu ORG] waits", "Kisumu"),
        ("in [Sarnia GPE] and [Brampton GPE]\na bus to [Kitchener PERSON] left", "Kitchener"),
    ],
)
def test_city_of_a_rare_name_is_believed_where_its_country_fits(
    gazetteer: Gazetteer, marked: str, name: str
) -> None:
    assert name in locate(gazetteer, marked)


def test_name_that_many_bear_is_not_believed_for_the_country_alone(gazetteer: Gazetteer) -> None:
    marked = "in [Boston GPE] , [Massachusetts GPE] , today\na letter to [Houston PERSON] came"
    assert "Houston" not in locate(gazetteer, marked)


def test_capital_is_the_city_not_the_state(gazetteer: Gazetteer) -> None:
    assert locate(gazetteer, "in [Washington GPE] .")["Washington"].geonames_id == 4140963


def test_two_names_of_one_place_are_one_entry(gazetteer: Gazetteer) -> None:
    places = locate(gazetteer, "in [Kyiv GPE] , once [Kiev GPE] ; the [U.S. GPE] and [America GPE]")
    assert len(places) == 2
    assert len(places["United States"].mentions) == 2


def test_town_is_called_as_in_the_text(gazetteer: Gazetteer) -> None:
    assert "Kiev" in locate(gazetteer, "in [Kiev GPE] .")


def test_town_in_capitals_is_written_in_lower_case(gazetteer: Gazetteer) -> None:
    assert "Geneva" in locate(gazetteer, "GENEVA - Rain fell .")


def test_unknown_name_is_left_out(gazetteer: Gazetteer) -> None:
    assert locate(gazetteer, "in [Zzyqqadorf GPE] .") == {}


def test_unknown_name_is_pinned_at_its_container(gazetteer: Gazetteer) -> None:
    places = locate(gazetteer, "at [Quillfeather Hall FAC] in [Norwich GPE] today")
    hall = places["Quillfeather Hall"]
    assert (hall.exact, hall.geonames_id, hall.kind) == (False, None, "landmark")
    assert (hall.latitude, hall.longitude) == (
        places["Norwich"].latitude,
        places["Norwich"].longitude,
    )


def test_list_of_great_cities_is_no_container(gazetteer: Gazetteer) -> None:
    places = locate(gazetteer, "in [Kiev GPE] , [Minsk GPE] and [Tbilisi GPE]")
    assert [places[name].country_code for name in ("Kiev", "Minsk", "Tbilisi")] == [
        "UA",
        "BY",
        "GE",
    ]


def test_landmark_named_often_is_in_the_town_of_the_story(gazetteer: Gazetteer) -> None:
    marked = "[Quillfeather Hall FAC] burned .\n[Norwich GPE] woke to smoke , and [Norwich GPE]"
    marked += " will miss [Quillfeather Hall FAC] ."
    hall = locate(gazetteer, marked)["Quillfeather Hall"]
    assert (hall.exact, hall.country_code) == (False, "GB")


def test_mere_name_counts_only_where_the_story_plays(gazetteer: Gazetteer) -> None:
    marked = "in [Norwich GPE] and [Ely GPE]\n[Thetford ORG] waits , [Toledo ORG] too"
    assert set(locate(gazetteer, marked)) == {"Norwich", "Ely", "Thetford"}


def test_capital_and_its_district_are_one_entry(gazetteer: Gazetteer) -> None:
    (place,) = locate(gazetteer, "in [Washington GPE] , D.C. , today").values()
    assert (place.geonames_id, len(place.mentions)) == (4140963, 2)


def test_road_that_crosses_a_state_is_left_out(gazetteer: Gazetteer) -> None:
    assert list(locate(gazetteer, "on [Route 128 FAC] in [Norwich GPE]")) == ["Norwich"]


def test_part_of_an_ocean_is_no_town(gazetteer: Gazetteer) -> None:
    (place,) = locate(gazetteer, "across the Southwest [Pacific LOC] , they say").values()
    assert place.kind == "water"


def test_continents_and_seas_have_no_country(gazetteer: Gazetteer) -> None:
    places = locate(gazetteer, "from [Africa LOC] over the [Black Sea LOC]")
    assert [place.country_code for place in places.values()] == [None, None]


def test_scene_comes_before_actor_and_dateline(gazetteer: Gazetteer) -> None:
    span = Span(0, 1)
    text = "x" * 2_000

    def at(name: str, start: int, use: str) -> Toponym:
        return Toponym(name, Span(start, start + len(name)), use=use)  # type: ignore[arg-type]

    toponyms = (
        at("Geneva", 900, "dateline"),
        at("Russia", 1_000, "actor"),
        at("Russia", 1_100, "actor"),
        at("Kherson", 1_200, "scene"),
        at("Rome", 1_300, "venue"),
    )
    layout = Layout(paragraphs=(span,))
    places = resolve_toponyms(Article(text), layout, toponyms, gazetteer)
    assert places[0].name == "Kherson"
    assert places[0].salience == 1.0
    assert max(place.salience for place in places[1:]) < 0.5


@pytest.mark.parametrize(("town", "is_scene"), [("Valencia", True), ("Madrid", False)])
def test_town_of_a_dateline_is_a_scene_unless_it_is_a_capital(
    gazetteer: Gazetteer, town: str, is_scene: bool
) -> None:
    places = locate(gazetteer, f"{town.upper()} , [Spain GPE] - Rain fell in [Zaragoza GPE] .")
    assert (places[town].salience > 0.8) is is_scene
    assert places["Spain"].salience <= 0.5


def test_country_that_stands_like_an_adjective_comes_after_the_scene(gazetteer: Gazetteer) -> None:
    def at(name: str, start: int, use: str) -> Toponym:
        return Toponym(name, Span(start, start + len(name)), use=use)  # type: ignore[arg-type]

    toponyms = (at("U.S.", 10, "label"), at("Kherson", 1_200, "scene"))
    layout = Layout(paragraphs=(Span(0, 1),))
    places = resolve_toponyms(Article("x" * 2_000), layout, toponyms, gazetteer)
    assert [place.name for place in places] == ["Kherson", "United States"]


def test_country_that_is_only_named_comes_after_the_places_of_the_story(
    gazetteer: Gazetteer,
) -> None:
    marked = (
        "rain in [Hungary GPE] filled the river , they said\nhouses in [Izmail GPE] , [Ukraine GPE]"
    )
    assert list(locate(gazetteer, marked)) == ["Izmail", "Ukraine", "Hungary"]


def test_place_that_somebody_speaks_of_comes_after_those_of_the_story(
    gazetteer: Gazetteer,
) -> None:
    marked = "“We have pumps in [Vienna GPE] ,” he said .\nStreets in [Brest GPE] are wet ."
    assert list(locate(gazetteer, marked)) == ["Brest", "Vienna"]


def test_place_of_the_title_comes_first(gazetteer: Gazetteer) -> None:
    marked = "in [Lviv GPE] , [Lviv GPE] and [Odesa GPE]"
    assert next(iter(locate(gazetteer, marked, title="Odesa waits for rain"))) == "Odesa"


NAMES = st.sampled_from(
    ["Paris", "Kherson", "Springfield", "Texas", "Ky.", "the U.S.", "Lake Victoria", "Atlantis"]
)


@given(st.lists(st.tuples(NAMES, st.sampled_from(["GPE", "LOC", "FAC", "ORG"])), max_size=12))
def test_each_place_once_with_faithful_mentions(
    gazetteer: Gazetteer, names: list[tuple[str, str]]
) -> None:
    marked = " , in ".join(f"[{name} {label}]" for name, label in names) or "nothing"
    doc = make_doc(marked)
    layout = Layout(paragraphs=(Span(0, len(doc.text)),))
    toponyms = recognize_toponyms(doc.text, doc, layout, gazetteer)
    places = resolve_toponyms(Article(doc.text), layout, toponyms, gazetteer)
    keys = [place.geonames_id or place.name for place in places]
    assert len(set(keys)) == len(keys)
    assert [p.salience for p in places] == sorted((p.salience for p in places), reverse=True)
    spans = [span for place in places for span in place.mentions]
    assert len(set(spans)) == len(spans)
    assert set(spans) <= {toponym.span for toponym in toponyms}
    for place in places:
        assert place.mentions
        assert -90 <= place.latitude <= 90
        assert 0 <= place.salience <= 1
