import pytest

from fetcher.errors import UnsupportedType
from fetcher.models import Fetched
from fetcher.reading import parse_fetched
from support.pages import PARAGRAPHS, make_page

URL = "https://news.example/a/story?id=1"
PAGE = make_page(heading="Crane falls").encode()
TEXT = "Grüße.\n\nThe crane fell."


def fetched(body: bytes, media_type: str, *, url: str = URL, charset: str | None = None) -> Fetched:
    return Fetched(url, url, 200, media_type, charset, body)


@pytest.mark.parametrize(
    ("media_type", "before"),
    [
        ("text/html", b""),
        ("application/xhtml+xml", b""),
        ("", b"\n <!-- x --> <!DOCTYPE html>"),
        ("text/plain", b"<!doctype html>"),
        ("application/octet-stream", b""),
        ("application/xml", b'<?xml version="1.0"?>\n'),
    ],
)
def test_a_page_is_known_whatever_the_server_calls_it(media_type: str, before: bytes) -> None:
    page = parse_fetched(fetched(before + PAGE, media_type))
    assert page.article.text.splitlines()[0] == PARAGRAPHS[0]
    assert (page.article.title, page.article.url) == ("Crane falls", URL)


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", None])
def test_plain_text_is_taken_in_its_charset(charset: str | None) -> None:
    page = parse_fetched(fetched(TEXT.encode(charset or "utf-8"), "text/plain", charset=charset))
    assert (page.article.text, page.article.url) == (TEXT, URL)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"PK\x03\x04" + bytes(99), "text/plain"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "application/octet-stream"),
        (b'{"a": 1}', "application/json"),
        (b"<rss/>", "application/rss+xml"),
        (bytes(99), "application/octet-stream"),
    ],
)
def test_other_files_are_refused(body: bytes, media_type: str) -> None:
    with pytest.raises(UnsupportedType):
        parse_fetched(fetched(body, media_type))
