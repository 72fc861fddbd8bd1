"""RSS, RDF and Atom to entries: by feedparser, and roughly by a plain walk through the XML."""

import re
import time
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any

from lxml import etree

from fetcher.errors import NotAFeed
from fetcher.feed_text import (
    absolute,
    entry_id,
    iso_time,
    looks_like_html,
    minutes,
    plain,
    plain_from_html,
)
from fetcher.markup import without_crowded_tags
from fetcher.models import Entry, Feed

MAX_ENTRIES = 2_000

_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,300}\?>\s*")
_NUMERIC = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|(\d+));")
_ENTITY = re.compile(r"&(?:([a-zA-Z]\w{1,30});|(?!#?\w{1,30};))")
_XML_NAMES = ("amp", "lt", "gt", "quot", "apos")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read_well(text: str, url: str | None) -> Feed:
    """The feed by feedparser; raises NotAFeed, or whatever feedparser stumbles over."""
    import feedparser

    found = feedparser.parse(
        BytesIO(cleaned(text).encode()),
        # It is not told the address, against which it would resolve ids as well.
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not found.version and not found.entries:
        raise NotAFeed(url)
    link = absolute(found.feed.get("link"), url)
    entries = (_entry(entry, url or link) for entry in found.entries[:MAX_ENTRIES])
    return Feed(_words(found.feed, "title"), link, tuple(entries), minutes(found.feed.get("ttl")))


def _entry(entry: Any, base: str | None) -> Entry:
    title = _words(entry, "title")
    summary = _words(entry, "summary") or next(map(_shown, entry.get("content", ())), "")
    link = absolute(entry.get("link"), base)
    identity = entry_id(entry.get("id") or "", link, title, summary)
    return Entry(identity, title, link, _published(entry), summary)


def _words(node: Any, name: str) -> str:
    detail = node.get(f"{name}_detail")
    return _shown(detail) if detail else plain_from_html(node.get(name) or "")


def _shown(detail: Any) -> str:
    value = detail.get("value") or ""
    return plain(value) if detail.get("type") == "text/plain" else plain_from_html(value)


def _published(entry: Any) -> str | None:
    for name in ("published", "updated", "created"):
        parsed = entry.get(f"{name}_parsed") if name in entry else None
        if isinstance(parsed, time.struct_time):
            try:
                return datetime(*parsed[:6], tzinfo=UTC).isoformat()
            except ValueError:
                continue
        if stated := iso_time(entry.get(name)):
            return stated
    return None


def read_roughly(text: str, url: str | None) -> Feed:
    """The feed by local names of elements alone, whatever is broken; raises NotAFeed."""
    root = parse_xml(_ENTITY.sub(_resolved, text))
    if root is None or _name(root) not in ("rss", "RDF", "feed", "channel"):
        raise NotAFeed(url)
    channel = next((child for child in root if _name(child) == "channel"), root)
    stated = _fields(channel)
    link = absolute(stated.get("link"), url)
    entries: list[Entry] = []
    for item in root.iter("{*}item", "{*}entry"):
        entries.append(_rough_entry(_fields(item), url or link))
        if len(entries) == MAX_ENTRIES:
            break
    title = _marked(stated.get("title", ""))
    return Feed(title, link, tuple(entries), minutes(stated.get("ttl")))


def parse_xml(text: str) -> etree._Element | None:
    """The root of XML, mended where it is broken; no entity is expanded, nothing is loaded."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, remove_comments=True
    )
    try:
        return etree.fromstring(cleaned(text).encode(), parser)
    except (etree.LxmlError, ValueError):
        return None


def _rough_entry(stated: dict[str, str], base: str | None) -> Entry:
    title = _marked(stated.get("title", ""))
    summary = _marked(
        stated.get("description") or stated.get("summary") or stated.get("content", "")
    )
    guid = stated.get("guid") or stated.get("id") or ""
    link = absolute(stated.get("link") or (guid if "://" in guid else ""), base)
    times = (stated.get(name) for name in ("pubDate", "published", "date", "updated"))
    published = next(filter(None, map(iso_time, times)), None)
    return Entry(entry_id(guid, link, title, summary), title, link, published, summary)


def _fields(node: etree._Element) -> dict[str, str]:
    """What the children of an element say, by local name; the first of each name counts."""
    fields: dict[str, str] = {}
    for child in node.iterchildren("{*}*"):
        name = _name(child)
        value = "".join(child.itertext()) if name not in ("item", "entry") else ""
        if name == "link" and child.get("href"):
            if child.get("rel", "alternate") != "alternate":
                continue
            value = child.get("href", "")
        if value.strip():
            fields.setdefault(name, value)
    return fields


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _marked(text: str) -> str:
    return plain_from_html(text) if looks_like_html(text) else plain(text)


def cleaned(text: str) -> str:
    """Without its declaration (the bytes are UTF-8 now) and without what XML may not hold."""
    without = _NUMERIC.sub(_allowed, _CONTROL.sub("", text))
    return without_crowded_tags(_DECLARATION.sub("", without, count=1).lstrip())


def _resolved(reference: re.Match[str]) -> str:
    """XML knows five names; those of HTML become what they stand for, and a lone & a word."""
    if reference[0] == "&":
        return "&amp;"
    return reference[0] if reference[1] in _XML_NAMES else unescape(reference[0])


def _allowed(reference: re.Match[str]) -> str:
    digits = reference[1] or reference[2]
    code = int(digits[:9], 16 if reference[1] else 10)
    is_character = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return reference[0] if is_character or 0x10000 <= code <= 0x10FFFF else ""
