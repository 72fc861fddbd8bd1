"""The words that all rooms share: an article, what was found in it, and its digest.

All offsets are Unicode code points into `Article.text`, half-open. Whatever carries both a span
and a text keeps the invariant ``article.text[start:end] == text``.
"""

from dataclasses import dataclass
from typing import Literal, get_args

SpeakerKind = Literal["person", "organization", "group"]
LocationKind = Literal["country", "admin", "city", "region", "water", "landmark", "continent"]

Method = Literal[
    "nutgraf",
    "lead",
    "lex-rank",
    "text-rank",
    "lsa",
    "luhn",
    "edmundson",
    "kl",
    "sum-basic",
    "reduction",
]
METHODS: tuple[str, ...] = get_args(Method)
"""How key points can be ranked; the first is the default, all but the first two are sumy's."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the article, `[start, end)` in code points."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def text_of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Article:
    """A text to digest, exactly as it was submitted or extracted, and what is known about it."""

    text: str
    title: str | None = None
    url: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None  # ISO 8601
    language: str = "en"


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """A sentence of the article; rank 1 is the most important one."""

    text: str
    start: int
    end: int
    rank: int


@dataclass(frozen=True, slots=True)
class Mention:
    """The words that stand for a speaker at one statement: a name, "he", "the ministry"."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """The content of an attribution: what somebody is reported to have said.

    `verb` is the cue as it is written ("said", "according to"); None where the text has none.
    `direct` tells words in quotation marks; the marks are part of the span.
    """

    text: str
    start: int
    end: int
    verb: str | None
    direct: bool
    mention: Mention


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whoever made statements: the fullest form of the name, and a role that is a span or None."""

    name: str
    role: str | None
    kind: SpeakerKind
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """A place of the article, resolved; each place once.

    `exact` is False where the point is that of a place which contains the one named.
    `salience` is between 0 and 1, comparable within one digest only.
    """

    name: str
    kind: LocationKind
    country_code: str | None
    latitude: float
    longitude: float
    geonames_id: int | None
    exact: bool
    salience: float
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What Nutgraf has to say about an article.

    `article` holds the text unchanged; its title, authors, source and date are those given with it
    or, where they were missing, those read from its lines. Key points and boilerplate are in
    document order, locations and speakers most important first.
    """

    article: Article
    method: str
    key_points: tuple[KeyPoint, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    locations: tuple[Location, ...] = ()
    boilerplate: tuple[Span, ...] = ()
