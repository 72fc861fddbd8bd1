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

_LEADING_SIGNS = re.compile(r"^[^\w\"“”„‘’'«‹(\[©#@$€£]+")
_WORD = re.compile(r"[^\W\d_][\w'‌-]*")
_SOURCE = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:©\s*|\(c\)\s*)?(?:(?:19|20)\d\d\s*)?(?:[-–—,]\s*(?:(?:19|20)\d\d\s*)?)?"
    r"(?:by\s+)?(?P<name>[^\W\d_][^,;|©•·\n]{1,60}?)"
    r"(?=\s*(?:[,;|•·\n]|(?:19|20)\d\d\b|\.\s|\.?$|\.?\s*all rights|\s[-–—]\s))",
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
class _Search:
    """An expression that may match anywhere in a line, and words of which such a line holds one."""

    words: tuple[str, ...]
    expression: re.Pattern[str]

    def finds(self, line: str, small: str) -> bool:
        """Whether it matches `line`; `small` is the line in small letters."""
        for word in self.words:
            if word in small:
                return self.expression.search(line) is not None
        return False


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: LineKind
    whole: re.Pattern[str] | None
    start: re.Pattern[str] | None
    inside: tuple[_Search, ...]
    words: frozenset[str]
    max_words: int
    fragment: bool

    def matches(self, line: str, small: str, bare: str, *, words: int, ended: bool) -> bool:
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
        return any(search.finds(line, small) for search in self.inside)


@dataclass(frozen=True, slots=True)
class LinePatterns:
    rules: tuple[_Rule, ...]
    hints: tuple[_Search, ...]
    agencies: frozenset[str]

    def find_agency(self, opening: str) -> str | None:
        """The agency that a dateline names in brackets: "GALAȚI (Reuters) - ...", verbatim."""
        match = _DATELINE.match(opening)
        return match["agency"] if match and match["agency"] in self.agencies else None

    def kind_of(self, line: str, *, words: int, ended: bool) -> LineKind | None:
        """The kind of a squeezed line by its own words; None where no pattern knows it."""
        if len(line) >= MATCHED_CHARS:
            return None
        small = line.lower()
        bare = _LEADING_SIGNS.sub("", line)
        for rule in self.rules:
            if rule.matches(line, small, bare, words=words, ended=ended):
                return rule.kind
        return None

    def is_suspicious(self, line: str) -> bool:
        """Whether a squeezed line has words that boilerplate likes to use."""
        small = line.lower()
        return len(line) < MATCHED_CHARS and any(hint.finds(line, small) for hint in self.hints)


def squeeze(text: str, span: Span) -> str:
    """The beginning of a line for matching: single spaces, straight apostrophes."""
    part = text[span.start : min(span.end, span.start + MATCHED_CHARS)]
    return " ".join(part.replace("’", "'").replace("ʼ", "'").split())


def find_publisher(line: str) -> str | None:
    """The publisher that a copyright line names, verbatim."""
    match = _SOURCE.search(line)
    return match["name"].strip() if match else None


@lru_cache(maxsize=1)
def load_line_patterns() -> LinePatterns:
    raw = files("summarizer").joinpath("data/boilerplate.toml").read_text("utf-8")
    tables = tomllib.loads(raw)
    rules = []
    hints: list[_Search] = []
    for name, table in tables.items():
        if "header" in table:
            rules.append(_rule(LineKind.LINKS, {"whole": table["header"]}))
        rules.append(_rule(LineKind(name), table))
        hints += _searches(table.get("hint", []))
    agencies = frozenset(tables["dateline"]["agencies"].split())
    return LinePatterns(rules=tuple(rules), hints=tuple(hints), agencies=agencies)


def _rule(kind: LineKind, table: Mapping[str, Any]) -> _Rule:
    return _Rule(
        kind=kind,
        whole=_compile(table["whole"]) if "whole" in table else None,
        start=_compile(table["start"]) if "start" in table else None,
        inside=_searches(table.get("inside", [])),
        words=frozenset(table.get("words", "").split()),
        max_words=table.get("max_words", MATCHED_CHARS),
        fragment=table.get("fragment", False),
    )


def _searches(table: list[list[str]]) -> tuple[_Search, ...]:
    return tuple(_Search(tuple(words.split("|")), _compile([it])) for words, it in table)


def _compile(expressions: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{expression})" for expression in expressions), re.IGNORECASE)
