"""PDF to text: paragraphs put together again from the lines of its pages."""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from fetcher.errors import UnreadableFile

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 200
MAX_CHARS = 250_000
"""No page is read after so many characters: more are never analysed."""
MIN_CHARS_PER_PAGE = 20
"""A file with fewer letters a page than that is pictures of text."""

_HYPHENATED = re.compile(r"[^\W\d_]{2,}[-\u00ad\u2010]$")
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class PdfText:
    text: str
    title: str | None
    author: str | None


def read_pdf(body: bytes, name: str | None) -> PdfText:
    """The text of a PDF, of its first MAX_PAGES pages or MAX_CHARS; raises UnreadableFile."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile(name, "encrypted")
        pages = tuple(_page_lines(reader))
        title, author = _stated(reader)
    except (UnreadableFile, MemoryError):
        raise
    except DependencyError as exc:  # a cipher that pypdf has no means for
        raise UnreadableFile(name, "encrypted") from exc
    except Exception as exc:  # pypdf on a damaged file, which raises whatever it stumbles over
        raise UnreadableFile(name, "damaged") from exc
    text = _paragraphs(_without_running_lines(pages))
    if sum(map(str.isalpha, text)) < MIN_CHARS_PER_PAGE * max(1, len(pages)):
        raise UnreadableFile(name, "scanned")
    return PdfText(text, title, author)


def _page_lines(reader: "PdfReader") -> Iterator[tuple[str, ...]]:
    length = 0
    for page in reader.pages[:MAX_PAGES]:
        text = page.extract_text()
        length += len(text)
        yield tuple(" ".join(line.split()) for line in text.splitlines())
        if length > MAX_CHARS:
            return


def _stated(reader: "PdfReader") -> tuple[str | None, str | None]:
    stated = reader.metadata
    if stated is None:
        return None, None
    return _squeezed(stated.title), _squeezed(stated.author)


def _squeezed(value: object) -> str | None:
    return " ".join(str(value).split()) or None if value else None


def _without_running_lines(pages: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The lines of all pages but the heads and feet that come again on most, and page numbers."""
    edges = Counter(key for lines in pages for key in {_key(line) for line in _edges(lines)})
    often = {key for key, count in edges.items() if count > max(2, len(pages) // 2)}
    for lines in pages:
        first_or_last = set(_edges(lines))
        for line in lines:
            if line not in first_or_last or (_key(line) not in often and not line.isdecimal()):
                yield line


def _edges(lines: tuple[str, ...]) -> tuple[str, ...]:
    filled = tuple(line for line in lines if line)
    return filled[:2] + filled[-2:]


def _key(line: str) -> str:
    return _NUMBER.sub("#", line).casefold()


def _paragraphs(lines: Iterator[str]) -> str:
    """Lines joined to paragraphs: one ends at an empty line, or at a short line's full stop."""
    kept = list(lines)
    widths = sorted(len(line) for line in kept if line)
    width = widths[int(0.8 * len(widths))] if widths else 0
    paragraphs: list[str] = [""]
    for line in kept:
        current = paragraphs[-1]
        if not line:
            if current and _SENTENCE_END.search(current):
                paragraphs.append("")
            continue
        paragraphs[-1] = _joined(current, line)
        if len(line) < 0.8 * width and _SENTENCE_END.search(line):
            paragraphs.append("")
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def _joined(text: str, line: str) -> str:
    if _HYPHENATED.search(text) and line[:1].islower():
        return text[:-1] + line
    return f"{text} {line}" if text else line
