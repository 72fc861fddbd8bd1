"""What the network gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of a server, as bytes; `body` is empty unless the status is 2xx.

    `url` is where redirects ended, `requested_url` where they began. `content_type` is lower case
    and without parameters, "" where none was stated; `charset` is the one of the header.
    `moved` says that every redirect on the way was permanent. `retry_after` and `max_age` are in
    seconds. `etag` and `last_modified` are verbatim.
    """

    url: str
    requested_url: str
    status: int
    content_type: str
    charset: str | None
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None
    max_age: float | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a feed: plain text, `published` ISO 8601, `link` absolute.

    `id` is what the feed calls it, else its link, else a hash of its words; never empty.
    """

    id: str
    title: str
    link: str | None = None
    published: str | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, or a list of subscriptions; the entries of a list link to feeds.

    `ttl` is how long it asks to be left alone, in seconds.
    """

    title: str
    link: str | None
    entries: tuple[Entry, ...]
    ttl: float | None = None


@dataclass(frozen=True, slots=True)
class FeedLink:
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class FoundFeeds:
    """The feeds that a page names; at least one."""

    feeds: tuple[FeedLink, ...]
