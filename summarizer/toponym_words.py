"""The words that stand around the names of places, and the adjectives made from names."""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import get_args

from summarizer.models import LocationKind


@dataclass(frozen=True, slots=True)
class ToponymWords:
    """Word lists of `data/toponyms.toml`, lower case, and the countries that a demonym may mean.

    The expressions `named_after` places are sorted by their first words.
    """

    kind_after: Mapping[str, LocationKind]
    kind_before: Mapping[str, LocationKind]
    demonyms: Mapping[str, tuple[str, ...]]
    directions: frozenset[str]
    locative: frozenset[str]
    scene: frozenset[str]
    civic: frozenset[str]
    institution: frozenset[str]
    titles: frozenset[str]
    not_places: frozenset[str]
    seldom_places: frozenset[str]
    say: frozenset[str]
    reports: frozenset[str]
    speeches: frozenset[str]
    officials: frozenset[str]
    plural_kinds: frozenset[str]
    things: frozenset[str]
    named_after: Mapping[str, tuple[tuple[str, ...], ...]]
    bearers: frozenset[str]
    pacts: frozenset[str]
    vessels: frozenset[str]
    teams: frozenset[str]
    plays: frozenset[str]
    sport: frozenset[str]
    bodies: frozenset[str]
    given: frozenset[str]
    press: frozenset[str]
    first_level: frozenset[str]
    water_nouns: frozenset[str]
    water_ways: frozenset[str]
    place_nouns: frozenset[str]
    country_signs: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def load_toponym_words() -> ToponymWords:
    folder = files("summarizer").joinpath("data")
    data = tomllib.loads(folder.joinpath("toponyms.toml").read_text(encoding="utf-8"))
    lists = {name: frozenset(words) for name, words in data["words"].items()}
    return ToponymWords(
        kind_after=_by_word(data["kind_after"]),
        kind_before=_by_word(data["kind_before"]),
        named_after=_by_first_word(data["named_after"]["expressions"]),
        country_signs=_inverted(data["country_signs"]),
        demonyms=_read_demonyms(folder.joinpath("countries.csv").read_text(encoding="utf-8")),
        **lists,
    )


def _by_word(groups: Mapping[str, list[str]]) -> dict[str, LocationKind]:
    kinds = {kind: kind for kind in get_args(LocationKind)}
    return {word: kinds[kind] for kind, words in groups.items() for word in words}


def _by_first_word(expressions: list[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    phrases: dict[str, tuple[tuple[str, ...], ...]] = defaultdict(tuple)
    for words in map(str.split, expressions):
        phrases[words[0]] += (tuple(words),)
    return dict(phrases)


def _inverted(groups: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """The codes that each word stands for."""
    codes: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for code, words in groups.items():
        for word in words:
            codes[word] += (code,)
    return dict(codes)


def _read_demonyms(table: str) -> dict[str, tuple[str, ...]]:
    countries: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in csv.DictReader(table.splitlines()):
        for name in row["demonyms"].split("|"):
            if name:
                countries[name.lower()] += (row["code"],)
    return dict(countries)
