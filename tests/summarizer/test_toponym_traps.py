from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from summarizer.boilerplate import Layout
from summarizer.gazetteer import Gazetteer
from summarizer.models import Span
from summarizer.toponym_traps import Traps, tells_of_sport
from summarizer.toponym_words import load_toponym_words
from summarizer.toponyms import recognize_toponyms
from support.place_docs import make_doc

WORDS = load_toponym_words()
VOCAB = spacy.blank("en").vocab


@pytest.fixture(scope="module")
def gazetteer(gazetteer_path: Path) -> Gazetteer:
    return Gazetteer(gazetteer_path)


def names(gazetteer: Gazetteer, marked: str) -> list[str]:
    doc = make_doc(marked)
    layout = Layout(paragraphs=(Span(0, len(doc.text)),))
    found = recognize_toponyms(doc.text, doc, layout, gazetteer)
    return [t.name for t in found if t.use != "demonym" and not t.doubtful]


@pytest.mark.parametrize(
    "marked",
    [
        "cases of [West Nile LOC] virus were found",
        "cases of [Marburg GPE] fever were found",
        "he wore a [Panama GPE] hat and [Bermuda GPE] shorts",
        "the museum shows the Treaty of [Versailles GPE] and the [Geneva GPE] Conventions",
        "all have signed the [Paris GPE] agreement",
        "the tug [Isle of Wight LOC] and the lifeboat City of [Bradford GPE] came",
        "HMS [Sheffield GPE] sailed",
        "[Manchester United GPE] flew home",
        "[Israel Quillfeather GPE] and [Georgia GPE] Quillfeather , who sings , came",
        "slices of [Cheddar GPE] and [Brie GPE] were sold",
        "a [Boston GPE] cream pie and a [Moscow GPE] mule , please",
        "[Jersey GPE] cows and [Hereford GPE] cattle won",
        "a Toyota [Tacoma GPE] hit the wall and Hurricane [Florence GPE] came",
        "they sang “ [Galway GPE] Girl ” and watched “ [Fargo GPE] ”",
        "a bag of plaster of [Paris GPE] was found",
        "the Times of [India GPE] reports on the [Oslo GPE] process",
        "the [Dallas GPE] Cowboys and the [Oakland GPE] Athletics won",
        "Paris Quillfeather sang and [Paris GPE] wore pink",
        "the [Bucks GPE] routed them",
        "the yacht , Pride of [Lincoln GPE] , was towed",
        "at [NZ GPE] 12345 67890 on the map",
        "in [Nov GPE] and in [Bay GPE]",
    ],
)
def test_name_that_means_something_else_is_no_place(gazetteer: Gazetteer, marked: str) -> None:
    assert names(gazetteer, marked) == []


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("the virus reached [Panama GPE] in May", "Panama"),
        ("the agreement was signed in [Paris GPE]", "Paris"),
        ("the ship reached [Bradford GPE]", "Bradford"),
        ("cheese from [Cheddar GPE] , England", "Cheddar"),
        ("the [Jordan Valley LOC] is dry", "Jordan Valley"),
        ("the [Georgia GPE] Senate met", "Georgia"),
        ("“ We left [Kherson GPE] on Monday , ” she said", "Kherson"),
        ("the “ old road ” to [Galway GPE] and “ new road ” from it", "Galway"),
        ("cows from [Jersey GPE] and a mule", "Jersey"),
        ("the parks of [India GPE] are many", "India"),
        ("the Financial Times of [London GPE] wrote", "London"),
        ("they call it “ the Nice of [Russia GPE] ” here", "Russia"),
        ("farmers in [NZ GPE] sold 12345 sheep", "NZ"),
    ],
)
def test_other_words_leave_it_a_place(gazetteer: Gazetteer, marked: str, name: str) -> None:
    assert names(gazetteer, marked)[:1] == [name]


def match(*, score: str = "2-1") -> Doc:
    words = ["Norwich", "beat", "Ipswich", score, "at", "Bolton"]
    return Doc(
        VOCAB,
        words,
        tags=["NNP", "VBD", "NNP", "CD", "IN", "NNP"],
        heads=[1, 1, 1, 1, 1, 4],
        deps=["nsubj", "ROOT", "dobj", "npadvmod", "prep", "pobj"],
        sent_starts=[True, *[False] * 5],
    )


def test_names_of_a_score_are_teams_but_not_where_they_played() -> None:
    traps = [Traps(match(), WORDS, sport=True).hold(i, i + 1) for i in (0, 2, 5)]
    assert traps == [True, True, False]


def test_without_a_score_or_sport_they_may_be_places() -> None:
    assert not Traps(match(score="hard"), WORDS, sport=True).hold(0, 1)
    assert not Traps(match(), WORDS, sport=False).hold(0, 1)


@pytest.mark.parametrize(
    ("word", "sport", "trap"),
    [
        ("Quills", True, True),
        ("Quills", False, False),
        ("Republicans", True, False),
        ("Mountains", True, False),
    ],
)
def test_plural_name_after_a_town_is_a_team_where_it_is_sport(
    word: str, sport: bool, trap: bool
) -> None:
    doc = Doc(VOCAB, ["Dallas", word, "won"], tags=["NNP", "NNPS", "VBD"])
    assert Traps(doc, WORDS, sport=sport).hold(0, 1) is trap


@pytest.mark.parametrize(
    ("text", "sport"),
    [
        ("The coach said after the 3-1 win", True),
        ("The season ends when the league and the coach agree", True),
        ("The season of rain ends , said the mayor", False),
    ],
)
def test_sport_is_told_by_its_words(text: str, sport: bool) -> None:
    assert tells_of_sport(make_doc(text), WORDS) is sport
