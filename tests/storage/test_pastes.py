from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.pastes import (
    PastePart,
    delete_parts,
    list_chats_with_parts,
    list_parts,
    move_deadlines,
    save_part,
)

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
BOT = 5
PART = PastePart(
    chat_id=1,
    sender_id=2,
    thread_id=3,
    message_id=4,
    text="Rain\x00 \ud800",
    origin="chat -1",
    origin_at=NOW,
    source="Delta Courier",
)


async def save(database: Database, *parts: PastePart) -> None:
    async with database.begin() as conn:
        for part in parts:
            await save_part(conn, part, bot_id=BOT, deadline_at=NOW)


async def test_parts_come_back_as_they_were_lowest_id_first(database: Database) -> None:
    later = replace(PART, message_id=9, origin=None, origin_at=None, source=None, thread_id=None)
    await save(database, later, PART, PART)
    async with database.read() as conn:
        found = await list_parts(conn, bot_id=BOT, chat_id=1)
        assert found == ((PART, NOW), (later, NOW))
        assert await list_parts(conn, bot_id=6, chat_id=1) == ()
        assert await list_parts(conn, bot_id=BOT, chat_id=2) == ()


async def test_deadlines_move_for_all_or_for_some(database: Database) -> None:
    other = replace(PART, chat_id=7)
    await save(database, PART, replace(PART, message_id=5), other)
    async with database.begin() as conn:
        await move_deadlines(conn, bot_id=BOT, deadline_at=LATER, chat_id=1, message_ids=(4,))
        assert await list_chats_with_parts(conn, bot_id=BOT) == ((1, NOW), (7, NOW))
        await move_deadlines(conn, bot_id=BOT, deadline_at=LATER)
        assert await list_chats_with_parts(conn, bot_id=BOT) == ((1, LATER), (7, LATER))


async def test_parts_are_taken_once(database: Database) -> None:
    await save(database, PART, replace(PART, message_id=5), replace(PART, message_id=6))
    async with database.begin() as conn:
        assert await delete_parts(conn, (4, 99), bot_id=BOT, chat_id=1) == 1
        assert await delete_parts(conn, (5, 6), bot_id=BOT, chat_id=1) == 2
        assert await list_chats_with_parts(conn, bot_id=BOT) == ()
