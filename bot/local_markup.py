"""Telegram's HTML as the Bot API server reads it: visible text and entities, or a refusal.

Stricter than browsers: few tags, four named references, every tag closed in order. Offsets of
entities are UTF-16 units, those in refusals are bytes of UTF-8.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.markup import utf16_units

ENTITY_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-time": "date_time",
    "tg-emoji": "custom_emoji",
}
MAX_MARKED = 100
"""Entities of a message; further ones are not marked."""
NAMED_REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_TEXT = re.compile(r"[^<&]+")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]+));?")
_TAG_NAME = re.compile(r"[^\s>]*")
_SPACE = re.compile(r"\s*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
_EQUAL_SIGN = re.compile(r"\s*=\s*")
_ATTRIBUTE_VALUE = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.-]+)(?=[\s>])")
_WEB_LINK = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[\w-]{2,}(?::\d+)?(?:[/?#]\S*)?|tg://\S+")
_BOT_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/])")
_WRITTEN_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]+[^\s<>\".,:;!?'’”)]")


class MarkupRefused(Exception):
    """The server's words for what is wrong with the markup."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A formatted stretch of the visible text, in UTF-16 units; `value` is a link or a time."""

    type: str
    offset: int
    length: int
    value: str = ""

    def to_dict(self) -> dict[str, object]:
        fields: dict[str, object] = {
            "type": self.type,
            "offset": self.offset,
            "length": self.length,
        }
        if self.type == "text_link":
            fields["url"] = self.value
        elif self.type == "date_time":
            fields["unix_time"] = int(self.value)
        elif self.type == "custom_emoji":
            fields["custom_emoji_id"] = self.value
        return fields


@dataclass(frozen=True, slots=True)
class _OpenTag:
    name: str
    at: int
    offset: int
    attributes: dict[str, str]


def is_web_link(url: str) -> bool:
    """Whether the server keeps a link: to a host with a dot, or into Telegram."""
    return _WEB_LINK.fullmatch(url) is not None


def parse_markup(html: str) -> tuple[str, tuple[Entity, ...]]:
    """The visible text and its entities in order of offset; raises MarkupRefused."""
    return _Parser(html).parse()


class _Parser:
    def __init__(self, html: str) -> None:
        self.html = html
        self.at = 0
        self.text: list[str] = []
        self.length = 0
        self.open: list[_OpenTag] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, tuple[Entity, ...]]:
        while self.at < len(self.html):
            character = self.html[self.at]
            if character == "&":
                self._read_reference()
            elif character != "<":
                self._append(self._match(_TEXT))
            elif self.html.startswith("</", self.at):
                self._read_end_tag()
            else:
                self._read_start_tag()
        if self.open:
            name = self.open[-1].name
            raise MarkupRefused(f'Can\'t find end tag corresponding to start tag "{name}"')
        ordered = sorted(self.entities, key=lambda entity: (entity.offset, -entity.length))
        return "".join(self.text), tuple(ordered)

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.html, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def _append(self, text: str) -> None:
        self.text.append(text)
        self.length += utf16_units(text)

    def _read_reference(self) -> None:
        found = _REFERENCE.match(self.html, self.at)
        character = _referred(found) if found is not None else None
        if found is None or character is None:
            self._append("&")
            self.at += 1
        else:
            self._append(character)
            self.at = found.end()

    def _read_start_tag(self) -> None:
        start = self.at
        self.at += 1
        name = self._match(_TAG_NAME).lower()
        if self.at >= len(self.html):
            raise MarkupRefused(f"Unclosed start tag at byte offset {self._bytes(start)}")
        if name not in ENTITY_TYPES:
            where = self._bytes(start)
            raise MarkupRefused(f'Unsupported start tag "{name}" at byte offset {where}')
        attributes = self._read_attributes(name, start)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            where = self._bytes(start)
            raise MarkupRefused(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        if name == "tg-time" and not attributes.get("unix", "").isdigit():
            where = self._bytes(start)
            raise MarkupRefused(f'Tag "tg-time" must have attribute "unix" at byte offset {where}')
        self.open.append(_OpenTag(name, len(self.text), self.length, attributes))

    def _read_attributes(self, tag: str, start: int) -> dict[str, str]:
        """The attributes up to the closing `>`, which is passed over."""
        attributes: dict[str, str] = {}
        while True:
            self._match(_SPACE)
            if self.html.startswith(">", self.at):
                self.at += 1
                return attributes
            name = self._match(_ATTRIBUTE_NAME).lower()
            if self.at >= len(self.html):
                raise MarkupRefused(
                    f'Unclosed start tag "{tag}" at byte offset {self._bytes(start)}'
                )
            attributes[name] = self._read_value(tag, name, start)

    def _read_value(self, tag: str, name: str, start: int) -> str:
        where = self._bytes(start)
        if not name:
            raise MarkupRefused(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        if not self._match(_EQUAL_SIGN):
            if (tag, name) == ("blockquote", "expandable"):
                return "1"
            raise MarkupRefused(
                "Expected equal sign in declaration of an attribute "
                f'of the tag "{tag}" at byte offset {where}'
            )
        found = _ATTRIBUTE_VALUE.match(self.html, self.at)
        if found is None:
            if self.html[self.at : self.at + 1] in ("", '"', "'"):
                raise MarkupRefused(f"Unclosed start tag at byte offset {where}")
            raise MarkupRefused(
                f"Unexpected end of name token at byte offset {self._bytes(self.at)}"
            )
        self.at = found.end()
        return _dereference(next(value for value in found.groups() if value is not None))

    def _read_end_tag(self) -> None:
        start = self._bytes(self.at)
        if not self.open:
            raise MarkupRefused(f"Unexpected end tag at byte offset {start}")
        self.at += 2
        name = self._match(_TAG_NAME).lower()
        self._match(_SPACE)
        if not self.html.startswith(">", self.at):
            raise MarkupRefused(f"Unclosed end tag at byte offset {start}")
        self.at += 1
        tag = self.open.pop()
        if name and name != tag.name:
            raise MarkupRefused(
                f"Unmatched end tag at byte offset {start}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        self._close(tag)

    def _close(self, tag: _OpenTag) -> None:
        entity_type = ENTITY_TYPES[tag.name]
        value = tag.attributes.get("unix", "") or tag.attributes.get("emoji-id", "")
        if tag.name == "a":
            value = tag.attributes.get("href") or "".join(self.text[tag.at :])
            if not is_web_link(value):
                return
        if tag.name == "blockquote" and "expandable" in tag.attributes:
            entity_type = "expandable_blockquote"
        if self.length > tag.offset:
            self.entities.append(Entity(entity_type, tag.offset, self.length - tag.offset, value))

    def _bytes(self, at: int) -> int:
        return len(self.html[:at].encode("utf-8", "surrogatepass"))


def _referred(reference: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = reference.groups()
    if name is not None:
        return NAMED_REFERENCES.get(name)
    number = int(decimal) if decimal is not None else int(hexadecimal, 16)
    return chr(number) if 0 < number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else None


def _dereference(value: str) -> str:
    return _REFERENCE.sub(lambda found: _referred(found) or found[0], value)


def find_entities(text: str) -> list[dict[str, Any]]:
    """Commands and web addresses, marked as the server marks them in people's messages."""
    found = [(match, "bot_command") for match in _BOT_COMMAND.finditer(text)]
    found += [(match, "url") for match in _WRITTEN_LINK.finditer(text)]
    found.sort(key=lambda item: item[0].start())
    return [
        Entity(kind, utf16_units(text[: match.start()]), utf16_units(match[0])).to_dict()
        for match, kind in found[:MAX_MARKED]
    ]
