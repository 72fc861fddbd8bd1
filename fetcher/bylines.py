"""Who wrote an article: names from what the page states and from its byline."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from lxml.html import HtmlElement

from fetcher.headlines import key_of, squeeze

MAX_AUTHORS = 8
MAX_NAME_CHARS = 60
MAX_WORDS = 5
MAX_BYLINE_CHARS = 160
MAX_BYLINE_PARTS = 8
NEAR_LEVELS = 3

_BYLINE_TAGS = ("a", "span", "div", "p", "address", "li", "strong", "cite", "h3", "h4", "h5", "h6")

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
_BYLINE_MARK = re.compile(
    r"byline|author|writer|journalist|screenname|(?:posted|submitted|written)[-_]?by|\bbyl\b|zuozhe",
    re.I,
)
_NO_BYLINE_MARK = re.compile(
    r"comment|related|avatar|image|photo|social|follow|footer|sidebar|widget|recommend|bio\b|"
    r"author-?(?:list|archive|desc)|co-?authored|authori[sz]",
    re.I,
)
_BY = re.compile(
    r"^(?:(?:written|reviewed|posted|published|text|words|story|ein|gastbeitrag)\s+)?"
    r"(?:(?:by|von|par|por|di|da|door|av|af)\b|(?:text|autor(?:in)?|author|byline):)[\s:]*",
    re.I,
)
_CAPTION_MARK = re.compile(r"caption|credit|photo|image|related|comment", re.I)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|writers?|contributors?|journalists?|autore?n?|auteurs?)/", re.I
)
_SOURCE = re.compile(r"\s+(?:The|for|via)\s+\S.*$")
"""An agency or a paper after the name."""
_WORDED = re.compile(
    r"(?i:(?:(?:written|posted|text|words|story|ein gastbeitrag)\s+)?(?:by|von|par|por))\b"
    r"(?:\s+[^\W\da-z]|\s*$)|(?i:author|autor(?:in)?|text|byline)\s*:"
)
_PARTICLES = frozenset(
    {"de", "da", "di", "del", "van", "von", "der", "den", "la", "le", "al", "el"}
) | {"bin", "ibn", "dos", "du", "of", "for", "the", "y", "zu", "ten", "ter"}
_BETWEEN = re.compile(
    r"\s*(?:[;|/•·\n]|,\s*(?:and|und|et|y|e)?\b|&|\s(?:and|und|et|y|e|en|og|och|with)\s)\s*"
)
_ROLE = re.compile(
    r"\b(?:writer|editor|reporter|correspondent|staff|journalist|redakt\w*|redaktion|columnist|"
    r"contributor|author|producer|photograph\w*|chief|senior|special|news|desk|team|admin\w*|press|"
    r"agenc\w*|consultant|guest|former|published|updated|posted|min read|professor|university|"
    r"director|founder|ceo|manager|standards|policy|ethics|guidelines|follow|share|twitter|email)\b",
    re.I,
)
_NO_NAME = re.compile(r"[@\d]|https?:|www\.|\.\w{2,}\.|\.(?:com|org|net)\b|^\W*$")


def find_authors(
    root: HtmlElement,
    stated: tuple[str, ...],
    organizations: tuple[str, ...],
    site_names: Iterable[str],
) -> tuple[str, ...]:
    """Those named as authors: persons, or else an organization that is not the site itself.

    `stated` and `organizations` are those of JSON-LD.
    """
    sites = {key_of(name) for name in site_names if name}

    def clean(texts: Iterable[str]) -> tuple[str, ...]:
        names = chain.from_iterable(map(_names_in, texts))
        return tuple(dict.fromkeys(name for name in names if key_of(name) not in sites))

    for names in (clean(stated), clean(_meta_authors(root))):
        if names:
            marked = clean(_group(_marked_outright(root)))
            return (marked if set(names) < set(marked) else names)[:MAX_AUTHORS]
    for find in (_marked_outright, _linked, _marked_by_name, _worded):
        if names := clean(_group(find(root))):
            return names[:MAX_AUTHORS]
    # A person may have a site of the same name; an organization that is the site says nothing.
    persons = tuple(chain.from_iterable(map(_names_in, stated)))
    return (persons or clean(organizations))[:MAX_AUTHORS]


def _meta_authors(root: HtmlElement) -> Iterator[str]:
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop") or ""
        if name.lower() in _META:
            yield squeeze(meta.get("content") or "")


def _group(candidates: Iterator[HtmlElement]) -> tuple[str, ...]:
    """The texts of the first byline among the candidates, and of those beside it."""
    for first in candidates:
        if _has_name(first):
            beside = (other for other in candidates if _is_beside(first, other))
            return tuple(map(_text, (first, *filter(_has_name, beside))))
    return ()


def _has_name(element: HtmlElement) -> bool:
    text = _text(element)
    return len(text) <= MAX_BYLINE_CHARS and any(True for _ in _names_in(text))


def _is_beside(first: HtmlElement, other: HtmlElement) -> bool:
    """Whether both stand in one small place, and neither in the other."""
    near = set(islice(first.iterancestors(), NEAR_LEVELS))
    above = tuple(islice(other.iterancestors(), NEAR_LEVELS))
    return first not in above and other not in near and not near.isdisjoint(above)


def _marked_outright(root: HtmlElement) -> Iterator[HtmlElement]:
    for element in root.iter():
        is_author = element.get("rel") == "author" or "author" in (element.get("itemprop") or "")
        if is_author and element.tag not in ("meta", "link", "head"):
            yield element


def _linked(root: HtmlElement) -> Iterator[HtmlElement]:
    """Links to the page of an author."""
    return (link for link in root.iter("a") if _AUTHOR_PATH.search(link.get("href") or ""))


def _marked_by_name(root: HtmlElement) -> Iterator[HtmlElement]:
    for element in root.iter(*_BYLINE_TAGS):
        marks = " ".join(filter(None, map(element.get, ("class", "id", "data-testid"))))
        if marks and _BYLINE_MARK.search(marks) and not _NO_BYLINE_MARK.search(marks):
            yield element


def _worded(root: HtmlElement) -> Iterator[HtmlElement]:
    """Short elements that begin with "By" and a name."""
    for element in root.iter("p", "span", "div", "em", "li", "small", "h4", "h5", "h6"):
        if element.tag != "div" or len(element) < MAX_BYLINE_PARTS:
            opening = next((text for text in element.itertext() if text.strip()), "")
            if _WORDED.match(opening.lstrip()) and not _is_caption(element):
                yield element


def _is_caption(element: HtmlElement) -> bool:
    return any(
        above.tag == "figure" or _CAPTION_MARK.search(above.get("class") or "")
        for above in (element, *islice(element.iterancestors(), NEAR_LEVELS))
    )


def _text(element: HtmlElement) -> str:
    return squeeze(" ".join(element.itertext()))


def _names_in(text: str) -> Iterator[str]:
    """The names in the text of a byline, without roles, dates and addresses."""
    for part in _BETWEEN.split(_BY.sub("", squeeze(text))):
        name = _SOURCE.sub("", _BY.sub("", part)).strip(" .,:–-\"'()")
        if _is_name(name):
            yield name


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= MAX_WORDS
        and 2 <= len(text) <= MAX_NAME_CHARS
        and not _NO_NAME.search(text)
        and not _ROLE.search(text)
        and all(word in _PARTICLES or not word[0].islower() for word in words)
        and words[0] not in _PARTICLES
    )
