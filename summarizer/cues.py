"""The words that report speech, from data/cues.toml: verbs in all forms, nouns, phrases."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class VerbCue:
    """A reporting verb; `frames` tells what may stand after it as content."""

    base: str
    frames: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cues:
    """Every cue by its written form in lower case."""

    verbs: dict[str, VerbCue]
    clause_nouns: frozenset[str]
    infinitive_nouns: frozenset[str]
    light_verbs: frozenset[str]
    unsaid_governors: frozenset[str]
    according_to: tuple[tuple[str, ...], ...]
    anonymous: frozenset[str]
    time_words: frozenset[str]
    subordinators: frozenset[str]
    silent_verbs: frozenset[str]
    occasions: frozenset[str]
    empty_objects: frozenset[str]


@lru_cache(maxsize=1)
def load_cues() -> Cues:
    """The cue tables of this package."""
    data = tomllib.loads(files("summarizer").joinpath("data", "cues.toml").read_text("utf-8"))
    nouns = data["nouns"]
    return Cues(
        verbs=_verbs_by_form(data["verbs"]),
        clause_nouns=_with_plurals(nouns["clause"]),
        infinitive_nouns=_with_plurals(nouns["infinitive"]),
        light_verbs=frozenset(nouns["light"].split()),
        unsaid_governors=frozenset(data["governors"]["unsaid"].split()),
        according_to=tuple(tuple(p.split()) for p in data["phrases"]["according_to"]),
        anonymous=frozenset(data["phrases"]["anonymous"].split()),
        time_words=frozenset(data["words"]["time"].split()),
        subordinators=frozenset(data["words"]["subordinators"].split()),
        silent_verbs=frozenset(data["words"]["silent"].split()),
        occasions=frozenset(data["words"]["occasions"].split()),
        empty_objects=_with_plurals(data["words"]["empty"]),
    )


def inflect(base: str) -> tuple[str, ...]:
    """The forms of a regular verb: base, third person, past, gerund."""
    if base.endswith(("s", "sh", "ch", "x", "z")):
        return base, base + "es", base + "ed", base + "ing"
    if base.endswith("y") and base[-2:-1] not in VOWELS:
        return base, base[:-1] + "ies", base[:-1] + "ied", base + "ing"
    if base.endswith("e"):
        gerund = base if base.endswith("ee") else base[:-1]
        return base, base + "s", base + "d", gerund + "ing"
    return base, base + "s", base + "ed", base + "ing"


def _verbs_by_form(rows: dict[str, dict[str, Any]]) -> dict[str, VerbCue]:
    verbs: dict[str, VerbCue] = {}
    for base, row in rows.items():
        cue = VerbCue(base, frozenset(row["frames"].split()))
        forms = (base, *row["forms"].split()) if "forms" in row else inflect(base)
        for form in forms:
            verbs.setdefault(form, cue)
    return verbs


def _with_plurals(words: str) -> frozenset[str]:
    singular = words.split()
    return frozenset(singular) | {inflect(word)[1] for word in singular}
