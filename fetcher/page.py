"""Page to article: the running text of an HTML page, and what the page says of itself."""

from dataclasses import dataclass

from fetcher.body import cut_off, extract_text
from fetcher.bylines import find_authors
from fetcher.charsets import decode
from fetcher.errors import NotAnArticle, Obstacle
from fetcher.headlines import find_title
from fetcher.markup import parse_beginning
from fetcher.obstacles import find_obstacle, is_refusal, visible_words
from fetcher.publication import (
    find_canonical,
    find_day,
    find_language,
    find_site,
    host_of,
    name_in_host,
)
from fetcher.schema_org import read_json_ld
from summarizer.models import Article


@dataclass(frozen=True, slots=True)
class Page:
    """An article as it was found in a page, its text without the headline.

    `canonical_url` is the lasting address that the page states. Where there is an `obstacle`, the
    text is only what stands before it. One that `is_cut` was too long to be read to its end.
    """

    article: Article
    canonical_url: str | None = None
    obstacle: Obstacle | None = None
    is_cut: bool = False


def parse_page(body: bytes, *, url: str | None = None, charset: str | None = None) -> Page:
    """The article in a page; raises NotAnArticle or TooLarge.

    `charset` is what the server said the bytes are in, which need not be true.
    """
    root, lacks_tags = parse_beginning(decode(body, charset), url=url)
    stated = read_json_ld(root)
    is_cut = cut_off(root) or lacks_tags
    site = find_site(root, stated.publisher, url)
    names = (site or "", stated.publisher, host_of(url) or "", name_in_host(url))
    title = find_title(root, stated.headline, names)
    authors = find_authors(root, stated.authors, stated.organizations, names)
    published = find_day(root, stated.published, url)
    language = find_language(root)
    canonical = find_canonical(root, url)
    said = visible_words(root)
    text = _without_headline(extract_text(root, url), title)
    obstacle = find_obstacle(root, said, text, stated=stated)
    if is_refusal(text, title, obstacle):
        raise NotAnArticle(url, obstacle)
    article = Article(
        text=text,
        title=title,
        url=url or canonical,
        source=site,
        authors=authors,
        published=published,
        language=language or "en",
    )
    return Page(article, canonical, obstacle, is_cut)


def _without_headline(text: str, title: str | None) -> str:
    first, _, rest = text.partition("\n")
    if title and rest.strip() and first.strip().casefold() == title.casefold():
        return rest.lstrip("\n")
    return text
