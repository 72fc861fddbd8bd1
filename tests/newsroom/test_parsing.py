import os
import time
from collections.abc import Callable

import pytest

from fetcher.errors import NotAFeed
from fetcher.models import Feed, Fetched
from newsroom import parsing
from newsroom.parsing import FEED_MEMORY, FeedReader, ParseCutOff, parse_apart, read_feed


def die(body: bytes, **_: object) -> None:
    os.abort()


def hang(body: bytes, **_: object) -> None:
    while True:
        time.sleep(3600)


def eat(body: bytes) -> int:
    return len(bytearray(1_000_000_000))


def test_feed_is_read_in_another_process() -> None:
    feed = read_feed(b"<rss><channel><title>Marren</title></channel></rss>")
    assert isinstance(feed, Feed)
    assert feed.title == "Marren"


def test_error_of_the_parse_comes_back() -> None:
    with pytest.raises(NotAFeed) as caught:
        read_feed(b"hello", url="https://marren.example/")
    assert caught.value.url == "https://marren.example/"


@pytest.mark.parametrize(("parse", "seconds"), [(die, 20), (hang, 0.2), (eat, 20)])
def test_parse_that_does_not_end_well_is_cut_off(
    parse: Callable[[bytes], object], seconds: float
) -> None:
    with pytest.raises(ParseCutOff):
        parse_apart(parse, b"", seconds=seconds, memory=FEED_MEMORY)


def fetched(body: bytes, *, charset: str | None = None) -> Fetched:
    url = "https://marren.example/feed"
    return Fetched(url, url, 200, "text/xml", charset, body)


async def test_feeds_are_read_one_after_another_in_one_process() -> None:
    with FeedReader() as reader:
        for title in ("Marren", "Skårup"):
            body = f"<rss><channel><title>{title}</title></channel></rss>".encode("latin-1")
            feed = await reader.read(fetched(body, charset="latin-1"))
            assert isinstance(feed, Feed)
            assert feed.title == title


async def test_a_feed_that_stalls_its_reader_is_read_roughly_and_the_next_one_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parsing, "parse_feed", hang)
    monkeypatch.setattr(parsing, "FEED_SECONDS", 0.2)
    body = b"<rss><channel><title>Marren</title></channel></rss>"
    with FeedReader() as reader:
        feed = await reader.read(fetched(body))
        assert isinstance(feed, Feed)
        assert feed.title == "Marren"
        monkeypatch.setattr(parsing, "parse_feed_roughly", die)
        with pytest.raises(NotAFeed):
            await reader.read(fetched(body))


async def test_error_of_a_feed_comes_back_from_the_reader() -> None:
    with FeedReader() as reader, pytest.raises(NotAFeed):
        await reader.read(fetched(b"hello"))
