"""A strict reader of Telegram's HTML, written apart from the program that makes it.

Refuses what the Bot API would refuse or read otherwise than meant: unknown tags and attributes,
wrong nesting, a bare `&` or `>`, named references besides lt, gt, amp and quot.
"""

import re
from dataclasses import dataclass
from html import unescape

_TOKEN = re.compile(r"<(/?)([a-z][a-z-]*)((?:\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)>|([^<>]+)|([<>])")
_ATTRIBUTE = re.compile(r"([a-z-]+)(?:=\"([^\"]*)\")?")
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_ATTRIBUTES = {
    "a": {"href"},
    "blockquote": {"expandable"},
    "span": {"class"},
    "code": {"class"},
    "tg-time": {"unix", "format"},
}
_TAGS = {
    *("a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre"),
    *("blockquote", "span", "tg-spoiler", "tg-time"),
}
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


class InvalidMarkup(AssertionError):
    pass


@dataclass(frozen=True)
class Entity:
    tag: str
    text: str
    href: str | None = None


@dataclass(frozen=True)
class Message:
    """What a reader sees: the text, its formatted stretches, and its sizes as Telegram counts."""

    text: str
    entities: tuple[Entity, ...]
    raw_bytes: int

    @property
    def units(self) -> int:
        return len(self.text.encode("utf-16-le")) // 2

    def of(self, tag: str) -> list[str]:
        return [entity.text for entity in self.entities if entity.tag == tag]


def read_message(html: str) -> Message:
    """Parse a message, or raise InvalidMarkup."""
    text = ""
    opened: list[tuple[str, int, str | None]] = []
    entities: list[Entity] = []
    for closing, tag, attributes, run, stray in (m.groups() for m in _TOKEN.finditer(html)):
        if stray:
            raise InvalidMarkup(f"stray {stray} after {text[-40:]!r}")
        if run is not None:
            text += _resolve(run)
        elif closing:
            if not opened or opened[-1][0] != tag:
                raise InvalidMarkup(f"</{tag}> closes {opened[-1:]}")
            name, start, href = opened.pop()
            entities.append(Entity(name, text[start:], href))
        else:
            opened.append((tag, len(text), _check_tag(tag, attributes, [o[0] for o in opened])))
    if opened:
        raise InvalidMarkup(f"never closed: {opened}")
    if found := _CONTROL.search(text):
        raise InvalidMarkup(f"control character {found[0]!r}")
    for entity in entities:
        if not entity.text.strip():
            raise InvalidMarkup(f"nothing inside <{entity.tag}>")
    return Message(text, tuple(entities), len(html.encode()))


def check_limits(message: Message, *, units: int = 4_096, entities: int = 100) -> None:
    """What sendMessage accepts."""
    if not message.text.strip():
        raise InvalidMarkup("empty message")
    if message.units > units:
        raise InvalidMarkup(f"{message.units} units")
    if len(message.entities) > entities:
        raise InvalidMarkup(f"{len(message.entities)} entities")
    if message.raw_bytes > 32_768:
        raise InvalidMarkup(f"{message.raw_bytes} bytes")


def _resolve(run: str) -> str:
    if "&" in _REFERENCE.sub("", run):
        raise InvalidMarkup(f"bad reference in {run[:80]!r}")
    return unescape(run)


def _check_tag(tag: str, attributes: str, around: list[str]) -> str | None:
    """The address of a link; raises for what must not stand here."""
    if tag not in _TAGS:
        raise InvalidMarkup(f"<{tag}> is no tag of Telegram's")
    if tag in around:
        raise InvalidMarkup(f"<{tag}> inside itself")
    values = dict(_ATTRIBUTE.findall(attributes))
    if not set(values) <= _ATTRIBUTES.get(tag, set()):
        raise InvalidMarkup(f"<{tag}{attributes}>")
    if tag != "a":
        return None
    href = _resolve(values.get("href", ""))
    if not href.startswith(("http://", "https://", "tg://")):
        raise InvalidMarkup(f"link to {href!r}")
    return href
