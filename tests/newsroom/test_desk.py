import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

import pytest

from fetcher.errors import BadStatus, NotAnArticle
from fetcher.models import Fetched
from newsroom.desk import FIRST_RETRY, LEASE, MAX_ATTEMPTS, Desk
from storage.chats import Chat, save_chat
from storage.database import Connection, Database, open_database, sqlite_url
from storage.digests import StoredDigest
from storage.entries import NewEntry, claim_entries, find_next_entry_time, get_entry
from storage.feeds import Reading, add_feed, record_reading
from storage.history import record_request
from storage.matches import list_untold_matches
from storage.models import FeedTopic, PersonTopic, PlaceTopic, Schedule, Term, Topic, WordsTopic
from storage.subscriptions import (
    FOREVER,
    Subscription,
    end_subscription,
    pause_subscriptions,
    set_told,
    subscribe,
)
from summarizer.models import Location, Span, Speaker
from support.bot import FakeDigester

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
URL = "https://marren.example/feed.xml"
DAILY = Schedule((time(7, 30),))
AT_ONCE = Schedule()
TEXT = "The ferry to Marren runs again after a week of storms, the harbour board said on Monday."
BERGEN = Location("Bergen", "city", "NO", 60.39, 5.32, 3161732, True, 0.5, (Span(0, 3),))


@dataclass
class Site:
    """Gives the same text at every address, unless there is an error to give."""

    text: str = TEXT
    errors: deque[Exception] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)

    async def fetch(self, url: str, /) -> Fetched:
        self.asked.append(url)
        if self.errors:
            raise self.errors.popleft()
        return Fetched(url, url, 200, "text/plain", None, self.text.encode())


class Holders:
    def chain_of(self, location: Location) -> tuple[int, ...]:
        return () if location.geonames_id is None else (location.geonames_id, 3144096)


@dataclass
class Office:
    """A desk with its feed, and the chats and titles that it told."""

    database: Database
    site: Site = field(default_factory=Site)
    digester: FakeDigester = field(default_factory=FakeDigester)
    now: datetime = NOW
    told: list[tuple[int, str | None]] = field(default_factory=list)
    rung: int = 0
    feed_id: int = 0

    def __post_init__(self) -> None:
        self.desk = Desk(
            self.database,
            self.site,
            self.digester,
            Holders(),
            tell=self.tell,
            on_told=self.ring,
            now=lambda: self.now,
        )

    def ring(self) -> None:
        self.rung += 1

    async def tell(
        self, conn: Connection, subscription: Subscription, digest: StoredDigest
    ) -> None:
        self.told.append((subscription.chat_id, digest.digest.article.title))
        await record_request(
            conn, chat_id=subscription.chat_id, digest_id=digest.id, requested_at=self.now
        )

    async def follow(
        self, topic: Topic, *, chat_id: int = 11, schedule: Schedule = AT_ONCE
    ) -> Subscription:
        feed_id = self.feed_id if isinstance(topic, FeedTopic) else None
        async with self.database.begin() as conn:
            await save_chat(conn, Chat(chat_id, "private", None, None, NOW, NOW))
            subscription, _ = await subscribe(
                conn,
                topic,
                bot_id=1,
                chat_id=chat_id,
                feed_id=feed_id,
                schedule=schedule,
                next_slot_at=None,
                now=NOW,
            )
        return subscription

    async def list(self, *links: str | None, summary: str = "") -> None:
        """Let the feed list new entries."""
        reading = Reading("Marren Post", None, None, None)
        new = [NewEntry(f"No. {link}", link, None, summary, (f"id:{link}",)) for link in links]
        async with self.database.begin() as conn:
            await record_reading(
                conn,
                self.feed_id,
                reading,
                new=new,
                listed=[],
                read_at=self.now,
                next_poll_at=self.now,
            )

    async def work(self) -> None:
        """Digest all that may be digested now."""
        async with self.database.begin() as conn:
            claimed = await claim_entries(
                conn, now=self.now, lease_until=self.now + LEASE, limit=99
            )
        for entry in claimed:
            await self.desk.work(entry)

    async def untold(self, *subscriptions: Subscription) -> int:
        async with self.database.read() as conn:
            ids = [subscription.id for subscription in subscriptions]
            return len(await list_untold_matches(conn, ids, limit=99))


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with open_database(sqlite_url(":memory:")) as database:
        await database.migrate()
        async with database.begin() as conn:
            feed_id = await add_feed(conn, URL, title="Marren Post", added_at=NOW)
        yield Office(database, feed_id=feed_id)


FERRY = "https://marren.example/ferry"


async def test_an_entry_of_a_feed_is_told_at_once_with_its_page(office: Office) -> None:
    await office.follow(FeedTopic(URL))
    await office.list(FERRY)
    await office.work()
    assert office.told == [(11, "Page")]
    assert office.rung == 1
    (article,) = office.digester.articles
    assert (article.text, article.url, article.source) == (TEXT, FERRY, "Marren Post")
    async with office.database.read() as conn:
        assert (await get_entry(conn, 1)).article_id == 1
        assert await find_next_entry_time(conn) is None


async def test_what_nobody_follows_is_not_even_fetched(office: Office) -> None:
    paused = await office.follow(FeedTopic(URL))
    ended = await office.follow(FeedTopic(URL), chat_id=12)
    await office.follow(WordsTopic((Term("ferry"),)), chat_id=13)
    async with office.database.begin() as conn:
        await pause_subscriptions(conn, [paused.id], until=FOREVER)
        await end_subscription(conn, ended.id, ended_at=NOW)
    await office.list(FERRY)
    await office.work()
    assert (office.site.asked, office.told) == ([], [])


async def test_topics_of_a_chat_look_into_the_feeds_that_it_follows(office: Office) -> None:
    feed = await office.follow(FeedTopic(URL))
    grain = await office.follow(WordsTopic((Term("grain"),)), schedule=DAILY)
    ferry = await office.follow(WordsTopic((Term("ferries"),)), schedule=DAILY)
    elsewhere = await office.follow(WordsTopic((Term("ferry"),)), chat_id=12)
    async with office.database.begin() as conn:
        await set_told(conn, feed.id, told=False)
    await office.list(FERRY)
    await office.work()
    assert office.told == []
    assert [await office.untold(s) for s in (feed, grain, ferry, elsewhere)] == [0, 0, 1, 0]


async def test_a_place_and_what_lies_in_it_are_followed_by_their_ids(office: Office) -> None:
    office.digester.locations = (BERGEN,)
    await office.follow(FeedTopic(URL), schedule=DAILY)
    norway = await office.follow(PlaceTopic(3144096, "Norway"), schedule=DAILY)
    oslo = await office.follow(PlaceTopic(3143244, "Oslo"), schedule=DAILY)
    await office.list(FERRY)
    await office.work()
    assert (await office.untold(norway), await office.untold(oslo)) == (1, 0)


async def test_a_person_is_followed_by_what_they_say(office: Office) -> None:
    office.digester.speakers = (Speaker("Oda Lund", None, "person", ()),)
    await office.follow(FeedTopic(URL), schedule=DAILY)
    oda = await office.follow(PersonTopic("Oda Lund"), schedule=DAILY)
    await office.list(FERRY)
    await office.work()
    assert await office.untold(oda) == 1


async def test_a_chat_is_told_once_whatever_number_of_topics_match(office: Office) -> None:
    await office.follow(FeedTopic(URL))
    await office.follow(WordsTopic((Term("ferry"),)))
    await office.follow(FeedTopic(URL), chat_id=12)
    await office.list(FERRY)
    await office.work()
    assert sorted(office.told) == [(11, "Page"), (12, "Page")]


async def test_the_same_address_and_the_same_text_are_not_told_again(office: Office) -> None:
    await office.follow(FeedTopic(URL))
    await office.list(FERRY)
    await office.work()
    await office.list(FERRY, "https://marren.example/copy")
    await office.work()
    office.site.text = "The mayor of Marren resigned on Tuesday after a vote of the council."
    await office.list("https://marren.example/mayor")
    await office.work()
    assert len(office.told) == 2


async def test_a_subscription_that_ended_while_its_article_was_read_is_not_told(
    office: Office,
) -> None:
    subscription = await office.follow(FeedTopic(URL))
    await office.follow(FeedTopic(URL), chat_id=12)
    office.digester.gate = asyncio.Event()
    await office.list(FERRY)
    working = asyncio.create_task(office.work())
    await office.digester.started.acquire()
    async with office.database.begin() as conn:
        await end_subscription(conn, subscription.id, ended_at=NOW)
    office.digester.gate.set()
    await working
    assert office.told == [(12, "Page")]


async def test_a_page_that_may_answer_later_is_tried_again_and_at_last_told_by_the_feeds_words(
    office: Office,
) -> None:
    await office.follow(FeedTopic(URL))
    office.site.errors.extend([BadStatus(FERRY, 503)] * MAX_ATTEMPTS)
    await office.list(FERRY, summary=TEXT)
    for attempt in range(MAX_ATTEMPTS):
        assert office.told == []
        await office.work()
        office.now += FIRST_RETRY * 4**attempt
    assert office.told == [(11, f"No. {FERRY}")]
    assert office.digester.articles[0].text == TEXT
    assert len(office.site.asked) == MAX_ATTEMPTS


async def test_an_entry_without_a_link_is_told_by_its_words(office: Office) -> None:
    await office.follow(FeedTopic(URL))
    await office.list(None, summary=TEXT)
    await office.work()
    assert (office.told, office.site.asked) == ([(11, "No. None")], [])


async def test_an_entry_behind_which_is_no_article_is_given_up(office: Office) -> None:
    await office.follow(FeedTopic(URL))
    office.site.errors.append(NotAnArticle(FERRY))
    await office.list(FERRY, summary="Too few words.")
    await office.work()
    async with office.database.read() as conn:
        assert await find_next_entry_time(conn) is None
    assert office.told == []


async def test_entries_are_taken_up_again_after_a_restart(office: Office) -> None:
    await office.follow(FeedTopic(URL))
    await office.list(FERRY)
    async with office.database.begin() as conn:
        await claim_entries(conn, now=NOW, lease_until=NOW + LEASE, limit=9)
    running = asyncio.create_task(office.desk.run())
    try:
        async with asyncio.timeout(5):
            await office.digester.started.acquire()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
