from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.chats import Chat, ChatKind, find_chat, save_chat
from storage.database import Database

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
CHAT = Chat(11, "private", "Reader", "en", NOW, NOW)


@pytest.mark.parametrize(
    ("chat_id", "kind"),
    [(11, "private"), (-42, "group"), (-1001234567890123, "supergroup"), (-(2**62), "channel")],
)
async def test_chat_comes_back(database: Database, chat_id: int, kind: ChatKind) -> None:
    chat = Chat(chat_id, kind, "Name \ud800", None, NOW, NOW + timedelta(microseconds=1))
    async with database.begin() as conn:
        assert await save_chat(conn, chat) == chat
    async with database.read() as conn:
        assert await find_chat(conn, chat_id) == chat


async def test_seen_again_keeps_its_first_day(database: Database) -> None:
    later = NOW + timedelta(days=1)
    async with database.begin() as conn:
        await save_chat(conn, CHAT)
        seen = await save_chat(
            conn, Chat(11, "private", "Renamed", "de", created_at=later, last_seen_at=later)
        )
        assert seen == await find_chat(conn, 11)
    assert seen == replace(CHAT, title="Renamed", language_code="de", last_seen_at=later)


async def test_unknown_chat(database: Database) -> None:
    async with database.read() as conn:
        assert await find_chat(conn, 11) is None
