"""Chats that shut the bot out, let it in again, or get another id."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import texts
from bot.local_api import BOT
from bot.local_chats import PRIVATE_CHAT, LocalChat
from bot.local_checks import RequestRefused
from storage.database import Database
from storage.history import list_history
from storage.tables import deliveries, jobs, metadata, pauses
from support.bot import GROUP, NOW, Chatting, chatting, make_message
from support.digests import FLOOD

BLOCKED = RequestRefused(403, "Forbidden: bot was blocked by the user")
KICKED = RequestRefused(403, "Forbidden: bot was kicked from the supergroup chat")
NO_TEXT = "not enough rights to send text messages to the chat"
NO_PHOTO = "not enough rights to send photos to the chat"
ASKER = LocalChat(id=GROUP.user_id, user_id=GROUP.user_id)
OLD = LocalChat(id=-77, type="group", title="Newsroom", user_id=7)
NEW = LocalChat(id=-1_077, type="supergroup", title="Newsroom", user_id=7)
MOVED = RequestRefused(
    400,
    "Bad Request: group chat was upgraded to a supergroup chat",
    migrate_to_chat_id=NEW.id,
)
FORUM = LocalChat(id=-1_009, type="supergroup", title="Forum", user_id=7, is_forum=True)
LONG = FLOOD + "word " * 120
RIGHTS = dict.fromkeys(
    (
        "can_send_audios",
        "can_send_documents",
        "can_send_photos",
        "can_send_videos",
        "can_send_video_notes",
        "can_send_voice_notes",
        "can_send_polls",
        "can_send_other_messages",
        "can_add_web_page_previews",
        "can_change_info",
        "can_invite_users",
        "can_pin_messages",
        "can_manage_topics",
        "can_react_to_messages",
        "can_edit_tag",
    ),
    False,
)


def member(status: str, **fields: Any) -> dict[str, Any]:
    ended = {"until_date": 0} if status in ("kicked", "restricted") else {}
    return {"status": status, "user": BOT, **ended, **fields}


async def change_membership(chat: Chatting, of: LocalChat, new: dict[str, Any]) -> None:
    person = {"id": of.user_id, "is_bot": False, "first_name": "You"}
    changed = {"chat": of.to_dict(), "from": person, "date": 1, "old_chat_member": member("left")}
    await chat.receive(my_chat_member=changed | {"new_chat_member": new})


async def states(chat: Chatting) -> list[str]:
    async with chat.services.database.read() as conn:
        return list(await conn.scalars(select(deliveries.c.state).order_by(deliveries.c.id)))


async def paused(chat: Chatting) -> list[tuple[int, int]]:
    async with chat.services.database.read() as conn:
        rows = await conn.execute(select(pauses.c.chat_id, pauses.c.thread_id))
        return [tuple(row) for row in rows]


async def in_topic(chat: Chatting, thread_id: int, text: str = "/help@nutgraf_bot") -> list[str]:
    fields = {"message_thread_id": thread_id, "is_topic_message": True}
    return [answer.text for answer in await chat.say(text, FORUM, **fields)]


async def test_chat_that_blocked_the_bot_gets_what_waited_when_it_writes(chat: Chatting) -> None:
    chat.digester.gate = asyncio.Event()
    for number in range(3):
        await chat.api.write(f"Rain fell for {number} days.")
    await chat.api.wait_until_fetched()
    chat.api.refuse("sendMessage", BLOCKED)
    chat.digester.gate.set()
    assert await chat.answers() == []
    assert len(chat.api.parameters_of("sendMessage")) == 1
    assert await states(chat) == ["paused"] * 3
    answers = await chat.say("/start")
    assert [answer.reply_to for answer in answers] == [1, 2, 3, 4]
    assert answers[-1].text == texts.START


async def test_unblocking_alone_lets_waiting_messages_through(chat: Chatting) -> None:
    chat.api.refuse("sendMessage", BLOCKED)
    assert await chat.say("/help") == []
    await change_membership(chat, PRIVATE_CHAT, member("kicked"))
    assert await states(chat) == ["paused"]
    await change_membership(chat, PRIVATE_CHAT, member("member"))
    assert await states(chat) == ["sent"]
    assert await paused(chat) == []


async def test_nothing_is_sent_to_a_chat_that_was_left(chat: Chatting) -> None:
    chat.digester.gate = asyncio.Event()
    article = await chat.api.write(LONG, GROUP)
    await chat.api.write("/digest", GROUP, reply_to=article)
    await chat.digester.started.acquire()
    await chat.api.add_update(
        {
            "my_chat_member": {
                "chat": GROUP.to_dict(),
                "from": {"id": 7, "is_bot": False, "first_name": "You"},
                "date": 1,
                "old_chat_member": member("member"),
                "new_chat_member": member("kicked"),
            }
        }
    )
    await chat.api.wait_until_fetched()
    await chat.application.update_queue.join()
    chat.digester.gate.set()
    assert await chat.answers() == []
    assert chat.api.parameters_of("sendMessage") == []
    await change_membership(chat, GROUP, member("member"))
    (digest,) = await chat.answers()
    assert digest.reply_to == article


async def test_message_that_tells_of_leaving_does_not_resume_the_chat(chat: Chatting) -> None:
    await change_membership(chat, GROUP, member("kicked"))
    message = make_message(chat=GROUP.to_dict(), left_chat_member=BOT)
    await chat.receive(message=message)
    assert await paused(chat) == [(GROUP.id, 0)]


@pytest.mark.parametrize(
    ("new", "is_paused"),
    [
        (member("left"), True),
        (member("member"), False),
        (member("restricted", is_member=True, can_send_messages=False, **RIGHTS), True),
        (member("restricted", is_member=True, can_send_messages=True, **RIGHTS), False),
        (member("restricted", is_member=False, can_send_messages=True, **RIGHTS), True),
    ],
)
async def test_standing_follows_the_rights_of_the_bot(
    chat: Chatting, new: dict[str, Any], is_paused: bool
) -> None:
    await change_membership(chat, GROUP, new)
    assert await paused(chat) == [(GROUP.id, 0)] * is_paused


async def test_what_waited_for_over_a_day_is_given_up(database: Database, chat: Chatting) -> None:
    clock = [NOW]
    services = replace(chat.services, now=lambda: clock[0])
    async with chatting(database, services=services, bot_id=7) as later:
        later.api.refuse("sendMessage", BLOCKED)
        await later.say("/help")
        clock[0] += timedelta(days=2)
        (answer,) = await later.say("/start")
        assert answer.text == texts.START
        assert await states(later) == ["failed", "sent"]


async def test_history_is_there_when_a_chat_comes_back(chat: Chatting) -> None:
    await chat.say(LONG)
    chat.api.refuse("sendMessage", BLOCKED)
    await chat.say("/help")
    *_, history = await chat.say("/history")
    assert history.text.startswith(texts.HISTORY_TITLE)


@pytest.mark.parametrize("words", ["chat not found", "group chat was deactivated"])
async def test_chat_that_is_gone_is_paused(chat: Chatting, words: str) -> None:
    chat.api.refuse("sendMessage", words)
    assert await chat.say("/help", GROUP) == []
    assert await states(chat) == ["paused"]


# Rights


async def test_who_asked_is_told_once_that_the_bot_may_not_write(chat: Chatting) -> None:
    await chat.say("/start", ASKER)
    await chat.say(LONG, GROUP)
    chat.api.refuse("sendMessage", NO_TEXT)
    (told,) = await chat.say("/help@nutgraf_bot", GROUP)
    assert (told.chat_id, told.text) == (ASKER.id, texts.no_right_to_write(None))
    chat.api.refuse("sendMessage", NO_TEXT)
    assert await chat.say("/history@nutgraf_bot", GROUP) == []
    answers = await chat.say("/help@nutgraf_bot", GROUP)
    assert [answer.chat_id for answer in answers] == [GROUP.id] * 3


async def test_who_asked_for_a_digest_is_told_too(chat: Chatting) -> None:
    await chat.say("/start", ASKER)
    chat.api.refuse("sendMessage", NO_TEXT)
    (told,) = await chat.say(f"/digest@nutgraf_bot {LONG}", GROUP)
    assert (told.chat_id, told.text) == (ASKER.id, texts.no_right_to_write("Newsroom"))


async def test_who_cannot_be_told_holds_up_nothing(chat: Chatting) -> None:
    chat.api.refuse("sendMessage", NO_TEXT, BLOCKED)
    assert await chat.say("/help@nutgraf_bot", GROUP) == []
    assert sorted(await paused(chat)) == [(GROUP.id, 0), (ASKER.id, 0)]


async def test_missing_right_to_send_pictures_is_told_once(chat: Chatting) -> None:
    bot_id = chat.life.inbox.bot_id
    await chat.say("/help", GROUP)
    for number in range(2):
        chat.api.refuse("sendVenue", NO_PHOTO)
        async with chat.services.database.begin() as conn:
            await conn.execute(
                deliveries.insert().values(
                    bot_id=bot_id,
                    chat_id=GROUP.id,
                    method="sendVenue",
                    payload={"latitude": 1, "longitude": 1, "title": "A", "address": "B"},
                    key=f"venue{number}",
                    state="queued",
                    attempts=0,
                    not_before_at=NOW,
                    created_at=NOW,
                )
            )
        chat.life.bells.ring("deliveries")
        await chat.answers()
    assert [sent["text"] for sent in chat.api.parameters_of("sendMessage")] == [
        texts.HELP,
        texts.NO_RIGHT_TO_SEND_THAT,
    ]
    assert await paused(chat) == []


# Topics


@pytest.mark.parametrize("words", ["TOPIC_CLOSED", "TOPIC_DELETED", "message thread not found"])
async def test_closed_topic_pauses_itself_alone(chat: Chatting, words: str) -> None:
    chat.api.refuse("sendMessage", words)
    assert await in_topic(chat, 5) == []
    assert await paused(chat) == [(FORUM.id, 5)]
    assert await in_topic(chat, 6) == [texts.HELP]
    assert len(await chat.say("/help", FORUM)) == 1
    assert await states(chat) == ["paused", "sent", "sent"]


async def test_topic_goes_on_when_it_is_reopened(chat: Chatting) -> None:
    topic = {"message_thread_id": 5, "is_topic_message": True}
    chat.api.refuse("sendMessage", "TOPIC_CLOSED")
    await in_topic(chat, 5)
    closed = make_message(chat=FORUM.to_dict(), forum_topic_closed={}, **topic)
    assert await chat.receive(message=closed) == []
    opened = make_message(chat=FORUM.to_dict(), forum_topic_reopened={}, **topic)
    (answer,) = await chat.receive(message=opened)
    assert (answer.text, answer.thread_id) == (texts.HELP, 5)


async def test_general_topic_can_be_closed_too(chat: Chatting) -> None:
    chat.api.refuse("sendMessage", "TOPIC_CLOSED")
    assert await chat.say("/help", FORUM) == []
    assert await paused(chat) == [(FORUM.id, 1)]
    assert await in_topic(chat, 6) == [texts.HELP]
    assert len(await chat.say("/help", FORUM)) == 2


# Migration


async def chat_ids(chat: Chatting) -> set[int]:
    """The chats that any row belongs to."""
    async with chat.services.database.read() as conn:
        return {
            found
            for table in metadata.sorted_tables
            if "chat_id" in table.c
            for found in await conn.scalars(select(table.c.chat_id))
        }


async def test_refused_message_moves_its_chat(chat: Chatting) -> None:
    await chat.say(f"/digest {LONG}", OLD)
    await chat.api.write("/start", NEW)  # so that it is known here
    await chat.answers()
    chat.api.refuse("sendMessage", MOVED)
    (answer,) = await chat.say("/help", OLD)
    assert (answer.chat_id, answer.reply_to) == (NEW.id, None)
    assert await chat_ids(chat) == {NEW.id}
    async with chat.services.database.read() as conn:
        (item,) = await list_history(conn, chat_id=NEW.id, limit=5)
    assert item.answer_message_id is None


@pytest.mark.parametrize(
    "order", [("to",), ("from",), ("to", "from"), ("from", "to"), ("to", "from", "to", "from")]
)
async def test_service_messages_move_the_chat_once(chat: Chatting, order: tuple[str, ...]) -> None:
    await chat.say(f"/digest {LONG}", OLD)
    of = {
        "to": {"chat": OLD.to_dict(), "migrate_to_chat_id": NEW.id},
        "from": {"chat": NEW.to_dict(), "migrate_from_chat_id": OLD.id},
    }
    for direction in order:
        assert await chat.receive(message=make_message(**of[direction])) == []
    assert await chat_ids(chat) == {NEW.id}
    (history,) = await chat.say("/history", NEW)
    assert history.text.startswith(texts.HISTORY_TITLE)


async def test_digest_that_is_being_made_goes_to_the_new_chat_once(chat: Chatting) -> None:
    await chat.say("/start", NEW)
    chat.digester.gate = asyncio.Event()
    seen = len(chat.api.events)
    await chat.api.write(f"/digest {LONG}", OLD)
    await chat.digester.started.acquire()
    moved = make_message(chat=OLD.to_dict(), migrate_to_chat_id=NEW.id)
    await chat.api.add_update({"message": moved})
    await chat.api.wait_until_fetched()
    await chat.application.update_queue.join()
    chat.digester.gate.set()
    (answer,) = await chat.answers(seen)
    assert (answer.chat_id, answer.reply_to) == (NEW.id, None)
    async with chat.services.database.read() as conn:
        assert set(await conn.scalars(select(jobs.c.state))) == {"done"}


async def test_messages_that_waited_for_the_old_chat_go_to_the_new_one(chat: Chatting) -> None:
    await chat.say("/start", NEW)
    chat.api.refuse("sendMessage", KICKED)
    assert await chat.say("/help", OLD) == []
    moved = make_message(chat=OLD.to_dict(), migrate_to_chat_id=NEW.id)
    (answer,) = await chat.receive(message=moved)
    assert (answer.chat_id, answer.text) == (NEW.id, texts.HELP)
