import asyncio
from typing import Any

import pytest

from bot import texts
from bot.local_chats import LocalChat
from storage.articles import get_article
from support.bot import GROUP, Chatting
from support.digests import FLOOD

FORUM = LocalChat(id=-1_009, type="supergroup", title="Forum", user_id=7, is_forum=True)
TOPIC: dict[str, Any] = {"message_thread_id": 5, "is_topic_message": True}
CHANNEL = {"id": -1_005, "type": "channel", "title": "Delta Courier"}
FORWARDED = {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 70}
LONG = FLOOD + "word " * 120


@pytest.mark.parametrize("command", ["/digest", "/digest@nutgraf_bot", "/DIGEST@Nutgraf_Bot"])
async def test_replied_article_is_digested_in_reply_to_it(chat: Chatting, command: str) -> None:
    article = await chat.api.write(LONG, GROUP)
    (answer,) = await chat.say(command, GROUP, reply_to=article)
    assert (answer.chat_id, answer.reply_to) == (GROUP.id, article)
    assert [digested.text for digested in chat.digester.articles] == [LONG]


@pytest.mark.parametrize(
    "said",
    ["/digest@other_bot", "/digest@nutgraf_bot2", "/digestion", "digest", "//digest"],
)
async def test_what_is_not_for_this_bot_is_ignored(chat: Chatting, said: str) -> None:
    article = await chat.api.write(LONG, GROUP)
    assert await chat.say(said, GROUP, reply_to=article) == []
    assert chat.digester.articles == []


async def test_words_after_the_command_are_digested(chat: Chatting) -> None:
    (answer,) = await chat.say(f"/digest@nutgraf_bot {LONG}", GROUP)
    assert [digested.text for digested in chat.digester.articles] == [LONG.strip()]
    assert answer.chat_id == GROUP.id


@pytest.mark.parametrize(("topic", "thread_id"), [(TOPIC, 5), ({}, None)])
async def test_everything_stays_in_its_topic(
    chat: Chatting, topic: dict[str, Any], thread_id: int | None
) -> None:
    """The general topic has no thread."""
    chat.digester.gate = asyncio.Event()
    typing = asyncio.Event()
    chat.api.on_event = lambda event: typing.set()
    article = await chat.api.write(LONG, FORUM, **topic)
    await chat.api.write("/digest", FORUM, reply_to=article, **topic)
    await typing.wait()
    chat.digester.gate.set()
    (answer,) = await chat.answers()
    assert (answer.thread_id, answer.reply_to) == (thread_id, article)
    assert {action.thread_id for action in chat.actions()} == {thread_id}


async def test_thread_of_replies_in_a_plain_group_is_no_topic(chat: Chatting) -> None:
    article = await chat.api.write(LONG, GROUP)
    (answer,) = await chat.say("/digest", GROUP, reply_to=article, message_thread_id=article)
    assert answer.thread_id is None


async def test_command_in_a_topic_that_replies_to_nothing_gets_a_hint(chat: Chatting) -> None:
    """Clients send such messages as replies to the one that opened the topic."""
    opening = await chat.api.write(
        "", FORUM, **TOPIC, forum_topic_created={"name": "News", "icon_color": 7_322_096}
    )
    (answer,) = await chat.say("/digest", FORUM, reply_to=opening, **TOPIC)
    assert answer.text == texts.DIGEST_NEEDS_REPLY
    assert answer.thread_id == 5


async def test_caption_and_file_are_digested(chat: Chatting) -> None:
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]
    captioned = await chat.api.write("", GROUP, caption=LONG, photo=photo)
    (answer,) = await chat.say("/digest", GROUP, reply_to=captioned)
    assert answer.reply_to == captioned
    attached = await chat.api.attach(LONG.upper().encode(), "a.txt", GROUP)
    (answer,) = await chat.say("/digest", GROUP, reply_to=attached)
    assert answer.reply_to == attached
    assert [digested.text for digested in chat.digester.articles] == [LONG, LONG.upper()]


async def test_own_digest_is_not_digested_again(chat: Chatting) -> None:
    article = await chat.api.write(LONG, GROUP)
    (digest,) = await chat.say("/digest", GROUP, reply_to=article)
    (answer,) = await chat.say("/digest", GROUP, reply_to=digest.message_id)
    assert answer.text == texts.DIGEST_NEEDS_REPLY


@pytest.mark.parametrize(
    "sender",
    [
        {"sender_chat": GROUP.to_dict(), "author_signature": "Admin"},
        {"sender_chat": CHANNEL, "is_automatic_forward": False},
    ],
)
async def test_anonymous_members_are_answered_too(chat: Chatting, sender: dict[str, Any]) -> None:
    article = await chat.api.write(LONG, GROUP)
    (answer,) = await chat.say("/digest", GROUP, reply_to=article, **sender)
    assert answer.reply_to == article


async def source_of(chat: Chatting, article_id: int) -> str | None:
    async with chat.services.database.read() as conn:
        return (await get_article(conn, article_id)).source


async def test_channel_of_a_forward_is_named_as_the_source(chat: Chatting) -> None:
    await chat.say(LONG, forward_origin=FORWARDED)
    assert await source_of(chat, 1) == "Delta Courier"
    (history,) = await chat.say("/history")
    assert "Delta Courier" in history.text


async def test_source_of_a_replied_forward_and_of_a_file_is_named(chat: Chatting) -> None:
    article = await chat.api.write(LONG, GROUP, forward_origin=FORWARDED)
    await chat.say("/digest", GROUP, reply_to=article)
    await chat.attach(LONG.upper().encode(), forward_origin=FORWARDED)
    assert await source_of(chat, 1) == "Delta Courier"
    assert await source_of(chat, 2) == "Delta Courier"


async def test_people_who_are_forwarded_are_not_named(chat: Chatting) -> None:
    user = {"id": 44, "is_bot": False, "first_name": "Zebulon"}
    await chat.say(LONG, forward_origin={"type": "user", "date": 1, "sender_user": user})
    assert await source_of(chat, 1) is None
