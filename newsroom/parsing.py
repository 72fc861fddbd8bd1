"""What strangers wrote is parsed in a process of its own, of bounded time and memory."""

import asyncio
import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

from fetcher.document import parse_document
from fetcher.errors import NotAFeed, TooLarge
from fetcher.feed import parse_feed, parse_feed_roughly
from fetcher.models import Feed, Fetched, FoundFeeds
from summarizer.models import Article

if TYPE_CHECKING:
    from fetcher.page import Page

FEED_MEMORY = 256_000_000
DOCUMENT_MEMORY = 500_000_000
DOCUMENT_SECONDS = 20.0
FEED_SECONDS = 4.0
ROUGH_FEED_SECONDS = 3.0
FEEDS_PER_PROCESS = 500
"""After so many its memory is given back."""

CONSTS.term_timeout = 0.1

S = TypeVar("S")
T = TypeVar("T")


class ParseCutOff(Exception):
    """A parse took too long or too much memory, or its process died of it."""


def read_feed(
    body: bytes, *, url: str | None = None, content_type: str | None = None
) -> Feed | FoundFeeds:
    """The feed in `body`, within some 8 s and 300 MB; raises NotAFeed or TooLarge."""
    try:
        well = partial(parse_feed, url=url, content_type=content_type)
        return parse_apart(well, body, seconds=FEED_SECONDS, memory=FEED_MEMORY)
    except ParseCutOff:
        pass
    try:
        roughly = partial(parse_feed_roughly, url=url, content_type=content_type)
        return parse_apart(roughly, body, seconds=ROUGH_FEED_SECONDS, memory=FEED_MEMORY)
    except ParseCutOff as exc:
        raise NotAFeed(url) from exc


def read_document(body: bytes, *, name: str) -> Article:
    """The article in a file; raises the errors of `parse_document`, TooLarge at any limit."""
    parse = partial(parse_document, name=name)
    try:
        return parse_apart(parse, body, seconds=DOCUMENT_SECONDS, memory=DOCUMENT_MEMORY)
    except ParseCutOff as exc:
        raise TooLarge(name, len(body), len(body)) from exc


class FeedReader:
    """Reads feeds in one process that stays up; a context manager.

    A feed that breaks or stalls it is read again, roughly, by the next one.
    """

    def __init__(self) -> None:
        self._pool: ProcessPool | None = None

    async def read(self, fetched: Fetched, /) -> Feed | FoundFeeds:
        """What a server answered, as a feed; raises NotAFeed or TooLarge."""
        charset = f"; charset={fetched.charset}" if fetched.charset else ""
        stated = {"url": fetched.url, "content_type": fetched.content_type + charset}
        ways = ((parse_feed, FEED_SECONDS), (parse_feed_roughly, ROUGH_FEED_SECONDS))
        for parse, seconds in ways:
            with suppress(TimeoutError, MemoryError, ProcessExpired, BrokenProcessPool):
                return await asyncio.wrap_future(
                    self._running_pool().schedule(
                        parse, args=(fetched.body,), kwargs=stated, timeout=seconds
                    )
                )
        raise NotAFeed(fetched.url)

    def close(self) -> None:
        """Stop the process; who still waits for it gets nothing."""
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _running_pool(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                1,
                max_tasks=FEEDS_PER_PROCESS,
                initializer=_limit_memory,
                initargs=(FEED_MEMORY,),
                context=multiprocessing.get_context("forkserver"),
            )
        return self._pool


class PageReader:
    """Reads pages, each in a process of its own: for a program that reads but one."""

    async def read(self, fetched: Fetched, /) -> "Page":
        """The article in what a server answered; raises FetchError."""
        return await asyncio.to_thread(read_page, fetched)


def read_page(fetched: Fetched) -> "Page":
    """The article in what a server answered; raises FetchError, TooLarge at any limit."""
    try:
        return parse_apart(
            _parse_fetched, fetched, seconds=DOCUMENT_SECONDS, memory=DOCUMENT_MEMORY
        )
    except ParseCutOff as exc:
        raise TooLarge(fetched.url, len(fetched.body), len(fetched.body)) from exc


def _parse_fetched(fetched: Fetched) -> "Page":
    from fetcher.reading import parse_fetched

    return parse_fetched(fetched)


def parse_apart(parse: Callable[[S], T], body: S, *, seconds: float, memory: int) -> T:
    """What `parse` makes of `body`, in another process; its errors, or ParseCutOff.

    `memory` is in bytes.
    """
    context = multiprocessing.get_context("forkserver")
    with ProcessPool(1, initializer=_limit_memory, initargs=(memory,), context=context) as pool:
        future = pool.schedule(parse, args=(body,), timeout=seconds)
        try:
            result: T = future.result()
        except (TimeoutError, MemoryError, ProcessExpired, BrokenProcessPool) as exc:
            raise ParseCutOff from exc
        return result


def _limit_memory(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
