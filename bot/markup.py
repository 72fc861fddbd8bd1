"""Text made fit to show, and pieces of Telegram HTML that know their own size."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

MAX_LINK_LENGTH = 2_000

# Controls, lone surrogates, and the characters that turn the direction of what follows them.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff"
    "\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = "\u200c\u200d\ufe0e\ufe0f"
_IN_LINK = re.compile(r"[^\s<>\"\\^`{|}\x00-\x20\x7f-\x9f\ud800-\udfff]+")


def clean_text(text: str) -> str:
    """One line without control characters; empty where nothing of the text could be seen."""
    cleaned = " ".join(_UNSHOWABLE.sub("", text).split())
    return cleaned if any(map(_is_visible, cleaned)) else ""


def _is_visible(character: str) -> bool:
    if character.isascii():
        return character > " "
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK_LETTERS


def utf16_units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut_text(text: str, units: int) -> str:
    """At most `units` UTF-16 units of a clean text, ended by "…" at a word where it is cut."""
    if utf16_units(text) <= units:
        return text
    kept = text[: units - 1]
    while utf16_units(kept) > units - 1:
        kept = kept[:-1]
    words, space, _ = kept.rpartition(" ")
    if space and len(words) > len(kept) // 2:
        kept = words
    return kept.rstrip(" ,;:–—-" + _JOINERS) + "…"


def safe_link(url: str | None) -> str | None:
    """The address where it may be followed from a message (http, https, tg), else None."""
    if not url or len(url) > MAX_LINK_LENGTH or not _IN_LINK.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https", "tg") or not host or "@" in parts.netloc:
        return None
    return url


@dataclass(frozen=True, slots=True)
class Fragment:
    """Valid Telegram HTML, its visible length in UTF-16 units, and how many entities it makes."""

    html: str = ""
    units: int = 0
    entities: int = 0

    def __add__(self, other: "Fragment") -> "Fragment":
        return Fragment(
            self.html + other.html, self.units + other.units, self.entities + other.entities
        )

    def __bool__(self) -> bool:
        return bool(self.html)

    @property
    def size(self) -> int:
        """Bytes as they are sent."""
        return len(self.html.encode())

    def inside(self, tag: str, attributes: str = "") -> "Fragment":
        html = f"<{tag}{attributes}>{self.html}</{tag}>"
        return Fragment(html, self.units, self.entities + 1)


def plain(text: str) -> Fragment:
    """A text as it is; the caller has cleaned it."""
    return Fragment(escape(text, quote=False), utf16_units(text))


def bold(text: str) -> Fragment:
    return plain(text).inside("b")


def italic(text: str) -> Fragment:
    return plain(text).inside("i")


def linked(content: Fragment, url: str | None) -> Fragment:
    """The content as a link, where there is an address that passed `safe_link`."""
    return content.inside("a", f' href="{escape(url)}"') if url else content


def folded(content: Fragment) -> Fragment:
    """A quotation block of which a client shows the first lines, and the rest on a tap."""
    return content.inside("blockquote", " expandable")


def joined(fragments: Iterable[Fragment], separator: str) -> Fragment:
    """The fragments that are not empty, with a plain separator between them."""
    between = plain(separator)
    whole = Fragment()
    for fragment in filter(None, fragments):
        whole = whole + between + fragment if whole else fragment
    return whole
