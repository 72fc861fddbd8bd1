import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import GazetteerMissing
from summarizer.gazetteer import FORMAT_VERSION, Gazetteer, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("São Paulo", "Sao Paulo"),
        ("the Netherlands", "Netherlands"),
        ("St. Louis", "Saint Louis"),
        ("Fort Worth", "Ft. Worth"),
        ("Stratford-upon-Avon", "Stratford upon Avon"),
        ("Côte d’Ivoire", "Cote d'Ivoire"),
        ("Bosnia & Herzegovina", "Bosnia and Herzegovina"),
        ("Łódź", "Lodz"),
        ("U.S.", "US"),
    ],
)
def test_spellings_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_different_names_have_different_keys() -> None:
    assert name_key("Kherson region") != name_key("Kherson")


def test_any_text_may_be_asked_for(gazetteer_path: Path) -> None:
    with Gazetteer(gazetteer_path) as gazetteer:
        for name in ("\ud800", "a\x00b", "'; DROP TABLE places", "\u202e\u0645"):
            assert gazetteer.find_candidates(name) == ()


@given(st.text())
def test_key_is_stable(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


def test_best_form_comes_first(gazetteer_path: Path) -> None:
    with Gazetteer(gazetteer_path) as gazetteer:
        forms = [place.form for place in gazetteer.find_candidates("Kherson")]
    assert forms == sorted(forms)


def test_long_and_empty_names_are_unknown(gazetteer_path: Path) -> None:
    with Gazetteer(gazetteer_path) as gazetteer:
        assert gazetteer.find_candidates("x" * 5_000) == ()
        assert gazetteer.find_candidates("") == ()


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(GazetteerMissing):
        Gazetteer(tmp_path / "none.sqlite")


def test_other_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite"
    path.write_text("a text, much longer than the header of a database file" * 20)
    with pytest.raises(GazetteerMissing):
        Gazetteer(path)


def test_other_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    with pytest.raises(GazetteerMissing):
        Gazetteer(path)


def test_damaged_list_is_told(gazetteer_path: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "places.sqlite"
    content = gazetteer_path.read_bytes()
    damaged.write_bytes(content[:4096] + b"\x55" * (len(content) - 4096))
    with pytest.raises(GazetteerMissing), Gazetteer(damaged) as gazetteer:
        gazetteer.find_candidates("Paris")
