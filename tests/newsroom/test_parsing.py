import os
import time
from collections.abc import Callable

import pytest

from fetcher.errors import NotAFeed
from fetcher.models import Feed
from newsroom.parsing import FEED_MEMORY, ParseCutOff, parse_apart, read_feed


def die(body: bytes) -> None:
    os.abort()


def hang(body: bytes) -> None:
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
