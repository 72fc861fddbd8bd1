"""From feeds to the chat: the desk, the editor and the handlers over one database."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import pytest

from bot.forgetting import KEEP_ENDED, KEEP_TOLD, forget, let_others_write
from bot.newsdesk import NewsSettings
from bot.tidings import Tidings
from newsroom.desk import LEASE, Desk
from newsroom.editor import Editor
from storage.articles import get_article, save_article
from storage.database import Database
from storage.entries import NewEntry, claim_entries, close_entry, delete_old_entries
from storage.errors import NotFound
from storage.feeds import Reading, add_feed, get_feed, record_reading
from storage.matches import list_untold_matches
from storage.models import FeedTopic, Term, WordsTopic
from storage.subscriptions import end_subscription, find_subscriptions, subscribe
from summarizer.models import Location
from support.bot import NOW, FakeFetcher, RunsHere, chatting, make_services
from support.following import FERRY, FERRY_AGAIN, MAYOR, Following, news_of

BOT_ID = 5
SLOT = NOW.replace(hour=7, minute=30) + timedelta(days=1)


class NoHolders:
    def chain_of(self, location: Location) -> tuple[int, ...]:
        return ()


async def list_entry(
    database: Database, feed_id: int, title: str, link: str, *, at: datetime = NOW
) -> None:
    reading = Reading(f"Feed {feed_id}", None, None, None)
    async with database.begin() as conn:
        await record_reading(
            conn,
            feed_id,
            reading,
            new=[NewEntry(title, link, None, "", (link,))],
            listed=[],
            read_at=at,
            next_poll_at=at,
        )


async def test_one_story_in_two_feeds_is_told_once_with_both_sources(database: Database) -> None:
    services, following = make_services(database, RunsHere()), Following(database, NOW)
    assert isinstance(services.fetcher, FakeFetcher)
    ferry = await following.follow_topic(WordsTopic((Term("ferry"),)))
    for number, (title, text) in enumerate((FERRY, FERRY_AGAIN), start=1):
        url, link = f"https://feed{number}.example/rss", f"https://feed{number}.example/ferry"
        async with database.begin() as conn:
            feed_id = await add_feed(conn, url, title=f"Feed {number}", added_at=NOW)
            await subscribe(
                conn,
                FeedTopic(url),
                bot_id=BOT_ID,
                chat_id=1,
                feed_id=feed_id,
                schedule=ferry.schedule,
                next_slot_at=SLOT,
                now=NOW,
            )
        services.fetcher.put(link, text)
        await list_entry(database, feed_id, title, link)
    desk = Desk(
        database,
        services.fetcher,
        services.digester,
        NoHolders(),
        tell=Tidings(services).tell_entry,
        on_told=lambda: None,
        now=services.now,
    )
    claim = partial(claim_entries, now=NOW, lease_until=NOW + LEASE, limit=9)
    for entry in await database.write(claim):
        await desk.work(entry)
    async with chatting(database, services=services, bot_id=BOT_ID) as chat:
        (edition,) = await chat.say("/today")
        assert "2 articles, 1 story" in edition.text
        assert "Feed 1 · also in Feed 2" in edition.text
        assert [button.text for row in edition.keyboard for button in row] == ["1"]


async def test_an_edition_that_was_composed_before_a_restart_is_sent_once_after_it(
    database: Database,
) -> None:
    services, following = make_services(database, RunsHere()), Following(database, NOW)
    ferry = await following.follow("ferry")
    await following.match(ferry, news_of(FERRY))
    later = replace(services, now=lambda: SLOT)
    editor = Editor(
        database,
        services.digester,
        Tidings(later),
        on_told=lambda: None,
        now=later.now,
        max_stories=7,
        catch_up=NewsSettings().catch_up,
    )
    await editor.work(ferry)  # and the program ends before anything is sent
    sent = []
    for run in range(2):
        async with chatting(database, services=later, bot_id=BOT_ID) as chat:
            chat.api._update_ids = count(100 * (run + 1))
            await editor.work(await following.get(ferry))
            chat.life.bells.ring("deliveries")
            sent += await chat.answers()
    assert [FERRY[0] in message.text for message in sent] == [True]


async def test_what_is_old_is_forgotten_and_what_may_be_taken_back_is_not(
    database: Database,
) -> None:
    following = Following(database, NOW - KEEP_TOLD - timedelta(days=1))
    news, ended, undone = [await following.follow(words) for words in ("news", "old", "undone")]
    await following.match(news, news_of(FERRY))
    following.now = NOW
    await following.match(news, news_of(FERRY_AGAIN))
    async with database.begin() as conn:
        feed_id = await add_feed(conn, "https://feed.example/rss", added_at=NOW)
        await end_subscription(conn, ended.id, ended_at=NOW - KEEP_ENDED - timedelta(minutes=1))
        await end_subscription(conn, undone.id, ended_at=NOW - timedelta(minutes=9))
    async with chatting(
        database, services=make_services(database, RunsHere()), bot_id=BOT_ID
    ) as chat:
        await forget(chat.services, bot_id=chat.life.inbox.bot_id, rest=let_others_write)
    async with database.read() as conn:
        (match,) = await list_untold_matches(conn, [news.id], limit=9)
        assert match.matched_at == NOW
        left = await find_subscriptions(conn, [news.id, ended.id, undone.id])
        assert [subscription.id for subscription in left] == [news.id, undone.id]
        with pytest.raises(NotFound):
            await get_feed(conn, feed_id)


async def test_an_article_goes_with_its_entry_unless_a_chat_has_to_do_with_it(
    database: Database,
) -> None:
    old = NOW - KEEP_TOLD - timedelta(days=9)
    ids = []
    async with database.begin() as conn:
        feed_id = await add_feed(conn, "https://feed.example/rss", added_at=old)
    for told in (FERRY, MAYOR):
        await list_entry(database, feed_id, told[0], f"https://feed.example/{told[0]}", at=old)
        async with database.begin() as conn:
            article = news_of(told).article
            ids.append(await save_article(conn, article, received_at=old))
            await close_entry(conn, len(ids), "done", article_id=ids[-1])
    following = Following(database, NOW)
    await following.match(await following.follow(), news_of(MAYOR))
    async with database.begin() as conn:
        assert await delete_old_entries(conn, seen_before=NOW, limit=1) == 1
        assert await delete_old_entries(conn, seen_before=NOW, limit=9) == 1
        assert await delete_old_entries(conn, seen_before=NOW, limit=9) == 0
        with pytest.raises(NotFound):
            await get_article(conn, ids[0])
        assert (await get_article(conn, ids[1])).title == MAYOR[0]
