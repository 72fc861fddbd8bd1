from html.parser import HTMLParser

from hypothesis import given

from bot.markup import clean_text
from bot.outline import outline_digest
from bot.page import render_page
from summarizer.models import Digest
from support.digests import digest_of, digests, flood_digest

VOID = {"meta"}


class PageReader(HTMLParser):
    """Tags in balance, visible text, and every address that the page mentions."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read_page(page: str) -> PageReader:
    reader = PageReader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@given(digests())
def test_any_digest_is_one_whole_page(digest: Digest) -> None:
    page = render_page(digest)
    reader = read_page(page)
    page.encode()
    assert reader.tags.isdisjoint({"script", "img", "iframe", "link", "b"})
    assert all(url.startswith(("http://", "https://", "tg://")) for url in reader.addresses)
    outline = outline_digest(digest, "")
    for voice in outline.voices:
        assert all(str(line) in reader.text for line in voice.lines)
    assert all(point.text in reader.text for point in outline.points)


def test_the_page_holds_all_sections() -> None:
    reader = read_page(render_page(flood_digest()))
    for words in ("Flood crest", "April 18, 2031", "Key points", "Who said what", "Where"):
        assert words in clean_text(reader.text)
    assert len(reader.addresses) == 5


def test_sections_without_content_are_left_out() -> None:
    assert "<h2>" not in render_page(digest_of("x"))
