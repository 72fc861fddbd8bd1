"""Links in messages: where they lead, and whether they or the words around them are the article."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from telegram import MessageEntity

from bot.digests import is_short
from fetcher.links import canonical_link

MAX_LINKS = 5
"""Of one message so many are read."""
LINK_ENTITIES: list[str | None] = [MessageEntity.URL, MessageEntity.TEXT_LINK]
TELEGRAM_HOSTS = ("t.me", "telegram.me", "telegram.dog")
_WRAPPERS = ("/iv", "/share/url", "/share")
"""Pages of Telegram that only hold the link to another one."""


@dataclass(frozen=True, slots=True)
class FoundLinks:
    """The different links of a message that lead to web pages, and the words besides all links.

    `into_telegram` tells whether others lead into Telegram itself.
    """

    links: tuple[str, ...] = ()
    rest: str = ""
    into_telegram: bool = False

    @property
    def has_words(self) -> bool:
        return any(map(str.isalnum, self.rest))

    @property
    def are_meant(self) -> bool:
        """Whether the links are to be read instead of the message itself."""
        return bool(self.links) and is_short(self.rest)


def find_links(text: str, entities: Mapping[MessageEntity, str]) -> FoundLinks:
    """The links among these entities, in their order; each page once."""
    rest = text
    for entity, words in entities.items():
        if entity.type == MessageEntity.URL:
            rest = rest.replace(words, "", 1)
    has_words = any(map(str.isalnum, rest))
    links: dict[str, str] = {}
    into_telegram = False
    for entity, words in entities.items():
        if entity.type == MessageEntity.URL and has_words and _is_bare_host(words):
            continue  # "Booking.com" within a sentence is a name
        address = unwrap(_address(entity, words))
        if is_telegram(address):
            into_telegram = True
        elif _parts(address) is not None:
            links.setdefault(canonical_link(address), address)
    return FoundLinks(tuple(links.values()), rest, into_telegram)


def unwrap(address: str) -> str:
    """The page that a link of Telegram (Instant View, sharing) holds; else the link itself."""
    split = _parts(address)
    if split is None or not is_telegram(address) or split.path not in _WRAPPERS:
        return address
    return parse_qs(split.query).get("url", [address])[0]


def is_telegram(address: str) -> bool:
    split = _parts(address)
    host = (split and split.hostname) or ""
    return host in TELEGRAM_HOSTS or host.endswith(".t.me")


def _address(entity: MessageEntity, words: str) -> str:
    if entity.type == MessageEntity.TEXT_LINK:
        return entity.url or ""
    return words if "://" in words else f"http://{words}"


def _is_bare_host(words: str) -> bool:
    return not words.lower().startswith(("http", "www.")) and "/" not in words


def _parts(address: str) -> SplitResult | None:
    """The parts of a web address; None for anything else (mailto:, tg:)."""
    try:
        split = urlsplit(address)
    except ValueError:
        return None
    return split if split.scheme in ("http", "https") and split.hostname else None
