"""The patterns of boilerplate lines, read from `data/boilerplate.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from summarizer.models import Span

MATCHED_CHARS = 500
"""So much of a line is matched; boilerplate lines are shorter."""

_SPACE = re.compile(r"\s+")
_LEADING_SIGNS = re.compile(r"^[^\w\"“”„‘’'«‹(\[©#@$€£]+")
_WORD = re.compile(r"[^\W\d_][\w'‌-]*")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "\u00a0": " "})
_SOURCE = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:©\s*|\(c\)\s*)?(?:(?:19|20)\d\d\s*)?(?:[-–—,]\s*(?:(?:19|20)\d\d\s*)?)?"
    r"(?:by\s+)?(?P<name>[^\W\d_][^,;|©•·\n]{1,60}?)"
    r"(?=\s*(?:[,;|•·\n]|\.\s|\.?$|\.?\s*all rights|\s[-–—]\s))",
    re.IGNORECASE,
)


_DATELINE = re.compile(r"[^()“”\"]{0,60}\((?P<agency>[^\W\d_]{2,12})\)")


class LineKind(Enum):
    """What a line is where a pattern tells it."""

    SUBSCRIBE = "subscribe"
    COPYRIGHT = "copyright"
    LEGAL = "legal"
    BYLINE = "byline"
    DATELINE = "dateline"
    SHARE = "share"
    RELATED = "related"
    LINKS = "links"
    """The head of a list of links."""
    CAPTION = "caption"
    CREDIT = "credit"
    """Who took the picture, on a line of its own."""
    NOTE = "note"
    STAMP = "stamp"


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: LineKind
    whole: re.Pattern[str] | None
    start: re.Pattern[str] | None
    inside: re.Pattern[str] | None
    words: frozenset[str]
    max_words: int
    fragment: bool

    def matches(self, line: str, bare: str, *, words: int, ended: bool) -> bool:
        if self.whole is not None and self.whole.fullmatch(bare):
            return True
        if self.words and words <= (3 if ended else 25):
            found = _WORD.findall(bare.casefold())
            if found and self.words.issuperset(found):
                return True
        if words > self.max_words or (self.fragment and ended):
            return False
        if self.start is not None and self.start.match(bare):
            return True
        return self.inside is not None and self.inside.search(line) is not None


@dataclass(frozen=True, slots=True)
class LinePatterns:
    rules: tuple[_Rule, ...]
    hints: re.Pattern[str]
    agencies: frozenset[str]

    def find_agency(self, opening: str) -> str | None:
        """The agency that a dateline names in brackets: "GALAȚI (Reuters) - ...", verbatim."""
        match = _DATELINE.match(opening)
        return match["agency"] if match and match["agency"] in self.agencies else None

    def kind_of(self, line: str, *, words: int, ended: bool) -> LineKind | None:
        """The kind of a squeezed line by its own words; None where no pattern knows it."""
        if len(line) >= MATCHED_CHARS:
            return None
        bare = _LEADING_SIGNS.sub("", line)
        for rule in self.rules:
            if rule.matches(line, bare, words=words, ended=ended):
                return rule.kind
        return None

    def is_suspicious(self, line: str) -> bool:
        """Whether a squeezed line has words that boilerplate likes to use."""
        return len(line) < MATCHED_CHARS and self.hints.search(line) is not None


def squeeze(text: str, span: Span) -> str:
    """The beginning of a line for matching: single spaces, straight apostrophes."""
    part = text[span.start : min(span.end, span.start + MATCHED_CHARS)]
    return _SPACE.sub(" ", part.translate(_APOSTROPHES))


def find_publisher(line: str) -> str | None:
    """The publisher that a copyright line names, verbatim."""
    match = _SOURCE.search(line)
    return match["name"].strip() if match else None


@lru_cache(maxsize=1)
def load_line_patterns() -> LinePatterns:
    raw = files("summarizer").joinpath("data/boilerplate.toml").read_text("utf-8")
    tables = tomllib.loads(raw)
    rules = []
    hints = []
    for name, table in tables.items():
        if "header" in table:
            rules.append(_rule(LineKind.LINKS, {"whole": table["header"]}))
        rules.append(_rule(LineKind(name), table))
        hints += table.get("hint", [])
    agencies = frozenset(tables["dateline"]["agencies"].split())
    return LinePatterns(rules=tuple(rules), hints=_compile(hints), agencies=agencies)


def _rule(kind: LineKind, table: Mapping[str, Any]) -> _Rule:
    return _Rule(
        kind=kind,
        whole=_compile(table["whole"]) if "whole" in table else None,
        start=_compile(table["start"]) if "start" in table else None,
        inside=_compile(table["inside"]) if "inside" in table else None,
        words=frozenset(table.get("words", "").split()),
        max_words=table.get("max_words", MATCHED_CHARS),
        fragment=table.get("fragment", False),
    )


def _compile(expressions: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{expression})" for expression in expressions), re.IGNORECASE)
