"""Markdown to article: the text as a reader sees it, a block a line."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from summarizer.models import Article

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)
_TITLE = re.compile(r"^title:[ \t]*([\"']?)(.*)\1[ \t]*$", re.M)


def parse_markdown(text: str) -> Article:
    """The article: its title is that of the front matter, or the first heading of level one.

    Code, pictures and HTML are left out, links are their words.
    """
    from markdown_it import MarkdownIt

    title, front = None, _FRONT_MATTER.match(text)
    if front is not None:
        text = text[front.end() :]
        if named := _TITLE.search(front[1]):
            title = named[2].strip() or None
    lines: list[str] = []
    tokens = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table").parse(text)
    for opening, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline":
            continue
        line = _visible(token.children or ())
        if title is None and opening is not None and opening.tag == "h1":
            title = line
        elif line.strip() and not (opening is not None and opening.tag == "h1" and line == title):
            lines.append(line)
    return Article("\n".join(lines), title=title)


def _visible(parts: "Sequence[Token]") -> str:
    shown = (
        part.content if part.type in ("text", "code_inline") else " "
        for part in parts
        if part.type in ("text", "code_inline", "softbreak", "hardbreak")
    )
    return " ".join("".join(shown).split())
