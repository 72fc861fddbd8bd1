"""The title of a page: which of its headings and titles is the headline."""

import math
import re
from collections.abc import Iterable, Sequence
from html import unescape

from lxml.html import HtmlElement

MAX_CHARS = 400
MIN_LIKENESS = 0.34

_SEPARATOR = re.compile(r"\s+(?:[-–—|·•»«›‹⋆~:]|//|::|\|\|)(?:\s+|$)|\s*[|»]\s*|:\s+(?=\S+$)")
_STRONG = ("|", "»", "·", "•", "⋆", "//", "::", "||")
"""Separators that no headline has within itself."""
_WORD = re.compile(r"\w+")
_HEADING_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:headline|entry-title|post-title|article-title)(?:$|[\s_-])"
)


def find_title(root: HtmlElement, headline: str, site_names: Iterable[str]) -> str | None:
    """The heading most like what the page calls itself, else that name less the site's.

    `headline` is the one stated in JSON-LD, or "".
    """
    sites = {key_of(name) for name in site_names if name}
    stated = [name for name in (*_stated_titles(root), squeeze(headline)) if name]
    document_title = squeeze(_first_text(root, "title"))
    if document_title:
        stated.append(document_title)
    headings = [text for text in _headings(root) if key_of(text) not in sites]
    best = max(headings, key=lambda text: _likeness(text, stated), default=None)
    if best is not None and (not stated or _likeness(best, stated) >= MIN_LIKENESS):
        return best
    for title in stated:
        if short := _without_site(title, sites):
            return short
    return best


def squeeze(text: str) -> str:
    return " ".join(unescape(text).split())[:MAX_CHARS]


def _stated_titles(root: HtmlElement) -> Iterable[str]:
    wanted = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title")
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        if name in wanted:
            found.setdefault(name, squeeze(meta.get("content") or ""))
    return [found[name] for name in wanted if found.get(name)]


def _headings(root: HtmlElement) -> Sequence[str]:
    """What stands in level-one headings, or else in others that are marked as the headline."""
    first = [text for text in map(_text, root.iter("h1")) if text]
    if first:
        return first
    marked = (
        element
        for element in root.iter("h2", "h3")
        if _HEADING_CLASSES.search(element.get("class") or "")
        or element.get("itemprop") == "headline"
    )
    return [text for text in map(_text, marked) if text][:1]


def _text(element: HtmlElement) -> str:
    return squeeze(" ".join(element.itertext()))


def _first_text(root: HtmlElement, tag: str) -> str:
    return next((text for text in map(_text, root.iter(tag)) if text), "")


def _likeness(heading: str, stated: Sequence[str]) -> float:
    return max((_shared(heading, title) for title in stated), default=0.0)


def _shared(one: str, other: str) -> float:
    """Share of the words of the shorter that both have, less a little where lengths differ."""
    a, b = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    if not a or not b:
        return 0.0
    return len(a & b) / math.sqrt(len(a | b) * min(len(a), len(b)))


def _without_site(title: str, sites: set[str]) -> str:
    """A title without the name of the site, before or after a separator."""
    while (cut := _site_cut(title, sites)) is not None:
        title = cut
    return "" if key_of(title) in sites else title


def _site_cut(title: str, sites: set[str]) -> str | None:
    separators = list(_SEPARATOR.finditer(title))
    if not separators:
        return None
    first, last = separators[0], separators[-1]
    head, tail = title[: first.start()], title[last.end() :]
    if _names_site(tail, sites):
        return title[: last.start()]
    if _names_site(head, sites):
        return title[first.end() :]
    if last[0].strip() in _STRONG and len(tail) < last.start():
        return title[: last.start()]
    return None


def _names_site(part: str, sites: set[str]) -> bool:
    key = key_of(part)
    return not key or any(
        key == site or (min(len(key), len(site)) > 3 and (key in site or site in key))
        for site in sites
    )


def key_of(text: str) -> str:
    """Letters and digits alone, to compare names that are spelled with other spaces."""
    return "".join(_WORD.findall(text.casefold()))
