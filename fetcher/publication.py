"""When and where a page was published: day, site, language, lasting address."""

import logging
import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from fetcher.headlines import squeeze

_DAY = re.compile(r"\s*(\d{4})-?(\d{2})-?(\d{2})")
_META_DATES = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "publication_date",
    "publish-date",
    "pubdate",
    "citation_publication_date",
    "og:published_time",
    "article.published",
    "published_time",
)
_URL_DAY = re.compile(r"/((?:19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?:/|-|$)")
_UTC_HOUR = re.compile(r"T(\d\d):\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+00:?00)\s*$")
WEST_HOURS, EAST_HOURS = 10, 11
"""How far behind UTC and ahead of it the clocks of nearly all sites are."""
_SHOWN_IN = ("time", "span", "div", "p", "li", "a", "small", "em", "strong")
_DATE_MARK = re.compile(r"date|time|stamp|publish|posted|byline", re.I)
_NUMBER = re.compile(r"\d+")
_CLOCK = re.compile(r"\b\d{1,2}(?:[:h]\d{2}|\.\d{2}(?![.\d]))")
MAX_DATE_CHARS = 80
_LANGUAGE = re.compile(r"[a-z]{2,3}\b", re.I)
FIRST_YEAR = 1990


def find_day(root: HtmlElement, stated: str, url: str | None) -> str | None:
    """The day of publication as the page states it, ISO 8601; `stated` is the one of JSON-LD."""
    in_address = _day_in(url)
    for candidate in (stated, *_meta_days(root), *_marked_days(root)):
        if day := _day(candidate):
            # The address, or else what readers see, holds the day where the page was made.
            if in_address is not None and abs(in_address - day) <= timedelta(days=1):
                return in_address.isoformat()
            return _shown_day(root, _local_days(candidate, day)).isoformat()
    return in_address.isoformat() if in_address else _searched_day(root, url)


def find_site(root: HtmlElement, publisher: str, url: str | None) -> str | None:
    """The name of the site, or else the host it is on."""
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        if name in ("og:site_name", "application-name") and (
            site := squeeze(meta.get("content") or "")
        ):
            return site
    return publisher or host_of(url)


def find_language(root: HtmlElement) -> str | None:
    """The language a page states for itself, its first subtag."""
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    found = _LANGUAGE.match(stated.strip())
    return found[0].lower() if found else None


def find_canonical(root: HtmlElement, url: str | None) -> str | None:
    """The lasting address of a page on the same site, where it states one."""
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            try:
                address = urljoin(url or "", (link.get("href") or "").strip())
                parts = urlsplit(address)
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and parts.hostname:
                return address
    return None


def host_of(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def name_in_host(url: str | None) -> str:
    """The longest label of the host but the last: "marrenpost" of www.marrenpost.co.example."""
    labels = (host_of(url) or "").split(".")
    return max(labels[:-1], key=len, default="")


def _meta_days(root: HtmlElement) -> Iterator[str]:
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name in _META_DATES:
            found.setdefault(name, meta.get("content") or "")
    return (found[name] for name in _META_DATES if name in found)


def _marked_days(root: HtmlElement) -> Iterator[str]:
    for element in root.iter("time", "span", "div", "p", "abbr", "meta"):
        if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None:
            yield element.get("datetime") or element.get("content") or element.get("title") or ""


def _local_days(stamp: str, day: date) -> tuple[date, ...]:
    """The days it may have been at the time of a stamp, that of the stamp itself first."""
    in_utc = _UTC_HOUR.search(stamp)
    if in_utc is None:
        return (day,)
    hour, one = int(in_utc[1]), timedelta(days=1)
    if hour < WEST_HOURS:
        return day, day - one
    return (day, day + one) if hour + EAST_HOURS >= 24 else (day,)


def _shown_day(root: HtmlElement, days: tuple[date, ...]) -> date:
    """Which of these neighbouring days a page shows first: its year and number, in any language."""
    if len(days) == 1:
        return days[0]
    for element in root.iter(*_SHOWN_IN):
        marks = " ".join(filter(None, map(element.get, ("class", "id", "data-testid"))))
        if element.tag != "time" and not _DATE_MARK.search(marks):
            continue
        text = squeeze(" ".join(element.itertext()))
        if len(text) <= MAX_DATE_CHARS:
            numbers = set(_NUMBER.findall(_CLOCK.sub(" ", text)))
            for day in days:
                if str(day.year) in numbers and not numbers.isdisjoint(
                    (str(day.day), f"{day.day:02}")
                ):
                    return day
    return days[0]


def _searched_day(root: HtmlElement, url: str | None) -> str | None:
    from htmldate import find_date

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        found = find_date(root, url=url, original_date=True, extensive_search=True)
    except Exception:  # htmldate on a page made to break it
        return None
    # A bare year, as copyright lines have it, comes as its first day.
    return found if isinstance(found, str) and not found.endswith("-01-01") else None


def _day(text: str) -> date | None:
    match = _DAY.match(text)
    return None if match is None else _date(match)


def _day_in(url: str | None) -> date | None:
    """The day that an address holds between its slashes."""
    match = _URL_DAY.search(url or "")
    return None if match is None else _date(match)


def _date(match: re.Match[str]) -> date | None:
    try:
        day = date(*map(int, match.groups()))
    except ValueError:
        return None
    return day if day.year >= FIRST_YEAR else None
