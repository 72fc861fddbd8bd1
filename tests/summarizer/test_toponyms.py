import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from summarizer.boilerplate import Layout
from summarizer.gazetteer import Gazetteer
from summarizer.models import Span
from summarizer.toponyms import Toponym, recognize_toponyms
from support.place_docs import make_doc


@pytest.fixture(scope="module")
def gazetteer(gazetteer_path: Path) -> Gazetteer:
    return Gazetteer(gazetteer_path)


def recognize(
    gazetteer: Gazetteer, marked: str, layout: Layout | None = None
) -> tuple[Toponym, ...]:
    doc = make_doc(marked)
    layout = layout or Layout(paragraphs=(Span(0, len(doc.text)),))
    return recognize_toponyms(doc.text, doc, layout, gazetteer)


def names(gazetteer: Gazetteer, marked: str) -> list[str]:
    return [t.name for t in recognize(gazetteer, marked) if t.use != "demonym"]


def sure_names(gazetteer: Gazetteer, marked: str) -> list[str]:
    return [t.name for t in recognize(gazetteer, marked) if not t.doubtful]


def test_entity_loses_article_and_possessive(gazetteer: Gazetteer) -> None:
    assert names(gazetteer, "[the Netherlands GPE] and [Kherson 's GPE] roads") == [
        "Netherlands",
        "Kherson",
    ]


def test_entity_is_parted_at_commas(gazetteer: Gazetteer) -> None:
    assert names(gazetteer, "in [Aspen , Colorado GPE] .") == ["Aspen", "Colorado"]


def test_direction_is_no_part_of_the_name(gazetteer: Gazetteer) -> None:
    assert names(gazetteer, "in [eastern Ukraine LOC] and [North Korea GPE]") == [
        "Ukraine",
        "North Korea",
    ]


def test_word_for_the_kind_belongs_to_the_name(gazetteer: Gazetteer) -> None:
    (region,) = recognize(gazetteer, "in [Kherson GPE] region today")
    assert (region.name, region.kind, region.base) == ("Kherson region", "admin", "Kherson")
    (river,) = recognize(gazetteer, "along the [Dnipro LOC] River")
    assert (river.name, river.kind, river.definite) == ("Dnipro River", "water", True)


def test_department_of_a_state_is_no_area(gazetteer: Gazetteer) -> None:
    marked = "the [Oregon Department of Geology ORG] and the [Oregon Department of Parks GPE] said"
    assert names(gazetteer, marked) == ["Oregon", "Oregon"]


def test_word_that_is_not_of_the_kind_is_no_part(gazetteer: Gazetteer) -> None:
    assert names(gazetteer, "in the wider [Dallas GPE] region") == ["Dallas"]


def test_names_of_a_list_share_the_kind(gazetteer: Gazetteer) -> None:
    found = recognize(gazetteer, "roads in Harper , Sumner and Kingman counties are closed")
    assert [(t.name, t.kind) for t in found] == [
        ("Harper", "admin"),
        ("Sumner", "admin"),
        ("Kingman", "admin"),
    ]


def test_place_in_capitals_before_a_dash_is_a_dateline(gazetteer: Gazetteer) -> None:
    (place,) = recognize(gazetteer, "GENEVA ( wire ) - rain fell .")
    assert (place.name, place.use) == ("GENEVA", "dateline")


def test_state_after_a_town_is_its_container(gazetteer: Gazetteer) -> None:
    town, state = recognize(gazetteer, "in [Paris GPE] , Ky. , on Monday")
    assert (town.container, state.name, state.abbreviated) == ("Ky.", "Ky.", True)


def test_name_is_found_again_whatever_the_parse_says(gazetteer: Gazetteer) -> None:
    marked = "near [Kherson GPE] today\n[Kherson ORG] fell quiet"
    assert names(gazetteer, marked) == ["Kherson", "Kherson"]


def test_known_name_after_a_preposition_of_place_is_found(gazetteer: Gazetteer) -> None:
    assert names(gazetteer, "a fire in [Mykolaiv ORG] last night") == ["Mykolaiv"]


def test_known_name_in_a_list_of_places_is_found(gazetteer: Gazetteer) -> None:
    assert names(gazetteer, "shops in [Nitra GPE] , [Zilina ORG] and Kosice closed") == [
        "Nitra",
        "Zilina",
        "Kosice",
    ]


def test_name_with_small_words_is_one(gazetteer: Gazetteer) -> None:
    marked = "in [Bosnia GPE] and [Herzegovina GPE] and the [Democratic Republic GPE] of the Congo"
    assert names(gazetteer, marked) == [
        "Bosnia and Herzegovina",
        "Democratic Republic of the Congo",
    ]


def test_name_of_a_person_elsewhere_a_place_is_found(gazetteer: Gazetteer) -> None:
    marked = "camps near [Goma PERSON] fill up\n[Goma PERSON] is full"
    assert names(gazetteer, marked) == ["Goma", "Goma"]


@pytest.mark.parametrize(
    "marked",
    [
        "the [Danube ORG] rose",
        "towns along the lower [Danube PERSON] wait",
        "on the banks of [Danube PERSON] , they wait",
        "barges came down [Danube ORG] again",
        "the highest [Danube ORG] flood in years",
        "the [Danube ORG] rose , said the [Danube Rescue Pact ORG]",
    ],
)
def test_river_is_found_whatever_the_parse_says(gazetteer: Gazetteer, marked: str) -> None:
    assert sure_names(gazetteer, marked) == ["Danube"]


def test_bank_of_a_river_that_shares_its_name_is_found(gazetteer: Gazetteer) -> None:
    assert sure_names(gazetteer, "on the right bank of the [Dnipro NORP] ,") == ["Dnipro"]


def test_regions_of_a_list_are_regions(gazetteer: Gazetteer) -> None:
    found = recognize(gazetteer, "drones over [Belgorod GPE] , [Bryansk GPE] and Kursk regions")
    assert [(t.name, t.kind) for t in found] == [
        ("Belgorod", "admin"),
        ("Bryansk", "admin"),
        ("Kursk", "admin"),
    ]
    assert [t.kind for t in recognize(gazetteer, "the [Dallas GPE] regions")] == [None]


@pytest.mark.parametrize(
    "marked",
    [
        "the [Black Sea Fleet ORG] left",
        "the [Danube Rescue Pact ORG] met",
        "the Danube Rescue Pact met",
        "the [Lower Danube Flood Office ORG] said so",
        "the [Kremlin ORG] said so",
    ],
)
def test_body_named_after_a_river_or_a_building_is_no_place(
    gazetteer: Gazetteer, marked: str
) -> None:
    assert sure_names(gazetteer, marked) == []


@pytest.mark.parametrize(
    "marked",
    [
        "[Yaryna Lozova PERSON] spoke\nLOZOVA : Thirty - one of them",
        "[LOZOVA GPE] : Yes .\nHOST : Why ?\n[LOZOVA GPE] : No .",
        "Professor Yaryna Lozova spoke . [Lozova GPE] left",
    ],
)
def test_speaker_is_no_place(gazetteer: Gazetteer, marked: str) -> None:
    assert names(gazetteer, marked) == []


def test_name_of_a_speaker_is_a_place_where_other_words_say_so(gazetteer: Gazetteer) -> None:
    marked = "[Yaryna Lozova PERSON] spoke\nLOZOVA : I was born in [Lozova GPE] ."
    assert names(gazetteer, marked) == ["Lozova"]


def test_hyphen_inside_a_word_makes_no_dateline(gazetteer: Gazetteer) -> None:
    words = ["GENEVA", "lost", "thirty", "-", "one", "trees"]
    spaces = [True, True, False, False, True, False]
    doc = Doc(Vocab(), words, spaces, tags=["NNP"] * 6, sent_starts=[True, *[False] * 5])
    layout = Layout(paragraphs=(Span(0, len(doc.text)),))
    found = recognize_toponyms(doc.text, doc, layout, gazetteer)
    assert "dateline" not in [toponym.use for toponym in found]


def test_mere_name_is_doubtful(gazetteer: Gazetteer) -> None:
    (name,) = recognize(gazetteer, "[Thetford ORG] waits")
    assert name.doubtful


def test_country_in_the_number_of_a_road_is_embedded(gazetteer: Gazetteer) -> None:
    marked = "near [U.S. GPE] bases and for bridges of [U.S. GPE] 23 and [U.S. ORG] 68"
    assert [t.use for t in recognize(gazetteer, marked)] == ["scene", "embedded", "embedded"]


def test_place_that_a_public_body_serves_is_embedded(gazetteer: Gazetteer) -> None:
    (place,) = recognize(gazetteer, "the [Toledo Police Department ORG] told us")
    assert (place.name, place.use) == ("Toledo", "embedded")


@pytest.mark.parametrize(
    "marked",
    [
        "the [Ukrainian GPE] side",
        "President [Lincoln GPE] spoke",
        "[Rod GPE] Weatherby sang",
        "[Ann Bell PERSON] left .\n[Bell GPE] said so",
        "members of the [EU GPE] met",
        "the [Centre GPE] asked the court",
        "the [North Atlantic Treaty Organization ORG] met",
        "[St. Patrick GPE] 's Day",
        "bought [PA GPE] shares",
        "lunch at [Waldo GPE] 's , downtown",
        "so [Trent GPE] Quillfeather said",
    ],
)
def test_what_is_no_place_is_left_out(gazetteer: Gazetteer, marked: str) -> None:
    assert names(gazetteer, marked) == []


def test_common_word_is_a_place_where_other_words_say_so(gazetteer: Gazetteer) -> None:
    marked = "[Nice GPE] work , said a man in [Nice GPE] , born in Reading , England"
    assert names(gazetteer, marked) == ["Nice", "Reading", "England"]


def test_demonym_is_marked_as_such(gazetteer: Gazetteer) -> None:
    (word,) = recognize(gazetteer, "the Ukrainian side")
    assert (word.name, word.use) == ("Ukrainian", "demonym")


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("Reform Talks Over [Bell GPE] Split Ministers", []),
        ("Flood Waters Reach [Thetford ORG] Bridge", ["Thetford", "Thetford"]),
        ("[Ukraine GPE] Waits For Winter", ["Ukraine"]),
    ],
)
def test_headline_in_capitals_is_borne_out_by_the_text(
    gazetteer: Gazetteer, headline: str, expected: list[str]
) -> None:
    marked = (
        headline + "\n" + ("water rose in [Thetford GPE]" if len(expected) > 1 else "it rained")
    )
    text = make_doc(marked).text
    end = text.index("\n")
    layout = Layout(paragraphs=(Span(end + 2, len(text)),), headline=Span(0, end - 1))
    assert [t.name for t in recognize(gazetteer, marked, layout)] == expected


def test_boilerplate_names_no_place(gazetteer: Gazetteer) -> None:
    marked = "rain in [Kherson GPE] today\nmore from [Berlin GPE] here"
    text = make_doc(marked).text
    layout = Layout(paragraphs=(Span(0, text.index("more") - 1),))
    assert [t.name for t in recognize(gazetteer, marked, layout)] == ["Kherson"]


PIECES = """Kherson the River region of , . - ( ) 's [Paris GPE] [Paris PERSON] [Texas GPE]
[New York City ORG] [Dnipro River LOC] [Main Street FAC] counties County and in Ky. NEW YORK St.
Lake French US"""
TOKENS = st.lists(
    st.one_of(
        st.sampled_from(re.findall(r"\[.*?\]|\S+", PIECES)),
        st.text(st.characters(codec="utf-8", exclude_characters="[]"), min_size=1)
        .map(lambda word: "".join(word.split()))
        .filter(bool),
    ),
    min_size=1,
    max_size=30,
)


@given(TOKENS)
def test_spans_are_faithful_and_apart(gazetteer: Gazetteer, tokens: list[str]) -> None:
    doc = make_doc(" ".join(tokens))
    layout = Layout(paragraphs=(Span(0, len(doc.text)),))
    end = 0
    for toponym in recognize_toponyms(doc.text, doc, layout, gazetteer):
        assert toponym.span.text_of(doc.text) == toponym.name
        assert toponym.span.start >= end
        end = toponym.span.end


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("near [Viña GPE] del Mar today", "Viña del Mar"),
        ("from [Baja GPE] California today", "Baja California"),
        ("by way of [Foz GPE] do Iguaçu today", "Foz do Iguaçu"),
        ("the [Kosi PERSON] river rose", "Kosi river"),
    ],
)
def test_known_name_is_found_whole(gazetteer: Gazetteer, marked: str, name: str) -> None:
    assert names(gazetteer, marked) == [name]


def test_court_bears_the_name_of_its_town(gazetteer: Gazetteer) -> None:
    (town,) = recognize(gazetteer, "before [Letterkenny District Court ORG] on Monday")
    assert (town.name, town.use, town.kind) == ("Letterkenny", "embedded", None)


def test_end_of_a_journey_is_found(gazetteer: Gazetteer) -> None:
    assert sure_names(gazetteer, "a train from [Sarnia GPE] to [Hamilton PERSON] stopped") == [
        "Sarnia",
        "Hamilton",
    ]
