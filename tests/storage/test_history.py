from datetime import UTC, datetime, timedelta

import pytest

from storage.articles import save_article
from storage.chats import Chat, save_chat
from storage.database import Database
from storage.digests import save_digest
from storage.errors import StorageError
from storage.history import (
    Answer,
    HistoryItem,
    find_answer,
    has_digest,
    list_history,
    record_request,
)
from support.builders import make_article, make_digest

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
READER, OTHER = 11, -1001234567890123


async def save_chats(database: Database) -> None:
    async with database.begin() as conn:
        await save_chat(conn, Chat(READER, "private", "Reader", "en", NOW, NOW))
        await save_chat(conn, Chat(OTHER, "supergroup", "Others", None, NOW, NOW))


async def save_titled(database: Database, title: str, source: str | None = None) -> int:
    digest = make_digest(make_article(title=title, source=source))
    async with database.begin() as conn:
        article_id = await save_article(conn, digest.article, received_at=NOW)
        return await save_digest(conn, digest, article_id=article_id, created_at=NOW)


async def request(
    database: Database, digest_id: int, *, chat_id: int = READER, minutes: int = 0
) -> int:
    async with database.begin() as conn:
        return await record_request(
            conn,
            chat_id=chat_id,
            digest_id=digest_id,
            requested_at=NOW + timedelta(minutes=minutes),
        )


async def titles(database: Database, **page: int) -> list[str]:
    async with database.read() as conn:
        items = await list_history(conn, **{"chat_id": READER, "limit": 10, **page})
    return [item.headline for item in items]


async def test_request_is_listed_with_its_messages(database: Database) -> None:
    await save_chats(database)
    digest_id = await save_titled(database, "Port reopens", "Marwick Herald")
    async with database.begin() as conn:
        request_id = await record_request(
            conn,
            chat_id=OTHER,
            digest_id=digest_id,
            thread_id=3,
            request_message_id=40,
            answer_message_id=41,
            requested_at=NOW,
        )
    async with database.read() as conn:
        items = await list_history(conn, chat_id=OTHER, limit=10)
    assert items == (
        HistoryItem(request_id, digest_id, "Port reopens", "Marwick Herald", 3, 41, NOW),
    )


async def test_newest_answer_is_found_by_article_or_address(database: Database) -> None:
    await save_chats(database)
    digest = make_digest(make_article(url="https://a.example/x"))
    async with database.begin() as conn:
        article_id = await save_article(conn, digest.article, received_at=NOW)
        digest_id = await save_digest(conn, digest, article_id=article_id, created_at=NOW)
        for minutes, message_id in ((0, 40), (1, 41), (2, None)):
            await record_request(
                conn,
                chat_id=READER,
                digest_id=digest_id,
                answer_message_id=message_id,
                requested_at=NOW + timedelta(minutes=minutes),
            )
        found = [
            await find_answer(conn, chat_id=chat_id, since=since, **wanted)
            for chat_id, since, wanted in (
                (READER, NOW, {"url": "https://a.example/x"}),
                (READER, NOW, {"article_id": article_id}),
                (READER, NOW, {"url": "https://a.example/y"}),
                (READER, NOW + timedelta(minutes=2), {"article_id": article_id}),
                (OTHER, NOW, {"article_id": article_id}),
            )
        ]
    answer = Answer(digest_id, 41)
    assert found == [answer, answer, None, None, None]


async def test_newest_first_and_by_pages(database: Database) -> None:
    await save_chats(database)
    ids = [
        await request(database, await save_titled(database, title), minutes=minute)
        for minute, title in enumerate(("one", "two", "three"))
    ]
    assert await titles(database) == ["three", "two", "one"]
    assert await titles(database, limit=2) == ["three", "two"]
    assert await titles(database, limit=2, before_id=ids[1]) == ["one"]


async def test_digest_asked_for_again_is_listed_once(database: Database) -> None:
    await save_chats(database)
    first, second = await save_titled(database, "one"), await save_titled(database, "two")
    for digest_id in (first, second, first):
        await request(database, digest_id)
    assert await titles(database) == ["one", "two"]


async def test_chats_do_not_see_each_other(database: Database) -> None:
    await save_chats(database)
    digest_id = await save_titled(database, "secret")
    await request(database, digest_id, chat_id=OTHER)
    assert await titles(database) == []
    assert await titles(database, chat_id=OTHER) == ["secret"]
    async with database.read() as conn:
        assert await has_digest(conn, chat_id=OTHER, digest_id=digest_id)
        assert not await has_digest(conn, chat_id=READER, digest_id=digest_id)


@pytest.mark.parametrize("chat_id", [READER, 12])
async def test_unknown_chat_or_digest_is_refused(database: Database, chat_id: int) -> None:
    await save_chats(database)
    digest_id = 99 if chat_id == READER else await save_titled(database, "one")
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        await request(database, digest_id, chat_id=chat_id)
