"""The small things that all kinds of feeds state: plain words, addresses, times."""

import hashlib
import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urljoin, urlsplit

MAX_TEXT_CHARS = 2_000
MAX_MARKUP_CHARS = 50_000

_FEED_SCHEME = re.compile(r"feed:(?://)?(?:(https?):)?(?=//)", re.I)
"""Begins addresses that are for feed readers: feed://a.example/, feed:https://a.example/."""
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_ENTITY = re.compile(r"&(?:#\w{1,8}|[a-zA-Z]\w{1,30});")
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_MINUTES = re.compile(r"\s*(\d{1,6})\s*", re.A)
_HAS_TIME = re.compile(r"\d[T ]\d")


def plain(text: str) -> str:
    """Text as it is, white space squeezed."""
    return " ".join(_NOT_TEXT.sub("", text).split())[:MAX_TEXT_CHARS]


def plain_from_html(markup: str) -> str:
    """The words that HTML shows."""
    markup = markup[:MAX_MARKUP_CHARS]
    if "<" in markup:
        markup = _TAG.sub(_gap, _UNSEEN.sub(" ", markup))
    return plain(unescape(markup))


def looks_like_html(text: str) -> bool:
    return bool(_TAG.search(text) or _ENTITY.search(text))


def absolute(link: object, base: str | None) -> str | None:
    """An http or https address, resolved against `base`; None where it is none.

    One that begins with "feed:" is the one behind that, http where it says no more.
    """
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        address = urljoin(base or "", _without_feed_scheme("".join(link.split())))
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return _NOT_TEXT.sub("", address) if is_web else None


def minutes(text: object) -> float | None:
    """Stated whole minutes in seconds; None where they are none, or none that make sense."""
    if not isinstance(text, str) or not (found := _MINUTES.fullmatch(text)):
        return None
    return float(found[1]) * 60 or None


def _without_feed_scheme(link: str) -> str:
    found = _FEED_SCHEME.match(link)
    return f"{found[1] or 'http'}:{link[found.end() :]}" if found else link


def iso_time(text: object) -> str | None:
    """A stated time as ISO 8601, in UTC where a zone is stated; None where it is no time."""
    if not isinstance(text, str) or not (text := " ".join(text.split())):
        return None
    try:
        if not _HAS_TIME.search(text) and len(text) == len("2000-01-01"):
            return date.fromisoformat(text).isoformat()
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        return moment.astimezone(UTC).isoformat() if moment.tzinfo else moment.isoformat()
    except (ValueError, OverflowError):
        return None


def entry_id(stated: str, link: str | None, title: str, summary: str) -> str:
    """What tells an entry from others: what the feed says, its link, or its words."""
    if stated := plain(stated):
        return stated
    words = f"{title}\n{summary[:200]}"
    return link or hashlib.sha256(words.encode()).hexdigest()[:32]


_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|em|font|i|kbd|mark|q|s|small|span|strong|su[bp]|u|wbr)\b",
    re.I,
)


def _gap(tag: re.Match[str]) -> str:
    """Nothing for a tag within a line; a space for one that begins another."""
    return "" if _INLINE.match(tag[0]) else " "
