"""Our own tables hold what the builder expects of them."""

import csv
from collections import Counter
from importlib.resources import files

import pytest

from storage.gazetteer_drafts import KINDS
from summarizer.gazetteer import name_key


def table(name: str) -> list[dict[str, str]]:
    text = files("summarizer").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def supplement() -> list[dict[str, str]]:
    return table("supplement.csv")


def test_every_own_place_has_kind_and_point(supplement: list[dict[str, str]]) -> None:
    codes = {row["code"] for row in table("countries.csv")}
    for row in supplement:
        assert row["kind"] in KINDS, row
        assert row["country"] == "" or row["country"] in codes, row
        assert -90 <= float(row["latitude"]) <= 90, row
        assert -180 <= float(row["longitude"]) <= 180, row
        assert row["geonames_id"] == "" or int(row["geonames_id"]) > 0, row


def test_no_own_place_stands_twice(supplement: list[dict[str, str]]) -> None:
    """Only rivers may share a name within a country; their points tell them apart."""
    places = Counter(
        (name_key(row["name"]), row["country"], row["kind"])
        for row in supplement
        if not row["name"].endswith("River")
    )
    assert [place for place, count in places.items() if count > 1] == []
    ids = Counter(row["geonames_id"] for row in supplement if row["geonames_id"])
    assert [number for number, count in ids.items() if count > 1] == []


def test_no_alias_repeats_its_name(supplement: list[dict[str, str]]) -> None:
    for row in supplement:
        keys = [name_key(name) for name in (row["name"], *row["aliases"].split("|")) if name]
        assert all(keys), row
        assert len(set(keys)) == len(keys), row


def test_courses_belong_to_own_waters(supplement: list[dict[str, str]]) -> None:
    waters = {row["name"] for row in supplement if row["kind"] == "water"}
    assert {row["name"] for row in table("courses.csv")} <= waters
