"""What was fetched to its article: a page, or a file that stands at an address."""

import re
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from fetcher.charsets import decode
from fetcher.document import parse_document
from fetcher.models import Fetched
from fetcher.page import Page, parse_page

_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_VAGUE_TYPES = ("", "text/plain", "application/octet-stream", "text/xml", "application/xml")
_PAGE_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.S
)
_HEAD_BYTES = 4_096


def parse_fetched(fetched: Fetched) -> Page:
    """The article in an answer of a server; raises the errors of pages and of files.

    The bytes are believed before the media type: much is sent as text/plain, or as nothing.
    """
    body, media_type = fetched.body, fetched.content_type
    if media_type in _PAGE_TYPES or (media_type in _VAGUE_TYPES and _is_page(body)):
        if not body.startswith(b"%PDF-"):
            return parse_page(body, url=fetched.url, charset=fetched.charset)
    elif media_type.startswith("text/") and b"\0" not in body[:_HEAD_BYTES]:
        body = decode(body, fetched.charset).encode("utf-8", "replace")
    name = PurePosixPath(unquote(urlsplit(fetched.url).path)).name
    article = parse_document(body, name=name, content_type=media_type)
    return Page(replace(article, url=fetched.url))


def _is_page(body: bytes) -> bool:
    return _PAGE_BEGINNING.match(body[:_HEAD_BYTES].lower()) is not None
