"""Who wrote an article: names from what the page states and from its byline."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from lxml.html import HtmlElement

from fetcher.headlines import squeeze

MAX_AUTHORS = 8
MAX_NAME_CHARS = 60
MAX_WORDS = 5

_META = (
    "author",
    "article:author",
    "byl",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "sailthru.author",
    "authors",
    "og:article:author",
    "og:author",
)
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:byline|authors?|writer|contributor)(?:$|[\s_-])|author-?name|AuthorName|[bB]yline"
)
_NO_BYLINE = re.compile(
    r"bio|comment|related|avatar|image|photo|box|card|social|follow|footer|sidebar|widget|date|time|meta-?data",
    re.I,
)
_BY = re.compile(
    r"^(?:(?:written|reviewed|posted|published|text|words|story|ein|gastbeitrag)\s+)?"
    r"(?:(?:by|von|par|por|di|da|door|av|af)\b|(?:text|autor(?:in)?|author|byline):)[\s:]*",
    re.I,
)
_BETWEEN = re.compile(
    r"\s*(?:[;|/•·\n]|,\s*(?:and|und|et|y|e)?\b|&|\s(?:and|und|et|y|e|en|og|och|with)\s)\s*"
)
_ROLE = re.compile(
    r"\b(?:writer|editor|reporter|correspondent|staff|journalist|redakt\w*|redaktion|columnist|"
    r"contributor|author|producer|photograph\w*|chief|senior|special|news|desk|team|admin\w*|press|"
    r"agenc\w*|consultant|guest|former|published|updated|posted|min read|professor|university|"
    r"director|founder|ceo|manager|follow|share|twitter|email)\b",
    re.I,
)
_NO_NAME = re.compile(r"[@\d]|https?:|www\.|\.\w{2,}\.|\.(?:com|org|net)\b|^\W*$")


def find_authors(
    root: HtmlElement, stated: tuple[str, ...], site_names: Iterable[str]
) -> tuple[str, ...]:
    """The persons named as authors; `stated` are those of JSON-LD."""
    sites = {name.casefold() for name in site_names if name}

    def clean(texts: Iterable[str]) -> tuple[str, ...]:
        names = chain.from_iterable(map(_names_in, texts))
        return tuple(dict.fromkeys(name for name in names if name.casefold() not in sites))[
            :MAX_AUTHORS
        ]

    in_byline = clean(_bylines(root))
    for names in (clean(stated), clean(_meta_authors(root))):
        if names:
            is_part = set(map(str.casefold, names)) < set(map(str.casefold, in_byline))
            return in_byline if is_part else names
    return in_byline


def _meta_authors(root: HtmlElement) -> Iterator[str]:
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop") or ""
        if name.lower() in _META:
            yield squeeze(meta.get("content") or "")


def _bylines(root: HtmlElement) -> Iterator[str]:
    """The texts of the first place that is marked as a byline."""
    for marked in (_author_links, _author_items, _author_classes):
        texts = [text for text in map(_text, marked(root)) if text and len(text) < 200]
        if any(True for text in texts for _ in _names_in(text)):
            return iter(texts)
    return iter(())


def _author_links(root: HtmlElement) -> Iterator[HtmlElement]:
    return (link for link in root.iter("a") if link.get("rel") == "author")


def _author_items(root: HtmlElement) -> Iterator[HtmlElement]:
    return (element for element in root.iter() if element.get("itemprop") == "author")


def _author_classes(root: HtmlElement) -> Iterator[HtmlElement]:
    for element in root.iter("a", "span", "div", "p", "address", "li", "h4", "h5", "strong"):
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"
        if _BYLINE_CLASS.search(marks) and not _NO_BYLINE.search(marks):
            yield element
            return


def _text(element: HtmlElement) -> str:
    return squeeze(" ".join(element.itertext()))


def _names_in(text: str) -> Iterator[str]:
    """The names in the text of a byline, without roles, dates and addresses."""
    for part in _BETWEEN.split(_BY.sub("", squeeze(text))):
        name = _BY.sub("", part).strip(" .,:–-\"'()")
        if _is_name(name):
            yield name


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= MAX_WORDS
        and len(text) <= MAX_NAME_CHARS
        and not _NO_NAME.search(text)
        and not _ROLE.search(text)
        and (text[0].isupper() or not text[0].isascii())
    )
