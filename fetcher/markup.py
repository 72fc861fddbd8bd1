"""Text to a tree of HTML elements, of bounded size whatever the text."""

import re
from collections.abc import Iterator

from lxml import etree, html

from fetcher.errors import NotAnArticle, TooLarge

MAX_CHARS = 5_000_000
"""Of a page, without scripts, styles and what is embedded in it."""
MAX_TAGS = 60_000
"""A page is cut off after so many; the article of a page comes early."""
LARGE_CHARS = 600_000
"""A page from here on is stripped of what is no text before it is parsed."""

_TAG = re.compile(r"<[a-zA-Z!]")
_EMBEDDED = re.compile(r"<(script|style|svg|noscript|template)\b([^>]{0,2000})>", re.I)
_CLOSING = {
    name: re.compile(rf"</{name}\b", re.I)
    for name in ("script", "style", "svg", "noscript", "template")
}
_DATA_URI = re.compile(r"\bdata:[a-z/+.;=-]{0,80}base64,[A-Za-z0-9+/=%\s]+", re.I)
_BREAKS = re.compile(r"(?:<br\b[^<>]{0,100}>\s*+){3,}", re.I)
_LONG_RUN = re.compile(r"<[a-zA-Z][^<]{8000,}")
_ATTRIBUTE = r"""[\s/]*+[^\s=>/]++(?:\s*+=\s*+(?>"[^"]*+"|'[^']*+'|[^\s>"']*+))?+"""
_CROWDED_TAG = re.compile(rf"(<[a-zA-Z][^\s>/]*+)(?:{_ATTRIBUTE}){{2000,}}+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def parse_html(text: str, *, url: str | None = None) -> html.HtmlElement:
    """The root of a page; raises TooLarge, or NotAnArticle where there is no element at all."""
    return parse_beginning(text, url=url)[0]


def parse_beginning(text: str, *, url: str | None = None) -> tuple[html.HtmlElement, bool]:
    """The root of a page, and whether tags after its MAX_TAGS-th were left out; raises likewise."""
    text = _CONTROL.sub("", text)
    if _TAG.search(text) is None:
        raise NotAnArticle(url)
    if len(text) > LARGE_CHARS:
        text = _lighten(text)
    if len(text) > MAX_CHARS:
        raise TooLarge(url, len(text), MAX_CHARS)
    whole = _BREAKS.sub("<br><br>", text)
    part = _cut(whole)
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        root = html.document_fromstring(without_crowded_tags(part).encode(), parser=parser)
    except (etree.LxmlError, ValueError) as exc:
        raise NotAnArticle(url) from exc
    if not isinstance(root, html.HtmlElement):
        raise NotAnArticle(url)
    etree.strip_elements(root, "style", with_tail=False)
    return root, len(part) < len(whole)


def _lighten(text: str) -> str:
    """Without scripts (but those that hold data), styles, drawings and embedded files."""
    return _DATA_URI.sub("", "".join(_outside_embedded(text)))


def _outside_embedded(text: str) -> Iterator[str]:
    position = 0
    while (opening := _EMBEDDED.search(text, position)) is not None:
        closing = _CLOSING[opening[1].lower()].search(text, opening.end())
        if closing is None:  # browsers take all that follows for a part of it
            yield text[position : opening.start()]
            return
        is_data = "ld+json" in opening[2]
        yield text[position : closing.start() if is_data else opening.start()]
        position = closing.start()
    yield text[position:]


def without_crowded_tags(text: str) -> str:
    """Tags without their attributes where these are very many: parsers compare each with all."""
    return _LONG_RUN.sub(lambda run: _CROWDED_TAG.sub(r"\1", run[0], count=1), text)


def _cut(text: str) -> str:
    """The text up to its MAX_TAGS-th tag."""
    if text.count("<") <= MAX_TAGS:
        return text
    position = -1
    for _ in range(MAX_TAGS):
        position = text.find("<", position + 1)
    return text[:position]
