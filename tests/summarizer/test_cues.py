import tomllib
from importlib.resources import files

import pytest

from summarizer.cues import inflect, load_cues


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("add", ("add", "adds", "added", "adding")),
        ("announce", ("announce", "announces", "announced", "announcing")),
        ("agree", ("agree", "agrees", "agreed", "agreeing")),
        ("stress", ("stress", "stresses", "stressed", "stressing")),
        ("worry", ("worry", "worries", "worried", "worrying")),
        ("say", ("say", "says", "sayed", "saying")),
    ],
)
def test_regular_forms(base: str, forms: tuple[str, ...]) -> None:
    assert inflect(base) == forms


@pytest.mark.parametrize(
    ("form", "base"),
    [("said", "say"), ("told", "tell"), ("admitted", "admit"), ("criticised", "criticize")],
)
def test_irregular_forms_lead_to_their_verb(form: str, base: str) -> None:
    assert load_cues().verbs[form].base == base


def test_every_verb_has_frames_and_an_example_that_holds_a_form_of_it() -> None:
    raw = files("summarizer").joinpath("data", "cues.toml").read_text("utf-8")
    verbs = load_cues().verbs
    rows = tomllib.loads(raw)["verbs"]
    assert len(rows) >= 150
    for base, row in rows.items():
        words = row["example"].lower().replace(",", " ").replace(".", " ").replace("'", " ").split()
        assert row["frames"]
        assert any(word in verbs and verbs[word].base == base for word in words), base


def test_nouns_are_found_in_the_plural() -> None:
    assert {"claim", "claims", "testimonies"} <= load_cues().clause_nouns


def test_no_gerund_or_past_form_belongs_to_two_verbs() -> None:
    raw = files("summarizer").joinpath("data", "cues.toml").read_text("utf-8")
    forms = [
        form
        for base, row in tomllib.loads(raw)["verbs"].items()
        for form in {*(row["forms"].split() if "forms" in row else inflect(base))}
    ]
    assert len(forms) == len(set(forms))
