"""Feeds that are no XML feeds: JSON Feed, OPML lists, and the feeds that a page names."""

import json
from collections.abc import Iterator
from typing import Any

from lxml import etree

from fetcher.errors import NotAFeed, NotAnArticle
from fetcher.feed_text import absolute, entry_id, iso_time, plain, plain_from_html
from fetcher.feed_xml import MAX_ENTRIES
from fetcher.models import Entry, Feed, FeedLink, FoundFeeds

FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/xml",
    "text/xml",
)


def read_json_feed(text: str, url: str | None) -> Feed:
    """A JSON Feed (jsonfeed.org) of any version; raises NotAFeed."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise NotAFeed(url) from exc
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise NotAFeed(url)
    link = absolute(found.get("home_page_url"), url)
    base = url or absolute(found.get("feed_url"), None) or link
    items = (item for item in found["items"][:MAX_ENTRIES] if isinstance(item, dict))
    return Feed(_string(found, "title"), link, tuple(_json_entry(item, base) for item in items))


def _json_entry(item: dict[str, Any], base: str | None) -> Entry:
    title = _string(item, "title")
    summary = _string(item, "summary") or _string(item, "content_text")
    if not summary and isinstance(markup := item.get("content_html"), str):
        summary = plain_from_html(markup)
    link = absolute(item.get("url"), base) or absolute(item.get("external_url"), base)
    published = iso_time(item.get("date_published")) or iso_time(item.get("date_modified"))
    identity = entry_id(_string(item, "id"), link, title, summary)
    return Entry(identity, title, link, published, summary)


def _string(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return plain(str(value)) if isinstance(value, str) or is_number else ""


def read_opml(root: etree._Element, url: str | None) -> Feed:
    """The subscriptions of an OPML list, nested ones too, each address once."""
    entries: dict[str, Entry] = {}
    for outline in root.iter("{*}outline"):
        stated = {name.lower(): value for name, value in outline.attrib.items()}
        link = absolute(stated.get("xmlurl"), url)
        if link is not None and link not in entries and len(entries) < MAX_ENTRIES:
            title = plain(stated.get("title") or stated.get("text") or "")
            summary = plain(stated.get("description") or "")
            entries[link] = Entry(link, title or link, link, None, summary)
    title = next((plain("".join(node.itertext())) for node in root.iter("{*}title")), "")
    return Feed(title, None, tuple(entries.values()))


def find_feeds(text: str, url: str | None) -> FoundFeeds:
    """The feeds that a page names; raises NotAFeed where it names none."""
    from fetcher.markup import parse_html

    try:
        root = parse_html(text, url=url)
    except NotAnArticle as exc:
        raise NotAFeed(url) from exc
    base = next((absolute(node.get("href"), url) for node in root.iter("base")), None) or url
    feeds: dict[str, FeedLink] = {}
    for link in _alternates(root):
        address = absolute(link.get("href"), base)
        if address is not None:
            feeds.setdefault(address, FeedLink(plain(link.get("title") or "") or address, address))
    if not feeds:
        raise NotAFeed(url)
    return FoundFeeds(tuple(feeds.values()))


def _alternates(root: etree._Element) -> Iterator[etree._Element]:
    for link in root.iter("link", "a"):
        relations = (link.get("rel") or "").lower().split()
        media_type = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in relations and media_type in FEED_TYPES:
            yield link
