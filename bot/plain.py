"""The same digest without Telegram: wrapped plain text, and any bot message in a terminal."""

import textwrap
from dataclasses import dataclass, field
from html.parser import HTMLParser

from bot.config import MAP_URL
from bot.fragments import is_place_link
from bot.markup import clean_text, safe_link
from bot.outline import Outline, Voice, outline_digest
from bot.texts import KEY_POINTS, NOTHING_FOUND, WHERE, WHO_SAID_WHAT
from summarizer.models import Digest

DEFAULT_WIDTH = 80
MIN_WIDTH = 20

_STYLES = {
    "b": "1",
    "strong": "1",
    "i": "3",
    "em": "3",
    "u": "4",
    "ins": "4",
    "s": "9",
    "strike": "9",
    "del": "9",
}
_RESET = "\x1b[0m"
_BAR = "┃ "


def render_plain(digest: Digest, *, width: int = DEFAULT_WIDTH) -> str:
    """The whole digest as lines of plain text, for a terminal or a pipe."""
    outline = outline_digest(digest, MAP_URL)
    width = max(width, MIN_WIDTH)
    header = [row for row in (outline.title, outline.dateline) if row]
    sections = (
        [line for row in header for line in _wrap(row, width)],
        _titled(KEY_POINTS, [_wrap(p.text, width, "• ", "  ") for p in outline.points]),
        _titled(
            f"{WHO_SAID_WHAT} · {len(outline.voices)}",
            [_voice_lines(voice, width) for voice in outline.voices],
        ),
        _titled(WHERE, [_wrap(_places(outline), width)] if outline.places else []),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines) or NOTHING_FOUND


def _titled(title: str, blocks: list[list[str]]) -> list[str]:
    return [title, *(line for block in blocks for line in block)] if blocks else []


def _voice_lines(voice: Voice, width: int) -> list[str]:
    named = f"{voice.name}, {voice.role}" if voice.role else voice.name
    lines = _wrap(named, width, "", "  ")
    for line in voice.lines:
        lines += _wrap(str(line), width, "  ", "    " if not line.direct else "   ")
    return lines


def _places(outline: Outline) -> str:
    return " · ".join(place.name + place.suffix for place in outline.places)


def _wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )


def html_to_plain(html: str) -> str:
    """The visible text of a message, without any formatting."""
    return "\n".join(row.text for row in _read(html).rows).strip()


def html_to_terminal(html: str, *, color: bool = False, width: int = DEFAULT_WIDTH) -> str:
    """A bot message as terminal lines: links numbered and listed below, folds marked by a bar.

    Links to places in a page are left out; they would outnumber everything else.

    Nothing of the message reaches the terminal as a control sequence.
    """
    message = _read(html, number_links=True)
    width = max(width, MIN_WIDTH)
    lines: list[str] = []
    for row in message.rows:
        lines += row.lines(width, color=color)
    while lines and not lines[-1].strip():
        lines.pop()
    if message.links:
        lines += ["", *(f"[{at}] {url}" for at, url in enumerate(message.links, start=1))]
    return "\n".join(lines)


@dataclass(slots=True)
class _Row:
    """One line of a message; each character with the styles it stands in."""

    is_quoted: bool
    text: str = ""
    styles: list[frozenset[str]] = field(default_factory=list)

    def add(self, text: str, styles: frozenset[str]) -> None:
        self.text += text
        self.styles += [styles] * len(text)

    def lines(self, width: int, *, color: bool) -> list[str]:
        bar = _BAR if self.is_quoted else ""
        indent = "  " if self.text.startswith(("• ", "– ")) else ""
        pieces = textwrap.wrap(
            self.text,
            width - len(bar),
            subsequent_indent=indent,
            break_on_hyphens=False,
            expand_tabs=False,
            replace_whitespace=False,
        )
        at = 0
        lines = []
        for number, piece in enumerate(pieces):
            words = piece.removeprefix(indent) if number else piece
            at = self.text.index(words, at)
            lines.append(bar + (indent if number else "") + self._painted(at, len(words), color))
            at += len(words)
        return lines or [bar.rstrip()]

    def _painted(self, start: int, length: int, color: bool) -> str:
        if not color:
            return self.text[start : start + length]
        painted = ""
        current: frozenset[str] = frozenset()
        for at in range(start, start + length):
            if self.styles[at] != current:
                painted += _RESET if current else ""
                current = self.styles[at]
                painted += f"\x1b[{';'.join(sorted(current))}m" if current else ""
            painted += self.text[at]
        return painted + (_RESET if current else "")


class _MessageReader(HTMLParser):
    """Telegram's HTML to rows of styled text; unknown tags are passed over."""

    def __init__(self, *, number_links: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.number_links = number_links
        self.rows = [_Row(is_quoted=False)]
        self.links: list[str] = []
        self._styles: list[str] = []
        self._quotes = 0
        self._href: list[str | None] = []
        self._after_quote = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _STYLES:
            self._styles.append(_STYLES[tag])
        elif tag == "a":
            self._href.append(safe_link(dict(attrs).get("href")))
        elif tag == "blockquote":
            self._quotes += 1
            self._begin_block()

    def handle_endtag(self, tag: str) -> None:
        if tag in _STYLES and _STYLES[tag] in self._styles:
            self._styles.remove(_STYLES[tag])
        elif tag == "a" and self._href:
            self._end_link(self._href.pop())
        elif tag == "blockquote" and self._quotes:
            self._quotes -= 1
            self._begin_block()
            self._after_quote = True

    def handle_data(self, data: str) -> None:
        if self._href and is_place_link(self._href[-1]):
            return  # nobody could press it
        if self._after_quote:  # the end of a quotation has ended its line already
            data = data.removeprefix("\n")
            self._after_quote = False
        first, *others = data.split("\n")
        self._add(first)
        for line in others:
            self.rows.append(_Row(is_quoted=self._quotes > 0))
            self._add(line)

    def _add(self, text: str) -> None:
        self.rows[-1].add(_terminal_safe(text), frozenset(self._styles))

    def _begin_block(self) -> None:
        if self.rows[-1].text:
            self.rows.append(_Row(is_quoted=self._quotes > 0))
        else:
            self.rows[-1].is_quoted = self._quotes > 0

    def _end_link(self, url: str | None) -> None:
        if url is None or not self.number_links or is_place_link(url):
            return
        if url not in self.links:
            self.links.append(url)
        self.rows[-1].add(f" [{self.links.index(url) + 1}]", frozenset())


def _read(html: str, *, number_links: bool = False) -> _MessageReader:
    reader = _MessageReader(number_links=number_links)
    reader.feed(html)
    reader.close()
    return reader


def _terminal_safe(text: str) -> str:
    """The text in one line, its spaces at both ends kept as one."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    words = clean_text(text)
    return f"{before}{words}{after}" if words else before or after
