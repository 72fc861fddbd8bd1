"""Words in and around names, read from data/people.toml and data/given_names.csv."""

import csv
import tomllib
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.resources import files
from typing import Literal

Gender = Literal["female", "male"]
_SHORTEST_MISSPELT = 5
_LIKENESS_OF_MISSPELT = 0.88
NameKind = Literal["person", "organization", "place"]


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """The tables of people.toml, and given names; all words in lower case."""

    honorifics: frozenset[str]
    titles: frozenset[str]
    person_nouns: frozenset[str]
    organization_nouns: frozenset[str]
    generic_organizations: frozenset[str]
    offices: frozenset[str]
    relative_verbs: frozenset[str]
    no_labels: frozenset[str]
    part_labels: frozenset[str]
    answer_labels: frozenset[str]
    silent_nouns: frozenset[str]
    particles: frozenset[str]
    speaking_nouns: frozenset[str]
    seats: frozenset[str]
    gender_of_word: dict[str, Gender]
    given_names: frozenset[str]
    gender_of_given_name: dict[str, Gender]
    full_forms: dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def load_people_words() -> PeopleWords:
    """The word tables of this package."""
    data = files("summarizer").joinpath("data")
    raw = data.joinpath("people.toml").read_text("utf-8")
    tables = {
        table: {key: value.split() for key, value in rows.items()}
        for table, rows in tomllib.loads(raw).items()
    }
    gendered: dict[str, Gender] = {}
    genders: tuple[Gender, Gender] = ("female", "male")
    for gender in genders:
        for table in ("honorifics", "person_nouns"):
            gendered.update(dict.fromkeys(tables[table][gender], gender))
    given = _read_given_names(data.joinpath("given_names.csv").read_text("utf-8"))
    return PeopleWords(
        honorifics=frozenset().union(*tables["honorifics"].values()),
        titles=frozenset(tables["titles"]["words"]),
        person_nouns=frozenset().union(*tables["person_nouns"].values()),
        organization_nouns=frozenset(tables["organization_nouns"]["words"]),
        generic_organizations=frozenset(tables["organization_nouns"]["generic"]),
        offices=frozenset(tables["organization_nouns"]["offices"]),
        relative_verbs=frozenset(tables["roles"]["relative_verbs"]),
        no_labels=frozenset(tables["labels"]["no_names"]),
        part_labels=frozenset(tables["labels"]["parts"]),
        answer_labels=frozenset(tables["labels"]["answers"]),
        silent_nouns=frozenset(tables["sources"]["silent"]),
        speaking_nouns=frozenset(tables["sources"]["speaking"]),
        particles=frozenset(tables["particles"]["words"]),
        seats=frozenset(tomllib.loads(raw)["organization_nouns"]["seats"].split("|")),
        gender_of_word=gendered,
        given_names=frozenset(given),
        gender_of_given_name={name: gender for name, gender in given.items() if gender},
        full_forms=_full_forms(tomllib.loads(raw)["short_names"]["names"]),
    )


def _full_forms(table: str) -> dict[str, frozenset[str]]:
    """For "bill" the names that it may be short for."""
    forms: dict[str, set[str]] = {}
    for row in table.replace("\n", "|").split("|"):
        full, *short = row.split() or [""]
        for name in short:
            forms.setdefault(name, set()).add(full)
    return {name: frozenset(full) for name, full in forms.items()}


def _read_given_names(table: str) -> dict[str, Gender | None]:
    """Given names with their gender; None for those of both."""
    genders: dict[str, Gender] = {"female": "female", "male": "male"}
    return {row["name"]: genders.get(row["gender"]) for row in csv.DictReader(table.splitlines())}


def fold(word: str) -> str:
    """Lower case without diacritics, so that spellings of one name meet."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def is_slip(a: str, b: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether one is the other misspelt, by a letter or two of many; not where both are `known`.

    An "a" at the end more or less makes another name: the surnames of many women have it.
    """
    if min(len(a), len(b)) < _SHORTEST_MISSPELT or a[0] != b[0] or (a in known and b in known):
        return False
    if abs(len(a) - len(b)) > 2 or a == b or a.rstrip("aeiy") == b.rstrip("aeiy"):
        return False
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= _LIKENESS_OF_MISSPELT
