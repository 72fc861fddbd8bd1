from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import texts
from bot.local_chats import PRIVATE_CHAT, LocalChat
from bot.local_events import MessageSent
from bot.privacy import is_timely, question_time
from newsroom.errors import DigestFailed
from storage.database import Database
from storage.jobs import claim_jobs, enqueue_job, retry_job
from storage.pastes import PastePart, delete_parts, list_parts, save_part
from storage.tables import articles, chats, digest_names, digests, requests
from support.bot import GROUP, NOW, Chatting, chatting

OTHER = LocalChat(id=2, user_id=2)


async def rows(chat: Chatting) -> int:
    async with chat.services.database.read() as conn:
        return sum(
            [
                await conn.scalar(select(func.count()).select_from(table)) or 0
                for table in (articles, digests, requests, chats, digest_names)
            ]
        )


def button(question: MessageSent, label: str) -> str:
    (data,) = (b.data for row in question.keyboard for b in row if b.text == label)
    assert data is not None
    return data


async def test_privacy_says_what_is_kept_where_and_how_long(chat: Chatting) -> None:
    await chat.say("Rain fell on Brăila.")
    (answer,) = await chat.say("/privacy")
    for word in (
        "articles",
        "database",
        "30 days",
        "365 days",
        "7 days more",
        "/export",
        "1 digest.",
    ):
        assert word in answer.text


async def test_everything_is_erased_after_a_question(chat: Chatting) -> None:
    await chat.say("Rain fell on Brăila.")
    (question,) = await chat.say("/delete_me")
    assert "1 digest" in question.text
    assert await rows(chat) == 4
    (answer,), toasts = await chat.press(button(question, texts.ERASE), question.message_id)
    assert answer.text == texts.erased(7)
    assert [toast.text for toast in toasts] == [""]
    assert await rows(chat) == 0
    (history,) = await chat.say("/history")
    assert history.text == texts.HISTORY_EMPTY
    (found,) = await chat.say("/search rain")
    assert found.text == texts.SEARCH_EMPTY


@pytest.mark.parametrize("is_file", [False, True])
async def test_article_that_could_not_be_digested_is_erased_too(
    chat: Chatting, is_file: bool
) -> None:
    chat.digester.errors.append(DigestFailed("died"))
    text = "Rain fell on Brăila."
    await (chat.attach(text.encode()) if is_file else chat.say(text))
    assert await rows(chat) == 2  # the chat and its article
    (question,) = await chat.say("/delete_me")
    await chat.press(button(question, texts.ERASE), question.message_id)
    assert await rows(chat) == 0


async def test_file_that_arrives_after_its_digest_was_cancelled_is_not_kept(
    chat: Chatting,
) -> None:
    arrival = chat.api.hold("getFile")
    await chat.api.attach(b"Rain fell.", "article.txt")
    await arrival.asked.wait()
    await chat.api.write("/cancel")
    await chat.api.wait_until_fetched()
    await chat.application.update_queue.join()
    arrival.open.set()
    (answer,) = await chat.answers()
    assert answer.text == texts.cancelled(0, 1)
    assert await rows(chat) == 1  # the chat


def is_in_files(folder: Path, words: bytes) -> bool:
    return any(words in path.read_bytes() for path in folder.iterdir())


async def test_no_word_of_it_stays_in_the_files(chat: Chatting, tmp_path: Path) -> None:
    await chat.say("Xylquorpa fell on Zweeldam.")
    await chat.say("/search Xylquorpa")
    assert is_in_files(tmp_path, b"ylquorpa")
    (question,) = await chat.say("/delete_me")
    await chat.press(button(question, texts.ERASE), question.message_id)
    assert not is_in_files(tmp_path, b"ylquorpa")


async def test_nothing_is_erased_without_a_yes(chat: Chatting) -> None:
    await chat.say("Rain fell on Brăila.")
    (question,) = await chat.say("/delete_me")
    sent, toasts = await chat.press(button(question, texts.KEEP), question.message_id)
    assert sent == []
    assert [toast.text for toast in toasts] == [texts.KEPT]
    assert await rows(chat) == 4


async def test_what_another_chat_asked_for_stays(chat: Chatting) -> None:
    for who in (PRIVATE_CHAT, OTHER):
        await chat.say("Rain fell on Brăila.", who)
    (question,) = await chat.say("/delete_me")
    await chat.press(button(question, texts.ERASE), question.message_id)
    (found,) = await chat.say("/search rain", OTHER)
    assert "Rain" in found.text


async def test_chat_can_start_anew_after_erasing(chat: Chatting) -> None:
    (question,) = await chat.say("/delete_me")
    await chat.press(button(question, texts.ERASE), question.message_id)
    await chat.say("Rain fell on Brăila.")
    (found,) = await chat.say("/search rain")
    assert "Rain" in found.text


async def test_old_question_erases_nothing(database: Database) -> None:
    now = [NOW]
    async with chatting(database) as plain:
        services = replace(plain.services, now=lambda: now[0])
    async with chatting(database, services=services) as chat:
        await chat.say("Rain fell on Brăila.")
        (question,) = await chat.say("/delete_me")
        now[0] += timedelta(hours=1)
        _, toasts = await chat.press(button(question, texts.ERASE), question.message_id)
        assert [toast.text for toast in toasts] == [texts.BUTTON_OUT_OF_DATE]
        assert await rows(chat) == 4


@pytest.mark.parametrize(
    ("minutes", "holds"), [(0, True), (9, True), (12, False), (-5, False), (600_000, False)]
)
def test_question_holds_for_some_minutes(minutes: int, holds: bool) -> None:
    asked = question_time(NOW)
    assert is_timely(asked, NOW + timedelta(minutes=minutes)) is holds


@pytest.mark.parametrize("asked", ["", "ffffffff", "zz"])
def test_question_of_no_time_is_out_of_date(asked: str) -> None:
    assert not is_timely(asked, datetime(2031, 4, 18, tzinfo=UTC))


@pytest.mark.parametrize("data", ["1:dm:yes", "1:dm:yes:", "1:dm:no:xyz", "1:dm:yes:0", ""])
async def test_made_up_buttons_erase_nothing(chat: Chatting, data: str) -> None:
    await chat.say("Rain fell on Brăila.")
    (question,) = await chat.say("/delete_me")
    sent, toasts = await chat.press(data, question.message_id)
    assert sent == []
    assert [toast.text for toast in toasts] == [texts.BUTTON_OUT_OF_DATE]
    assert await rows(chat) == 4


def member(status: str) -> dict[str, object]:
    user = {"id": GROUP.user_id, "is_bot": False, "first_name": "You"}
    rights = {
        "can_be_edited": False,
        "is_anonymous": False,
        "can_manage_chat": True,
        "can_delete_messages": True,
        "can_manage_video_chats": True,
        "can_restrict_members": True,
        "can_promote_members": True,
        "can_change_info": True,
        "can_invite_users": True,
        "can_post_stories": True,
        "can_edit_stories": True,
        "can_delete_stories": True,
    }
    return {"status": status, "user": user} | (rights if status == "administrator" else {})


@pytest.mark.parametrize(
    ("status", "is_erased"),
    [("creator", True), ("administrator", True), ("member", False), ("left", False)],
)
async def test_only_admins_erase_a_group(chat: Chatting, status: str, is_erased: bool) -> None:
    chat.api.results["getchatmember"] = member(status) | (
        {"is_anonymous": False} if status == "creator" else {}
    )
    await chat.say("/digest Rain fell on Brăila.", GROUP)
    (question,) = await chat.say("/delete_me", GROUP)
    _, toasts = await chat.press(button(question, texts.ERASE), question.message_id, GROUP)
    assert [toast.text for toast in toasts] == ["" if is_erased else texts.ONLY_ADMINS]
    assert (await rows(chat) == 0) is is_erased


async def test_who_cannot_be_looked_up_is_no_admin(chat: Chatting) -> None:
    chat.api.refuse("getChatMember", "user not found")
    (question,) = await chat.say("/delete_me", GROUP)
    _, toasts = await chat.press(button(question, texts.ERASE), question.message_id, GROUP)
    assert [toast.text for toast in toasts] == [texts.ONLY_ADMINS]


async def keep_part(chat: Chatting, message_id: int, sender_id: int, chat_id: int) -> None:
    part = PastePart(chat_id, sender_id, None, message_id, "word " * 500)
    deadline = datetime(9999, 1, 1, tzinfo=UTC)
    await chat.life.closer.is_ready.wait()
    async with chat.services.database.begin() as conn:
        await save_part(conn, part, bot_id=chat.life.inbox.bot_id, deadline_at=deadline)


async def test_nothing_to_cancel_is_said(chat: Chatting) -> None:
    for place in (PRIVATE_CHAT, GROUP):
        (answer,) = await chat.say("/cancel", place)
        assert answer.text == "There is nothing to cancel."


async def test_pending_paste_is_dropped(chat: Chatting) -> None:
    for message_id in (500, 502):
        await keep_part(chat, message_id, 1, 1)
    (answer,) = await chat.say("/cancel")
    assert answer.text == "Dropped: 2 parts of a paste."
    assert chat.digester.articles == []


async def test_paste_of_another_member_stays(chat: Chatting) -> None:
    bot_id = chat.life.inbox.bot_id
    await keep_part(chat, 500, GROUP.user_id, GROUP.id)
    await keep_part(chat, 501, 99, GROUP.id)
    seen = len(chat.api.events)
    await chat.api.write("/cancel", GROUP)
    await chat.api.wait_until_fetched()
    await chat.application.update_queue.join()
    async with chat.services.database.begin() as conn:
        left = await list_parts(conn, bot_id=bot_id, chat_id=GROUP.id)
        assert [part.message_id for part, _ in left] == [501]
        await delete_parts(conn, (501,), bot_id=bot_id, chat_id=GROUP.id)
    chat.life.bells.ring()
    (answer,) = await chat.answers(seen)
    assert answer.text == "Dropped: 1 part of a paste."


async def test_digest_that_is_not_made_yet_is_dropped(chat: Chatting) -> None:
    bot_id = chat.life.inbox.bot_id
    async with chat.services.database.begin() as conn:
        await enqueue_job(
            conn,
            "digest",
            "later",
            bot_id=bot_id,
            chat_id=PRIVATE_CHAT.id,
            payload={},
            created_at=NOW,
        )
        (job,) = await claim_jobs(conn, bot_id=bot_id, now=NOW, lease_until=NOW, limit=1)
        await retry_job(conn, job.id, not_before=NOW + timedelta(minutes=5))
    (answer,) = await chat.say("/cancel")
    assert answer.text == "Dropped: 1 digest not made yet."
