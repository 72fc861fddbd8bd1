from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from bot import texts_following
from bot.context import DeliveryRules, Services
from bot.local_api import PRIVATE_CHAT, LocalChat
from bot.local_events import MessageSent
from bot.newsdesk import NewsSettings
from bot.render import DigestLayout
from bot.tidings import Tidings
from newsroom.editor import Editor
from storage.database import Database
from storage.models import Schedule
from storage.subscriptions import Subscription
from support.bot import NOW, Chatting, FakeFeedReader, FakeFetcher, RunsHere, chatting
from support.following import BREAD, DAILY, FERRY, FERRY_AGAIN, MAYOR, Following, news_of

BOT_ID = 5
SLOT = NOW.replace(hour=7, minute=30) + timedelta(days=1)


def make_services(database: Database, **rules: object) -> Services:
    return Services(
        digester=RunsHere(),
        database=database,
        layout=DigestLayout(),
        fetcher=FakeFetcher(),
        feed_reader=FakeFeedReader(),
        delivery=replace(DeliveryRules(), **rules),  # type: ignore[arg-type]
        now=lambda: NOW,
    )


async def deliver(services: Services, subscription: Subscription) -> None:
    """Let the editor deliver the slot of tomorrow."""
    later = replace(services, now=lambda: SLOT)
    editor = Editor(
        services.database,
        services.digester,
        Tidings(later),
        on_told=lambda: None,
        now=later.now,
        max_stories=services.delivery.max_stories,
        catch_up=NewsSettings().catch_up,
    )
    await editor.work(subscription)


async def edition(chat: Chatting, subscription: Subscription) -> MessageSent:
    seen = len(chat.api.events)
    await deliver(chat.services, subscription)
    chat.life.bells.ring("deliveries")
    (message,) = await chat.answers(seen)
    return message


def buttons(message: MessageSent) -> list[tuple[str, str]]:
    return [(button.text, button.data or "") for row in message.keyboard for button in row]


async def test_the_buttons_of_an_edition_open_stories_and_show_the_others(
    database: Database,
) -> None:
    services = make_services(database, max_stories=2)
    following = Following(database, NOW)
    subscription = await following.follow("harbour")
    await following.match(subscription, *map(news_of, (FERRY, MAYOR, BREAD)))
    async with chatting(database, services=services, bot_id=BOT_ID) as chat:
        message = await edition(chat, subscription)
        assert message.text.startswith("harbour · since yesterday 9:30 · 3 stories\n\n1 · ")
        assert [text for text, _ in buttons(message)] == ["1", "2", "1 more"]
        (_, first), _, (_, more) = buttons(message)
        assert all(len(data.encode()) <= 64 for _, data in buttons(message))
        (story,), _ = await chat.press(first, message.message_id)
        assert story.reply_to == message.message_id
        (rest,), _ = await chat.press(more, message.message_id)
        assert rest.text.startswith("harbour · story 3 of 3\n\n3 · ")
        ((text, third),) = buttons(rest)
        assert text == "3"
    # After a restart, the same buttons.
    async with chatting(database, services=services, bot_id=BOT_ID) as chat:
        chat.api._update_ids = count(100)  # Telegram's go on
        chat.api.forget_message(rest.message_id)
        (last,), _ = await chat.press(third, rest.message_id)
        titles = {title for title, _ in (FERRY, MAYOR, BREAD)}
        assert last.text.splitlines()[0] in titles
        (history,) = await chat.say("/history")
        assert last.text.splitlines()[0] in history.text


async def test_an_edition_of_another_chat_is_not_shown(database: Database) -> None:
    following = Following(database, NOW)
    subscription = await following.follow()
    await following.match(subscription, news_of(FERRY))
    other = LocalChat(id=2, user_id=2)
    async with chatting(database, services=make_services(database), bot_id=BOT_ID) as chat:
        message = await edition(chat, subscription)
        (_, data) = buttons(message)[0]
        (help_message,) = await chat.say("/help", other)
        sent, (answer,) = await chat.press(data, help_message.message_id, other)
    assert (sent, answer.text) == ([], texts_following.EDITION_GONE)


@pytest.mark.parametrize("data", ["1:st:1", "1:st:1:9", "1:mo:zz", "1:mo:1:900"])
async def test_a_button_that_leads_nowhere_says_so(database: Database, data: str) -> None:
    following = Following(database, NOW)
    subscription = await following.follow()
    await following.match(subscription, news_of(FERRY))
    async with chatting(database, services=make_services(database), bot_id=BOT_ID) as chat:
        message = await edition(chat, subscription)
        sent, (answer,) = await chat.press(data, message.message_id)
    assert (sent, answer.text) == ([], texts_following.EDITION_GONE)
    assert len(answer.text) <= 200


@pytest.mark.parametrize(("zone", "silent"), [("UTC", False), ("America/New_York", True)])
async def test_in_quiet_hours_an_edition_comes_without_a_sound(
    database: Database, zone: str, silent: bool
) -> None:
    """The slot is at 7:30 UTC: in New York that is half past three in the night."""
    following = Following(database, NOW)
    clock = SLOT.time() if zone == "UTC" else SLOT.replace(hour=3).time()
    subscription = await following.follow(schedule=Schedule((clock,), zone=zone))
    await following.match(subscription, news_of(FERRY))
    async with chatting(database, services=make_services(database), bot_id=BOT_ID) as chat:
        await edition(chat, subscription)
        (sent,) = chat.api.parameters_of("sendMessage")
    assert bool(sent.get("disable_notification")) is silent


async def test_two_sources_of_one_event_are_one_story_with_both_named(database: Database) -> None:
    following = Following(database, NOW)
    subscription = await following.follow(schedule=DAILY)
    told = (news_of(FERRY, source="Marren Post"), news_of(FERRY_AGAIN, source="Skarholm Times"))
    await following.match(subscription, *told)
    async with chatting(database, services=make_services(database), bot_id=BOT_ID) as chat:
        message = await edition(chat, subscription)
    assert "2 articles, 1 story" in message.text
    assert "Marren Post" in message.text
    assert "Skarholm Times" in message.text
    assert "also in" in message.text
    assert message.chat_id == PRIVATE_CHAT.id
