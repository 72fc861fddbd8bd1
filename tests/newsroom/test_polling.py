import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from fetcher.errors import FetchError, Unreachable
from fetcher.feed import parse_feed
from fetcher.models import Feed, Fetched, FoundFeeds
from newsroom.polling import AT_ONCE, LEASE, TELL_AFTER, Poller, PollSettings
from storage.database import Connection, Database, open_database, sqlite_url
from storage.entries import claim_entries
from storage.feeds import StoredFeed, add_feed, find_next_poll_time, get_feed, retry_feed

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
URL = "https://marren.example/feed.xml"
SETTINGS = PollSettings(usual=QUARTER, give_up=timedelta(days=14))


def answer(*titles: str, status: int = 200, ttl: str = "", **stated: object) -> Fetched:
    items = "".join(
        f"<item><guid>{t}</guid><title>{t}</title><link>https://marren.example/{t}</link></item>"
        for t in titles
    )
    xml = f"<rss><channel><title>Marren Post</title>{ttl}{items}</channel></rss>"
    body = xml.encode() if status == 200 else b""
    fetched = Fetched(URL, URL, status, "application/rss+xml", None, body)
    return replace(fetched, **stated)  # type: ignore[arg-type]  # by the names of its fields


@dataclass
class Script:
    """Answers in turn, the last one for ever; notes what it was asked with."""

    answers: deque[Fetched | FetchError] = field(default_factory=deque)
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    begun: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    """Can be acquired once for each request."""

    async def fetch(
        self, url: str, /, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        self.asked.append((url, etag, last_modified))
        self.begun.release()
        if self.gate is not None:
            await self.gate.wait()
        found = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, FetchError):
            raise found
        return found


class Reader:
    async def read(self, fetched: Fetched, /) -> Feed | FoundFeeds:
        return parse_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)


@dataclass
class Desk:
    """A poller, its clock, and what it told."""

    database: Database
    script: Script = field(default_factory=Script)
    now: datetime = NOW
    rung: int = 0
    troubles: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.poller = Poller(
            self.database,
            self.script,
            Reader(),
            SETTINGS,
            on_new=self.ring,
            on_trouble=self.on_trouble,
            on_told=lambda: None,
            now=lambda: self.now,
            jitter=lambda: 0.0,
        )

    def ring(self) -> None:
        self.rung += 1

    async def take_news(self) -> list[str]:
        """What waits to be digested."""
        async with self.database.begin() as conn:
            found = await claim_entries(conn, now=self.now, lease_until=self.now + LEASE, limit=99)
        return [entry.title for entry in found]

    async def on_trouble(self, conn: Connection, feed: StoredFeed) -> None:
        self.troubles.append((await get_feed(conn, feed.id)).state)

    async def feed(self, url: str = URL) -> StoredFeed:
        async with self.database.begin() as conn:
            return await get_feed(conn, await add_feed(conn, url, added_at=self.now))

    async def poll(self, *answers: Fetched | FetchError, every: timedelta = QUARTER) -> StoredFeed:
        """Ask once for each answer; gives the feed as it is then."""
        for found in answers:
            self.script.answers = deque([found])
            await self.poller.poll(await self.feed())
            self.now += every
        return await self.feed()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_database(sqlite_url(":memory:")) as database:
        await database.migrate()
        yield Desk(database)


async def test_what_a_feed_held_at_first_is_not_told(desk: Desk) -> None:
    feed = await desk.poll(answer("a", "b"), answer("c", "a", "b"), answer("c", "b"))
    assert (await desk.take_news(), desk.rung) == (["c"], 1)
    assert feed.title == "Marren Post"


async def test_an_unchanged_feed_is_asked_on_condition(desk: Desk) -> None:
    stated = {"etag": 'W/"1"', "last_modified": "Tue, 03 Mar 2026 11:00:00 GMT"}
    feed = await desk.poll(answer("a", **stated), answer(status=304), answer(status=304))
    assert desk.script.asked == [(URL, None, None), *[(URL, *stated.values())] * 2]
    assert (feed.failures, feed.last_read_at) == (0, NOW + 2 * QUARTER)


async def test_after_a_failure_a_feed_is_asked_without_condition(desk: Desk) -> None:
    feed = await desk.poll(answer("a", etag='"1"'), answer(status=503))
    assert (feed.etag, feed.failures, feed.failure) == (None, 1, "http_503")


@pytest.mark.parametrize(
    ("stated", "delay"),
    [
        (answer("a"), QUARTER),
        (answer("a", max_age=7_200.0), timedelta(hours=2)),
        (answer("a", ttl="<ttl>180</ttl>"), timedelta(hours=3)),
        (answer(status=304, max_age=7_200.0), timedelta(hours=2)),
        (answer(status=503), 2 * QUARTER),
        (answer(status=429, retry_after=10_800.0), timedelta(hours=3)),
    ],
)
async def test_when_a_feed_is_asked_next(desk: Desk, stated: Fetched, delay: timedelta) -> None:
    feed = await desk.poll(stated)
    assert feed.next_poll_at == NOW + delay


async def test_a_moved_feed_is_asked_at_its_new_address_once_it_was_read_there(
    desk: Desk,
) -> None:
    moved = {"url": "https://new.example/feed", "moved": True}
    feed = await desk.feed()
    for found in (answer(status=503, **moved), answer("a", **moved)):
        await desk.poll(found)
    async with desk.database.read() as conn:
        assert (await get_feed(conn, feed.id)).url == moved["url"]


async def test_a_temporary_redirect_moves_nothing(desk: Desk) -> None:
    feed = await desk.poll(answer("a", url="https://new.example/feed"))
    assert feed.url == URL


async def test_a_feed_that_is_gone_is_told_and_never_asked_again(desk: Desk) -> None:
    feed = await desk.poll(answer("a"), answer(status=410))
    assert (feed.state, desk.troubles) == ("gone", ["gone"])


async def test_followers_hear_of_a_failing_feed_after_three_days_and_when_it_is_given_up(
    desk: Desk,
) -> None:
    day = timedelta(days=1)
    timeout = Unreachable(URL, "timeout")
    assert timedelta(days=3) == TELL_AFTER
    await desk.poll(answer("a"), *[timeout] * 3, every=day)
    assert desk.troubles == []
    feed = await desk.poll(*[timeout] * 11, every=day)
    assert (desk.troubles, feed.state, feed.failure) == (["active"], "active", "timeout")
    feed = await desk.poll(timeout, every=day)
    assert (desk.troubles, feed.state) == (["active", "given_up"], "given_up")
    async with desk.database.begin() as conn:
        await retry_feed(conn, feed.id, now=desk.now)
    feed = await desk.poll(answer("b"))
    assert (feed.state, feed.failures, await desk.take_news()) == ("active", 0, ["b"])


async def test_a_feed_that_turned_into_a_page_has_failed(desk: Desk) -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/f"></head></html>'
    feed = await desk.poll(answer("a"), replace(answer(), body=page))
    assert feed.failure == "not_a_feed"


@asynccontextmanager
async def running(desk: Desk) -> AsyncIterator[None]:
    task = asyncio.create_task(desk.poller.run())
    try:
        async with asyncio.timeout(5):
            yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_due_feeds_are_asked_at_the_same_time_but_not_all_at_once(desk: Desk) -> None:
    desk.script.gate = asyncio.Event()
    desk.script.answers.append(answer("a"))
    for number in range(AT_ONCE + 1):
        await desk.feed(f"{URL}?{number}")
    async with running(desk):
        for _ in range(AT_ONCE):
            await desk.script.begun.acquire()
        await desk.database.query(find_next_poll_time)
        assert desk.script.begun.locked()
        desk.script.gate.set()
        await desk.script.begun.acquire()


async def test_waking_asks_a_feed_that_was_added_since(desk: Desk) -> None:
    desk.script.answers.append(answer("a"))
    async with running(desk):
        await desk.database.query(find_next_poll_time)
        await desk.feed()
        desk.poller.wake()
        await desk.script.begun.acquire()
