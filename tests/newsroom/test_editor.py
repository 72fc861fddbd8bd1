import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeVar

import pytest

from newsroom.editor import LEASE, Editor
from newsroom.news import News
from newsroom.slots import Due
from storage.articles import save_article
from storage.database import Connection, Database, open_database, sqlite_url
from storage.digests import save_digest
from storage.editions import EditionStory, get_edition
from storage.matches import Match, record_match
from storage.models import Schedule, Term, WordsTopic
from storage.subscriptions import Subscription, get_subscription, pause_subscriptions, subscribe
from support.builders import make_article, make_digest

T = TypeVar("T")

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
HALF_PAST_SEVEN = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAILY = Schedule((time(7, 30),))
FERRY = (
    "The ferry to Marren runs again",
    "The ferry between Marren and Skarholm sailed again on Monday after a week of storms.",
)
FERRY_AGAIN = (
    "Marren ferry sails again",
    "The Marren ferry sailed to Skarholm again on Monday after storms that lasted a week.",
)
MAYOR = (
    "Mayor of Tunsby resigns",
    "Tunsby's mayor stepped down after the council refused her budget for schools.",
)


async def nothing() -> None:
    pass


@dataclass
class Runner:
    """Runs what it is given here and now; `meanwhile` happens before."""

    meanwhile: Callable[[], Awaitable[object]] = nothing

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        await self.meanwhile()
        return function(*args)


@dataclass
class Office:
    """An editor, its clock, and the stories that it told."""

    database: Database
    runner: Runner = field(default_factory=Runner)
    now: datetime = MONDAY
    told: list[list[str | None]] = field(default_factory=list)
    editions: list[int] = field(default_factory=list)
    skipped: list[datetime] = field(default_factory=list)
    rung: int = 0

    def __post_init__(self) -> None:
        self.editor = Editor(
            self.database,
            self.runner,
            self,
            on_told=self.ring,
            now=lambda: self.now,
            max_stories=2,
            catch_up=6 * HOUR,
        )

    def ring(self) -> None:
        self.rung += 1

    async def tell_edition(
        self, conn: Connection, subscription: Subscription, edition_id: int, news: News
    ) -> None:
        self.told.append([story.title for story in news.edition.stories])
        self.editions.append(edition_id)

    async def tell_skipped(self, conn: Connection, subscription: Subscription, due: Due) -> None:
        self.skipped.append(due.slot.at)

    async def follow(self, schedule: Schedule = DAILY) -> Subscription:
        async with self.database.begin() as conn:
            subscription, _ = await subscribe(
                conn,
                WordsTopic((Term("news"),)),
                bot_id=1,
                chat_id=11,
                schedule=schedule,
                next_slot_at=HALF_PAST_SEVEN,
                now=MONDAY,
            )
        return subscription

    async def match(self, subscription: Subscription, *news: tuple[str, str]) -> list[int]:
        """Let articles belong to the subscription; gives the ids of their digests."""
        ids = []
        async with self.database.begin() as conn:
            for title, text in news:
                article = make_article(text, title=title)
                article_id = await save_article(conn, article, received_at=self.now)
                digest_id = await save_digest(
                    conn,
                    make_digest(article, key_points=(text,)),
                    article_id=article_id,
                    created_at=self.now,
                )
                await record_match(conn, Match(subscription.id, digest_id, None, self.now))
                ids.append(digest_id)
        return ids

    async def get(self, subscription: Subscription) -> Subscription:
        async with self.database.read() as conn:
            return await get_subscription(conn, subscription.id, bot_id=1, chat_id=11)

    async def work(self, subscription: Subscription, *, at: datetime) -> None:
        self.now = at
        await self.editor.work(await self.get(subscription))


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with open_database(sqlite_url(":memory:")) as database:
        await database.migrate()
        yield Office(database)


async def test_an_edition_tells_each_story_once(office: Office) -> None:
    subscription = await office.follow()
    ids = await office.match(subscription, FERRY, MAYOR, FERRY_AGAIN)
    await office.work(subscription, at=HALF_PAST_SEVEN)
    (titles,) = office.told
    assert len(titles) == 2
    assert titles[1] == MAYOR[0]
    assert office.rung == 1
    async with office.database.read() as conn:
        (edition_id,) = office.editions
        edition = await get_edition(conn, edition_id, bot_id=1, chat_id=11)
    ferry, mayor = edition.stories
    assert (set(ferry.new), mayor) == ({ids[0], ids[2]}, EditionStory((ids[1],)))
    assert edition.subscription_id == subscription.id


async def test_the_next_slot_follows_and_tells_only_what_is_new(office: Office) -> None:
    subscription = await office.follow()
    await office.match(subscription, FERRY)
    await office.work(subscription, at=HALF_PAST_SEVEN)
    after = await office.get(subscription)
    assert (after.since, after.next_slot_at) == (HALF_PAST_SEVEN, HALF_PAST_SEVEN + DAY)
    await office.work(subscription, at=HALF_PAST_SEVEN + DAY)
    await office.match(subscription, FERRY_AGAIN, MAYOR)
    await office.work(subscription, at=HALF_PAST_SEVEN + 2 * DAY)
    assert office.told == [[FERRY[0]], [MAYOR[0]]]


async def test_nothing_new_is_nothing_told(office: Office) -> None:
    subscription = await office.follow()
    await office.work(subscription, at=HALF_PAST_SEVEN)
    assert (office.told, office.rung) == ([], 0)
    assert (await office.get(subscription)).next_slot_at == HALF_PAST_SEVEN + DAY


async def test_more_stories_than_fit_wait_behind_the_button_and_are_told_too(
    office: Office,
) -> None:
    subscription = await office.follow()
    other = ("Bread prices fall", "Bakers in Oltby cut the price of rye bread by a fifth.")
    await office.match(subscription, FERRY, MAYOR, other)
    await office.work(subscription, at=HALF_PAST_SEVEN)
    await office.work(subscription, at=HALF_PAST_SEVEN + DAY)
    assert [len(titles) for titles in office.told] == [2]
    async with office.database.read() as conn:
        edition = await get_edition(conn, office.editions[0], bot_id=1, chat_id=11)
    assert len(edition.stories) == 3


async def test_a_slot_is_delivered_once_whatever_claims_it_twice(office: Office) -> None:
    subscription = await office.follow()
    await office.match(subscription, FERRY)
    office.now = HALF_PAST_SEVEN
    await asyncio.gather(*(office.editor.work(subscription) for _ in range(3)))
    assert len(office.told) == 1


async def test_a_late_slot_is_caught_up_and_a_very_late_one_skipped_with_a_note(
    office: Office,
) -> None:
    subscription = await office.follow()
    await office.match(subscription, FERRY)
    await office.work(subscription, at=HALF_PAST_SEVEN + 7 * HOUR)
    assert (office.told, office.skipped) == ([], [HALF_PAST_SEVEN])
    await office.work(subscription, at=HALF_PAST_SEVEN + DAY + 5 * HOUR)
    assert office.told == [[FERRY[0]]]


async def test_nothing_is_said_of_a_slot_that_had_nothing(office: Office) -> None:
    subscription = await office.follow()
    await office.work(subscription, at=HALF_PAST_SEVEN + 7 * HOUR)
    assert (office.skipped, office.rung) == ([], 0)


async def test_what_is_paused_keeps_its_news_for_later(office: Office) -> None:
    subscription = await office.follow()
    await office.match(subscription, FERRY)
    async with office.database.begin() as conn:
        await pause_subscriptions(conn, [subscription.id], until=HALF_PAST_SEVEN + HOUR)
    await office.work(subscription, at=HALF_PAST_SEVEN)
    assert (office.told, office.skipped) == ([], [])
    await office.work(subscription, at=HALF_PAST_SEVEN + DAY)
    assert office.told == [[FERRY[0]]]


async def test_what_comes_while_an_edition_is_composed_is_for_the_next_one(
    office: Office,
) -> None:
    subscription = await office.follow()
    await office.match(subscription, FERRY)

    async def arrive() -> None:
        office.now += timedelta(seconds=1)
        await office.match(subscription, MAYOR)

    office.runner.meanwhile = arrive
    await office.work(subscription, at=HALF_PAST_SEVEN)
    office.runner.meanwhile = nothing
    await office.work(subscription, at=HALF_PAST_SEVEN + DAY)
    assert office.told == [[FERRY[0]], [MAYOR[0]]]


async def test_slots_are_delivered_as_they_come(office: Office) -> None:
    subscription = await office.follow()
    await office.match(subscription, FERRY)
    office.now = HALF_PAST_SEVEN + LEASE
    told = asyncio.Event()
    office.editor.on_told = told.set
    running = asyncio.create_task(office.editor.run())
    try:
        async with asyncio.timeout(5):
            await told.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert office.told == [[FERRY[0]]]
