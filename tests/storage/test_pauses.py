from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage.database import Connection, Database
from storage.deliveries import Delivery, enqueue_delivery, find_queued
from storage.pauses import (
    GENERAL_TOPIC,
    WHOLE_CHAT,
    delete_old_topic_pauses,
    hold,
    list_long_paused,
    pause,
    resume,
)
from storage.tables import deliveries, pauses

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
BOT = 5


async def enqueue(conn: Connection, key: str, *, thread_id: int | None = None) -> int:
    delivery = Delivery(1, "sendMessage", {"text": key}, thread_id=thread_id)
    return await enqueue_delivery(conn, delivery, key, bot_id=BOT, created_at=NOW)


async def states(conn: Connection) -> list[str]:
    return list(await conn.scalars(select(deliveries.c.state).order_by(deliveries.c.id)))


@pytest.mark.parametrize(
    ("thread_id", "held"),
    [
        (None, ["paused", "paused", "paused"]),
        (GENERAL_TOPIC, ["paused", "queued", "queued"]),
        (7, ["queued", "paused", "queued"]),
    ],
)
async def test_a_pause_holds_the_chat_or_its_topic(
    database: Database, thread_id: int | None, held: list[str]
) -> None:
    async with database.begin() as conn:
        for key, thread in (("a", None), ("b", 7), ("c", 8)):
            await enqueue(conn, key, thread_id=thread)
        await pause(conn, bot_id=BOT, chat_id=1, thread_id=thread_id, began_at=NOW)
        assert await states(conn) == held
        assert await hold(conn, bot_id=BOT, chat_id=1) == 0


async def test_a_message_that_comes_later_is_known_to_be_held(database: Database) -> None:
    async with database.begin() as conn:
        await pause(conn, bot_id=BOT, chat_id=1, thread_id=7, began_at=NOW)
        held, free = await enqueue(conn, "a", thread_id=7), await enqueue(conn, "b")
        for delivery_id, is_held in ((held, True), (free, False)):
            queued = await find_queued(conn, delivery_id)
            assert queued is not None
            assert queued.is_held is is_held


async def test_pauses_are_of_one_bot(database: Database) -> None:
    async with database.begin() as conn:
        await enqueue(conn, "a")
        await pause(conn, bot_id=6, chat_id=1, thread_id=None, began_at=NOW)
        assert await states(conn) == ["queued"]
        since = NOW - timedelta(days=1)
        assert not await resume(conn, bot_id=BOT, chat_id=1, thread_id=None, since=since)


async def test_what_is_recent_is_queued_again_and_the_rest_given_up(database: Database) -> None:
    async with database.begin() as conn:
        await enqueue(conn, "a")
        await pause(conn, bot_id=BOT, chat_id=1, thread_id=None, began_at=NOW)
        late = NOW + timedelta(seconds=1)
        assert await resume(conn, bot_id=BOT, chat_id=1, thread_id=None, since=late)
        assert await states(conn) == ["failed"]
        await enqueue(conn, "b")
        await pause(conn, bot_id=BOT, chat_id=1, thread_id=None, began_at=NOW)
        assert await resume(conn, bot_id=BOT, chat_id=1, thread_id=None, since=NOW)
        assert await states(conn) == ["failed", "queued"]
        assert list(await conn.scalars(select(deliveries.c.payload))) == [{}, {"text": "b"}]


async def test_a_topic_stays_paused_while_another_is_written_to(database: Database) -> None:
    async with database.begin() as conn:
        for key, thread in (("a", 7), ("b", 8)):
            await enqueue(conn, key, thread_id=thread)
            await pause(conn, bot_id=BOT, chat_id=1, thread_id=thread, began_at=NOW)
        assert await resume(conn, bot_id=BOT, chat_id=1, thread_id=8, since=NOW)
        assert await states(conn) == ["paused", "queued"]


async def test_long_pauses_are_found_and_those_of_topics_forgotten(database: Database) -> None:
    async with database.begin() as conn:
        for chat_id, thread_id, days in ((1, None, 3), (2, None, 1), (3, 7, 3)):
            began = NOW - timedelta(days=days)
            await pause(conn, bot_id=BOT, chat_id=chat_id, thread_id=thread_id, began_at=began)
        await pause(conn, bot_id=BOT, chat_id=1, thread_id=None, began_at=NOW)
        before = NOW - timedelta(days=2)
        found = await list_long_paused(conn, bot_id=BOT, began_before=before, limit=9)
        assert found == (1,)
        await delete_old_topic_pauses(conn, bot_id=BOT, began_before=before)
        assert set(await conn.scalars(select(pauses.c.thread_id))) == {WHOLE_CHAT}
