from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import texts_following as texts
from bot.context import DeliveryRules, Services
from bot.local_events import MessageSent
from bot.render import DigestLayout
from bot.tidings import Tidings
from newsroom.editor import Editor
from storage.database import Database
from storage.matches import list_untold_matches
from storage.models import Schedule
from storage.subscriptions import Subscription
from support.bot import NOW, Chatting, FakeFeedReader, FakeFetcher, RunsHere, chatting
from support.following import BREAD, FERRY, FERRY_AGAIN, MAYOR, Following, news_of

BOT_ID = 5
TOMORROW = NOW.replace(hour=7, minute=30) + timedelta(days=1)


@pytest.fixture
async def following(database: Database) -> Following:
    return Following(database, NOW)


@pytest.fixture
async def chat(database: Database) -> AsyncIterator[Chatting]:
    services = Services(
        digester=RunsHere(),
        database=database,
        layout=DigestLayout(),
        fetcher=FakeFetcher(),
        feed_reader=FakeFeedReader(),
        delivery=DeliveryRules(max_stories=2),
        now=lambda: NOW,
    )
    async with chatting(database, services=services, bot_id=BOT_ID) as started:
        yield started


async def scheduled(chat: Chatting, subscription: Subscription) -> list[MessageSent]:
    """What the edition of tomorrow tells."""
    editor = Editor(
        chat.services.database,
        chat.services.digester,
        Tidings(chat.services),
        on_told=lambda: None,
        now=lambda: TOMORROW,
        max_stories=7,
        catch_up=timedelta(hours=6),
    )
    seen = len(chat.api.events)
    await editor.work(subscription)
    chat.life.bells.ring("deliveries")
    return await chat.answers(seen)


async def test_all_topics_are_told_in_one_message_and_each_story_once(
    chat: Chatting, following: Following
) -> None:
    ferry, marren = await following.follow("ferry"), await following.follow("marren")
    await following.match(ferry, news_of(FERRY), news_of(MAYOR))
    await following.match(marren, news_of(FERRY))
    (edition,) = await chat.say("/today")
    assert edition.text.startswith("Today · 2 stories\n\n1 · ")
    assert edition.text.count(FERRY[0]) == 1
    assert edition.reply_to == 1


async def test_the_scheduled_edition_does_not_repeat_it_and_goes_on_from_it(
    chat: Chatting, following: Following
) -> None:
    ferry = await following.follow("ferry")
    await following.match(ferry, news_of(FERRY))
    await chat.say("/today")
    await following.match(ferry, news_of(FERRY_AGAIN), news_of(MAYOR))
    (edition,) = await scheduled(chat, ferry)
    assert MAYOR[0] in edition.text
    assert "ferry sail" not in edition.text.lower()


async def test_what_has_no_room_waits_behind_the_button_and_is_lost_by_nobody(
    chat: Chatting, following: Following
) -> None:
    news = await following.follow()
    await following.match(news, *map(news_of, (FERRY, MAYOR, BREAD)))
    (edition,) = await chat.say("/today")
    more = edition.keyboard[-1][0]
    assert more.text == "1 more"
    (rest,), _ = await chat.press(more.data or "", edition.message_id)
    told = edition.text + rest.text
    assert all(title in told for title, _ in (FERRY, MAYOR, BREAD))
    assert await scheduled(chat, news) == []


async def test_words_choose_topics_and_leave_the_others_for_their_editions(
    chat: Chatting, following: Following
) -> None:
    ferry, mayor = await following.follow("ferry"), await following.follow("mayor")
    await following.match(ferry, news_of(FERRY))
    await following.match(mayor, news_of(MAYOR))
    (edition,) = await chat.say("/today FERRY")
    assert edition.text.startswith("ferry · 1 story")
    async with chat.services.database.read() as conn:
        assert len(await list_untold_matches(conn, [mayor.id], limit=9)) == 1


async def test_every_empty_state_has_its_words(chat: Chatting, following: Following) -> None:
    (nothing,) = await chat.say("/today")
    assert nothing.text == texts.NOTHING_FOLLOWED
    await following.follow("feed", Schedule())
    (waits,) = await chat.say("/today")
    assert waits.text == texts.NOTHING_WAITS
    await following.follow("ferry")
    (quiet,) = await chat.say("/today")
    assert quiet.text == (
        "Nothing new since the last edition. The next one: Saturday 19 April, 7:30."
    )
    (unknown,) = await chat.say("/today opera")
    assert unknown.text == texts.no_such_topic("opera")


async def test_news_that_another_edition_tells_meanwhile_are_not_told_again(
    chat: Chatting, following: Following
) -> None:
    ferry = await following.follow("ferry")
    await following.match(ferry, news_of(FERRY))
    first, second = await chat.say("/today"), await chat.say("/today")
    assert [FERRY[0] in message.text for message in (*first, *second)] == [True, False]
