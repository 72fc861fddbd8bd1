"""Feed to entries: RSS, RDF, Atom, JSON Feed and OPML; a page to the feeds it names."""

import re
from collections.abc import Callable

from lxml import etree

from fetcher.charsets import decode
from fetcher.errors import NotAFeed, TooLarge
from fetcher.models import Feed, FoundFeeds

MAX_BYTES = 5_000_000
MANY_TAGS = 60_000
"""A feed with more is read roughly: feedparser would need many seconds."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_ROOT = re.compile(
    r"<(?:[\w.-]+:)?(rss|rdf|feed|channel|opml|html|head|body)\b|<!doctype\s+(html)", re.I
)
_COMMENT = re.compile(r"<!--.*?-->", re.S)


def parse_feed(
    body: bytes, *, url: str | None = None, content_type: str | None = None
) -> Feed | FoundFeeds:
    """What `body` holds, whatever it is said to be; raises NotAFeed or TooLarge.

    `content_type` may state a charset. What is made to take long does: run this where time and
    memory are bounded, and `parse_feed_roughly` where it does not end.
    """
    from fetcher.feed_xml import read_roughly, read_well

    def read(text: str, url: str | None) -> Feed:
        if text.count("<") > MANY_TAGS:
            return read_roughly(text, url)
        try:
            return read_well(text, url)
        except NotAFeed:
            raise
        except Exception:  # feedparser on a feed made to break it
            return read_roughly(text, url)

    return _parse(body, url, content_type, read)


def parse_feed_roughly(
    body: bytes, *, url: str | None = None, content_type: str | None = None
) -> Feed | FoundFeeds:
    """The same by a plain walk that is fast on anything, and misses what is unusual."""
    from fetcher.feed_xml import read_roughly

    return _parse(body, url, content_type, read_roughly)


def _parse(
    body: bytes,
    url: str | None,
    content_type: str | None,
    read_xml: Callable[[str, str | None], Feed],
) -> Feed | FoundFeeds:
    from fetcher.feed_lists import find_feeds, read_json_feed, read_opml

    if len(body) > MAX_BYTES:
        raise TooLarge(url, len(body), MAX_BYTES)
    stated = _CHARSET.search(content_type or "")
    text = decode(body, stated[1] if stated else None)
    if text.lstrip()[:1] in ("{", "["):
        return read_json_feed(text, url)
    root = _ROOT.search(_COMMENT.sub("", text[:100_000]))
    match (root[1] or root[2]).lower() if root else "":
        case "opml":
            return read_opml(_opml_root(text, url), url)
        case "html" | "head" | "body":
            return find_feeds(text, url)
        case "":
            raise NotAFeed(url)
        case _:
            feed = read_xml(text, url)
            if not (feed.title or feed.link or feed.entries):
                raise NotAFeed(url)
            return feed


def _opml_root(text: str, url: str | None) -> etree._Element:
    from fetcher.feed_xml import parse_xml

    root = parse_xml(text)
    if root is None:
        raise NotAFeed(url)
    return root
