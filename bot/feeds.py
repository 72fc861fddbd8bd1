"""`nutgraf feed`: what a feed holds, as text and as JSON."""

from collections.abc import Iterator
from typing import Any

from fetcher.models import Entry, Feed, FoundFeeds


def feed_to_dict(found: Feed | FoundFeeds) -> dict[str, Any]:
    if isinstance(found, FoundFeeds):
        return {"feeds": [{"title": feed.title, "link": feed.link} for feed in found.feeds]}
    return {
        "title": found.title,
        "link": found.link,
        "entries": [_entry_to_dict(entry) for entry in found.entries],
    }


def _entry_to_dict(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": entry.published,
        "summary": entry.summary,
    }


def render_feed(found: Feed | FoundFeeds) -> str:
    """Titles, each with what belongs to it indented below."""
    if isinstance(found, FoundFeeds):
        return "\n".join(line for feed in found.feeds for line in (feed.title, f"  {feed.link}"))
    return "\n\n".join(
        ["\n".join(filter(None, (found.title, found.link)))]
        + ["\n".join(_entry_lines(entry)) for entry in found.entries]
    ).strip("\n")


def _entry_lines(entry: Entry) -> Iterator[str]:
    day = (entry.published or "")[:10]
    yield " – ".join(filter(None, (day, entry.title or entry.summary[:80] or entry.id)))
    if entry.link:
        yield f"  {entry.link}"
