import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from bot import texts
from bot.local_chats import LocalChat
from bot.local_events import Event, MessageSent, PressAnswered
from storage.tables import updates
from support.bot import GROUP, Chatting, make_message
from support.digests import FLOOD

LONG = FLOOD + "word " * 120
CHANNEL = {"id": -1_003, "type": "channel", "title": "News"}
COMMAND = {"type": "bot_command", "offset": 0, "length": 6}


async def test_groups_are_left_alone_without_a_command(chat: Chatting) -> None:
    assert await chat.say(LONG, GROUP) == []
    assert await chat.attach(LONG.encode(), "a.txt", GROUP) == []
    assert await chat.say("/digest@other_bot", GROUP) == []
    assert await chat.say("/weather", GROUP) == []
    assert chat.digester.articles == []


async def test_edits_posts_and_service_messages_are_ignored(chat: Chatting) -> None:
    assert await chat.receive(edited_message=make_message(text=LONG)) == []
    assert await chat.receive(edited_message=make_message(text="/start", entities=[COMMAND])) == []
    assert await chat.receive(channel_post=make_message(text=LONG, chat=CHANNEL)) == []
    assert await chat.receive(message=make_message(delete_chat_photo=True)) == []
    assert chat.digester.articles == []


@pytest.mark.parametrize(
    "update",
    [
        {"brand_new_kind": {"id": 1}},
        {},
        {"message": {"message_id": 1}},
        {"poll": {"id": "1"}},
        {"my_chat_member": {"chat": GROUP.to_dict()}},
        {"chat_member": {"chat": GROUP.to_dict(), "new_chat_member": {"status": "new status"}}},
        {"edited_channel_post": make_message(text=LONG, chat=CHANNEL)},
        {"channel_post": make_message(text="/help", entities=[COMMAND], chat=CHANNEL)},
    ],
    ids=lambda update: "+".join(update) or "nothing",
)
async def test_updates_of_odd_kinds_are_done_and_hold_up_nobody(
    chat: Chatting, update: dict[str, Any]
) -> None:
    assert await chat.receive(**update) == []
    (answer,) = await chat.say("/help")
    assert answer.text == texts.HELP
    async with chat.services.database.read() as conn:
        assert "pending" not in set(await conn.scalars(select(updates.c.state)))


def when_answered(chat: Chatting, chat_id: int) -> asyncio.Event:
    """An event that is set by the next message to this chat."""
    answered = asyncio.Event()

    def notice(event: Event) -> None:
        if isinstance(event, MessageSent) and event.chat_id == chat_id:
            answered.set()

    chat.api.on_event = notice
    return answered


async def test_chats_do_not_wait_for_each_other(chat: Chatting) -> None:
    chat.digester.gate = asyncio.Event()
    await chat.api.write(LONG)
    await chat.api.wait_until_fetched()
    answered = when_answered(chat, 2)
    await chat.api.write("/help", LocalChat(id=2, user_id=2))
    await answered.wait()
    chat.digester.gate.set()
    assert len(await chat.answers()) == 2


async def test_a_chat_that_asks_for_very_much_holds_up_nobody(chat: Chatting) -> None:
    chat.digester.gate = asyncio.Event()
    await chat.api.write(LONG)
    for _ in range(300):
        await chat.api.write("/help")
    await chat.api.wait_until_fetched()
    answered = when_answered(chat, 2)
    await chat.api.write("/help", LocalChat(id=2, user_id=2))
    await answered.wait()
    chat.digester.gate.set()
    assert len(await chat.answers()) == 302


async def test_press_does_not_wait_for_the_digest_of_its_chat(chat: Chatting) -> None:
    (start,) = await chat.say("/start")
    chat.digester.gate = asyncio.Event()
    answered = asyncio.Event()
    await chat.api.write(LONG)
    await chat.api.wait_until_fetched()

    def notice(event: Event) -> None:
        if isinstance(event, PressAnswered):
            answered.set()

    chat.api.on_event = notice
    await chat.api.press("9:old", start.message_id)
    await answered.wait()
    chat.digester.gate.set()
    assert len(await chat.answers()) == 2


async def test_digests_of_one_chat_come_in_order_and_commands_do_not_wait_for_them(
    chat: Chatting,
) -> None:
    chat.digester.gate = asyncio.Event()
    answered = when_answered(chat, 1)
    await chat.api.write(LONG)
    await chat.api.write("/help")
    await chat.api.write(FLOOD)
    await answered.wait()
    chat.digester.gate.set()
    assert [sent.reply_to for sent in await chat.answers()] == [2, 1, 3]
