"""Floors of quality on articles of our own. They may rise freely; a lower one needs a reason here.

Each `articles/NAME.toml` says what a good digest of `articles/NAME.txt` holds: how lines that are
boilerplate begin, words of the sentence that tells the story, the places it happens in, and who
says what. The articles are few and the floors are gross: they catch what breaks, not what wavers.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from summarizer.models import Article, Digest, Speaker
from summarizer.pipeline import Summarizer

ARTICLES = Path(__file__).parent / "articles"
NAMES = sorted(path.stem for path in ARTICLES.glob("*.toml"))

FLOORS = {
    "speakers found": 0.95,
    "speakers right": 0.90,
    "roles found": 0.90,
    "statements given to their speaker": 0.95,
    "places found": 0.90,
    "titles found": 1.0,
    "story among the key points": 1.0,
}


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    def __add__(self, other: "Share") -> "Share":
        return Share(self.hits + other.hits, self.of + other.of)


@cache
def gold(name: str) -> dict[str, Any]:
    return tomllib.loads((ARTICLES / f"{name}.toml").read_text("utf-8"))


@cache
def text(name: str) -> str:
    if name == "example":
        return files("bot").joinpath("data/example.txt").read_text("utf-8")
    return (ARTICLES / f"{name}.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def digests(summarizer: Summarizer) -> dict[str, Digest]:
    return {name: summarizer.summarize(Article(text(name))) for name in NAMES}


def same_name(found: str, wanted: str) -> bool:
    return found.casefold().removeprefix("the ") == wanted.casefold().removeprefix("the ")


def speaker_named(digest: Digest, name: str) -> Speaker | None:
    return next((s for s in digest.speakers if same_name(s.name, name)), None)


def says(speaker: Speaker, words: str) -> bool:
    return any(words.casefold() in statement.text.casefold() for statement in speaker.statements)


def measure(name: str, digest: Digest) -> dict[str, Share]:
    wanted = gold(name)
    found = [speaker_named(digest, s["name"]) for s in wanted["speakers"]]
    pairs = list(zip(found, wanted["speakers"], strict=True))
    people = [s for s in digest.speakers if s.kind == "person"]
    known = [s["name"] for s in wanted["speakers"]]
    roles = [(f, s["role"]) for f, s in pairs if f is not None and "role" in s]
    words = [(f, w) for f, s in pairs for w in s["says"]]
    places = [place.name for place in digest.locations]
    shares = {
        "speakers found": [f is not None for f in found],
        "speakers right": [any(same_name(p.name, k) for k in known) for p in people],
        "roles found": [role.casefold() in (f.role or "").casefold() for f, role in roles],
        "statements given to their speaker": [f is not None and says(f, w) for f, w in words],
        "places found": [any(place in p for p in places) for place in wanted["places"]],
        "titles found": [digest.article.title == wanted["title"]] if "title" in wanted else [],
        "story among the key points": [
            any(w in p.text for p in digest.key_points) for w in wanted["story"]
        ],
    }
    return {key: Share(sum(hits), len(hits)) for key, hits in shares.items()}


@pytest.mark.parametrize("measured", FLOORS)
def test_floor_holds(measured: str, digests: dict[str, Digest]) -> None:
    shares = {name: measure(name, digest)[measured] for name, digest in digests.items()}
    total = sum(shares.values(), Share(0, 0))
    assert total.hits / total.of >= FLOORS[measured], shares


@pytest.mark.parametrize("name", NAMES)
def test_no_boilerplate_line_is_shown(name: str, digests: dict[str, Digest]) -> None:
    digest = digests[name]
    for beginning in gold(name)["boilerplate"]:
        start = text(name).index(beginning)
        end = text(name).index("\n", start)
        assert any(b.start <= start and end <= b.end for b in digest.boilerplate), beginning
        shown = [*digest.key_points, *(s for p in digest.speakers for s in p.statements)]
        assert not any(start <= item.start < end for item in shown), beginning


@pytest.mark.parametrize("name", NAMES)
def test_every_span_is_verbatim(name: str, digests: dict[str, Digest]) -> None:
    digest = digests[name]
    for point in digest.key_points:
        assert text(name)[point.start : point.end] == point.text
    for speaker in digest.speakers:
        assert speaker.name in text(name)
        assert speaker.role is None or speaker.role in text(name)
        for statement in speaker.statements:
            assert text(name)[statement.start : statement.end] == statement.text
            mention = statement.mention
            assert text(name)[mention.start : mention.end] == mention.text
