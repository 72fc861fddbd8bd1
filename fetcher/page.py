"""Page to article: the running text of an HTML page, without its furniture."""

from dataclasses import replace

import trafilatura
from trafilatura.settings import Document

from fetcher.errors import NotAnArticle
from summarizer.models import Article

_STATED_DATES = {"extensive_search": False, "original_date": True}
"""Dates that the page states as its own; the year of a copyright line is none."""


def parse_page(html: str, known: Article) -> Article:
    """The article in a page, its text without the headline; raises NotAnArticle.

    Whatever `known` already states (title, address, date) is kept; its text is ignored.
    """
    document = trafilatura.bare_extraction(
        html, url=known.url, with_metadata=True, date_extraction_params=_STATED_DATES
    )
    if not isinstance(document, Document) or not (document.text or "").strip():
        raise NotAnArticle(known.url)
    text = _without_headline(document.text or "", document.title)
    return replace(
        known,
        text=text,
        title=known.title or document.title or None,
        url=known.url or document.url or None,
        source=known.source or document.sitename or document.hostname or None,
        authors=known.authors or _authors(document.author),
        published=known.published or document.date or None,
    )


def _without_headline(text: str, title: str | None) -> str:
    first, _, rest = text.partition("\n")
    if title and rest.strip() and first.strip().casefold() == title.strip().casefold():
        return rest.lstrip("\n")
    return text


def _authors(author: str | None) -> tuple[str, ...]:
    names = (name.strip() for name in (author or "").split(";"))
    return tuple(name for name in names if name)
