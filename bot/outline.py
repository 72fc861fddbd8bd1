"""What a digest shows, cleaned and in order, before any markup: the same for every output."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from math import isfinite
from tomllib import loads
from urllib.parse import urlsplit

from bot.fragments import place_link
from bot.markup import clean_text, cut_text, safe_link
from bot.wording import shown_span
from summarizer.models import Digest, Location, LocationKind, Speaker, Statement

TITLE_UNITS = 300
NAME_UNITS = 100
ROLE_UNITS = 200
TO_PLACE = "↗"
"""Stands behind what somebody said and leads to its place in the page."""

# Of marks that begin alike, the longest first.
_MARKS: dict[str, tuple[str, ...]] = {
    "``": ("''",),
    "''": ("''",),
    "“": ("”",),
    "„": ("“", "”"),
    "«": ("»",),
    "»": ("«",),
    '"': ('"',),
    "‘": ("’",),
    "‚": ("‘", "’"),
    "'": ("'", "’"),
}
_ABBREVIATION = re.compile(r"(?:^|\W)(?:\w\.){2,}$")
_ZOOM: dict[LocationKind, int] = {"continent": 3, "country": 5, "admin": 7, "region": 7, "water": 8}
_CITY_ZOOM = 10
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_OPENING_THAT = re.compile(r"^that,? ")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Point:
    text: str
    rank: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said: a quotation without its marks, or reported speech, word for word.

    `link` leads to its place in the page, where the article has one.
    """

    text: str
    direct: bool
    start: int
    end: int
    link: str | None = None

    def __str__(self) -> str:
        return f"“{self.text}”" if self.direct else f"– {self.text}"


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker with lines to show; `is_group` for the unnamed many."""

    name: str
    role: str | None
    is_group: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    country: str | None
    is_exact: bool
    link: str | None

    @property
    def suffix(self) -> str:
        """What follows the name: its country, and a word where the point is not its own."""
        country = f", {self.country}" if self.country else ""
        return country if self.is_exact else f"{country} (approx.)"


@dataclass(frozen=True, slots=True)
class Outline:
    """Key points in document order; named speakers before groups; places most salient first."""

    title: str
    link: str | None
    dateline: str
    points: tuple[Point, ...]
    voices: tuple[Voice, ...]
    places: tuple[Place, ...]


def outline_digest(digest: Digest, map_url: str) -> Outline:
    """Everything of the digest that can be seen; texts are one clean line each."""
    article = digest.article
    dateline = (_source(article.source, article.url), show_date(article.published))
    link = safe_link(article.url)
    page = link if link and link.lower().startswith("http") else None
    voices = (_voice(speaker, article.text, page) for speaker in digest.speakers)
    return Outline(
        title=cut_text(clean_text(article.title or ""), TITLE_UNITS),
        link=link,
        dateline=" · ".join(filter(None, dateline)),
        points=tuple(
            Point(text, point.rank, point.start, point.end)
            for point in digest.key_points
            if (text := clean_text(point.text))
        ),
        voices=tuple(sorted(filter(_is_named, voices), key=lambda voice: voice.is_group)),
        places=tuple(
            place for place in (_place(found, map_url) for found in digest.locations) if place.name
        ),
    )


def _source(source: str | None, url: str | None) -> str:
    named = clean_text(source or "")
    if not named and (link := safe_link(url)) and link.startswith("http"):
        named = (urlsplit(link).hostname or "").removeprefix("www.")
    return cut_text(named, NAME_UNITS)


def show_date(published: str | None) -> str:
    """An ISO 8601 date as people write it, as far as it is known; empty for anything else."""
    if not published:
        return ""
    try:
        day = date.fromisoformat(published[:10])
    except ValueError:
        return _show_partial_date(published)
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _show_partial_date(published: str) -> str:
    found = _PARTIAL_DATE.fullmatch(published)
    if found is None or not published.isascii():
        return ""
    year, month = found.groups()
    if month is None:
        return year
    return f"{_MONTHS[int(month) - 1]} {year}" if 1 <= int(month) <= 12 else ""


def _is_named(voice: Voice) -> bool:
    return bool(voice.name)


def _voice(speaker: Speaker, text: str, url: str | None) -> Voice:
    lines = [line for said in speaker.statements if (line := _line(said, text, url)) is not None]
    lines.sort(key=lambda line: (line.start, -line.end))
    return Voice(
        name=cut_text(clean_text(speaker.name), NAME_UNITS),
        role=cut_text(clean_text(speaker.role or ""), ROLE_UNITS) or None,
        is_group=speaker.kind == "group",
        lines=tuple(_without_repeats(lines)),
    )


def _line(statement: Statement, text: str, url: str | None) -> Line | None:
    """The line for a statement; None where it has no words that could be shown."""
    span = shown_span(text, statement)
    if span is None:
        return None
    words = clean_text(span.text_of(text))
    quoted = strip_marks(words) if statement.direct and span.start == statement.start else None
    shown = clean_text(_strip_stop(_OPENING_THAT.sub("", words)) if quoted is None else quoted)
    if not shown:
        return None
    link = safe_link(place_link(url, text, span.start, span.end)) if url else None
    return Line(shown, quoted is not None, span.start, span.end, link)


def _without_repeats(lines: list[Line]) -> Iterator[Line]:
    """Leave out what stands inside an earlier line, or was said in the same words."""
    end = -1
    seen: set[str] = set()
    for line in lines:
        if line.end > end and line.text not in seen:
            yield line
            end = line.end
            seen.add(line.text)


def strip_marks(text: str) -> str | None:
    """The words of one quotation: its outer marks and the comma or stop at its end dropped.

    None where the marks do not enclose the whole, so that the words must be shown as they are.
    """
    text = _strip_stop(text)
    opening = next((mark for mark in _MARKS if text.startswith(mark)), "")
    words = text.removeprefix(opening)
    closing = next((mark for mark in _MARKS.get(opening, "”»") if words.endswith(mark)), "")
    words = _strip_stop(words.removesuffix(closing))
    return words if _is_balanced(words) else None


def _is_balanced(words: str) -> bool:
    depth = 0
    for character in words:
        depth += (character == "“") - (character == "”")
        if depth < 0 or character == '"':
            return False
    return depth == 0


def _strip_stop(text: str) -> str:
    text = text.strip()
    if text.endswith(".") and (text.endswith("..") or _ABBREVIATION.search(text)):
        return text
    return text[:-1].rstrip() if text.endswith((",", ".")) else text


def _place(location: Location, map_url: str) -> Place:
    named = cut_text(clean_text(location.name), NAME_UNITS)
    country = country_names().get(location.country_code or "")
    if location.kind in ("country", "continent") or country == named:
        country = None
    return Place(named, country, location.exact, map_link(location, map_url))


@cache
def country_names() -> dict[str, str]:
    """English short names by ISO 3166 code."""
    table = resources.files("bot").joinpath("data/countries.toml").read_text("utf-8")
    return {code: str(name) for code, name in loads(table).items()}


def map_link(location: Location, map_url: str) -> str | None:
    """The address of a place on the map; its coordinates are those of the digest, unrounded."""
    if not (isfinite(location.latitude) and isfinite(location.longitude)):
        return None
    zoom = _ZOOM.get(location.kind, _CITY_ZOOM)
    values = {
        "{lat}": _decimal(location.latitude),
        "{lon}": _decimal(location.longitude),
        "{zoom}": str(zoom),
    }
    for name, value in values.items():
        map_url = map_url.replace(name, value)
    return safe_link(map_url)


def _decimal(number: float) -> str:
    return format(Decimal(repr(number)), "f")
