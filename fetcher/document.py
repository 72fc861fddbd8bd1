"""Files that people send: plain text, Markdown, HTML and PDF to articles."""

from pathlib import PurePath
from typing import Literal

from fetcher.errors import NotUtf8, TooLarge, UnreadableFile, UnsupportedType
from summarizer.models import Article

MAX_BYTES = 20_000_000
Kind = Literal["text", "markdown", "html", "pdf"]

SUFFIXES: dict[str, Kind] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
}
MEDIA_TYPES: dict[str, Kind] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
}
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ\x90\0", "application/x-executable"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
)
"""How files begin that their names may hide."""


def find_kind(name: str | None, content_type: str | None = None) -> Kind | None:
    """What a file is by its name, else by its media type; None where it is not read."""
    by_name = SUFFIXES.get(PurePath(name or "").suffix.lower())
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return by_name or MEDIA_TYPES.get(media_type)


def parse_document(
    body: bytes, *, name: str | None = None, content_type: str | None = None
) -> Article:
    """The article in a file; raises TooLarge, UnsupportedType, UnreadableFile, NotUtf8.

    Of plain text the article is the whole text, unchanged.
    """
    if len(body) > MAX_BYTES:
        raise TooLarge(name, len(body), MAX_BYTES)
    hidden = next((kind for mark, kind in SIGNATURES if body.startswith(mark)), None)
    kind = "pdf" if hidden == "application/pdf" else find_kind(name, content_type)
    if kind is None or (hidden and kind != "pdf"):
        raise UnsupportedType(name, hidden or content_type or "")
    if kind == "pdf" and hidden != "application/pdf" and b"%PDF-" not in body[:1024]:
        raise UnreadableFile(name, "damaged")
    return _PARSERS[kind](body, name)


def parse_text(body: bytes, name: str | None = None) -> Article:
    """The whole text, unchanged; raises NotUtf8."""
    try:
        return Article(body.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise NotUtf8(name, exc.start) from exc


def _parse_html(body: bytes, name: str | None) -> Article:
    from fetcher.page import parse_page

    return parse_page(body).article


def _parse_markdown(body: bytes, name: str | None) -> Article:
    from fetcher.markdown import parse_markdown

    return parse_markdown(parse_text(body, name).text)


def _parse_pdf(body: bytes, name: str | None) -> Article:
    from fetcher.pdf import read_pdf

    found = read_pdf(body, name)
    return Article(found.text, title=found.title, authors=(found.author,) if found.author else ())


_PARSERS = {
    "text": parse_text,
    "markdown": _parse_markdown,
    "html": _parse_html,
    "pdf": _parse_pdf,
}
