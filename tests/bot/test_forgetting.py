from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import forgetting, texts
from bot.context import Retention, Services
from bot.forgetting import erase_chat, forget
from bot.local_chats import PRIVATE_CHAT
from bot.local_checks import RequestRefused
from storage.access import admit_chat, is_admitted
from storage.chats import find_chat
from storage.database import Database
from storage.pauses import pause
from storage.tables import articles, deliveries, jobs, pauses, updates
from summarizer.models import Location, Span
from support.bot import NOW, Chatting, FakeDigester, chatting
from support.digests import FLOOD
from support.history import add_request

LONG = FLOOD + "\n" + "word " * 120
BLOCKED = RequestRefused(403, "Forbidden: bot was blocked by the user")
BERGEN = Location("Bergen", "city", "NO", 60.39, 5.32, None, True, 1.0, (Span(0, 2),))


def later(services: Services, *, days: float) -> Services:
    return replace(services, now=lambda: NOW + timedelta(days=days))


async def no_rest() -> None:
    """Nobody else is there to write."""


async def forget_after(chat: Chatting, days: float) -> None:
    services = later(chat.services, days=days)
    await forget(services, bot_id=chat.life.inbox.bot_id, rest=no_rest)


async def press(chat: Chatting, data: str, message_id: int) -> list[str]:
    _, answered = await chat.press(data, message_id)
    return [answer.text for answer in answered]


async def test_finished_rows_are_forgotten_after_two_days(chat: Chatting) -> None:
    await chat.say(LONG)
    for days, left in ((1.9, 1), (2.1, 0)):
        await forget_after(chat, days)
        async with chat.services.database.read() as conn:
            for table in (updates, jobs, deliveries):
                assert len((await conn.execute(select(table))).all()) == left
    (history,) = await chat.say("/history")
    assert history.text.startswith(texts.HISTORY_TITLE)


async def test_text_goes_first_and_its_digest_later(database: Database) -> None:
    async with chatting(database, digester=FakeDigester(locations=(BERGEN,))) as chat:
        (digest,) = await chat.say(LONG)
        data = digest.keyboard[0][0].data or ""
        await forget_after(chat, 31)
        async with database.read() as conn:
            assert list(await conn.scalars(select(articles.c.text))) == [""]
        assert await press(chat, data, digest.message_id) == [""]  # the map needs no text
        (history,) = await chat.say("/history")
        assert history.text.startswith(texts.HISTORY_TITLE)
        (found,) = await chat.say("/search flood")
        assert found.text == texts.SEARCH_EMPTY
        await forget_after(chat, 366)
        assert await press(chat, data, digest.message_id) == [texts.DIGEST_GONE]
        (history,) = await chat.say("/history")
        assert history.text == texts.HISTORY_EMPTY


async def test_text_whose_row_was_emptied_is_digested_anew(chat: Chatting) -> None:
    (first,) = await chat.say(LONG)
    await forget_after(chat, 31)
    (again,) = await chat.say(LONG)
    assert again.text == first.text
    assert [article.text for article in chat.digester.articles] == [LONG, LONG]


@pytest.mark.parametrize(
    ("retention", "days", "is_there"),
    [(Retention(400, 10), 9, True), (Retention(400, 10), 11, False), (Retention(2, 9), 8, True)],
)
async def test_days_are_those_of_the_configuration(
    chat: Chatting, retention: Retention, days: float, is_there: bool
) -> None:
    await chat.say(LONG)
    services = later(replace(chat.services, retention=retention), days=days)
    await forget(services, bot_id=chat.life.inbox.bot_id, rest=no_rest)
    (history,) = await chat.say("/history")
    assert (history.text != texts.HISTORY_EMPTY) is is_there


async def test_chat_that_shut_the_bot_out_is_erased_after_thirty_days(chat: Chatting) -> None:
    await chat.say(LONG)
    chat.api.refuse("sendMessage", BLOCKED)
    await chat.say("/help")
    async with chat.services.database.begin() as conn:
        await admit_chat(conn, chat_id=PRIVATE_CHAT.id, admitted_at=NOW)
    for days, is_kept in ((29.9, True), (30.1, False)):
        await forget_after(chat, days)
        async with chat.services.database.read() as conn:
            assert (await find_chat(conn, PRIVATE_CHAT.id) is not None) is is_kept
            assert await is_admitted(conn, chat_id=PRIVATE_CHAT.id) is is_kept
            assert len((await conn.execute(select(articles))).all()) == is_kept
            assert len((await conn.execute(select(pauses))).all()) == is_kept


async def test_pause_of_another_bot_erases_nothing(chat: Chatting) -> None:
    await chat.say(LONG)
    async with chat.services.database.begin() as conn:
        await pause(conn, bot_id=99, chat_id=1, thread_id=None, began_at=NOW)
    await forget_after(chat, 31)
    async with chat.services.database.read() as conn:
        assert await find_chat(conn, PRIVATE_CHAT.id) is not None


async def test_much_is_forgotten_with_breaks_in_between(
    chat: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    async with chat.services.database.begin() as conn:
        for number in range(5):
            await add_request(conn, chat_id=1, requested_at=NOW, text=f"Rain {number}.")
    rests: list[int] = []

    async def rest() -> None:
        async with chat.services.database.read() as conn:
            rests.append(len((await conn.execute(select(articles))).all()))

    await forget(later(chat.services, days=400), bot_id=1, rest=rest)
    assert rests[:2] == [3, 1]
    async with chat.services.database.read() as conn:
        assert (await conn.execute(select(articles))).all() == []


async def test_chat_with_much_is_erased_in_many_transactions(
    chat: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    async with chat.services.database.begin() as conn:
        for number in range(5):
            await add_request(conn, chat_id=1, requested_at=NOW, text=f"Rain {number}.")
        await add_request(conn, chat_id=2, requested_at=NOW, text="Rain 4.")
    rests = 0

    async def rest() -> None:
        nonlocal rests
        rests += 1

    await erase_chat(chat.services.database, 1, rest=rest)
    assert rests >= 2
    async with chat.services.database.read() as conn:
        assert list(await conn.scalars(select(articles.c.text))) == ["Rain 4."]
        assert await find_chat(conn, 1) is None
