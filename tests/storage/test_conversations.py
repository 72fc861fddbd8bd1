from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage.articles import save_article
from storage.conversations import conversation_id, erase_conversation, erase_conversations
from storage.database import Database, shared_use, sqlite_url
from storage.deliveries import Delivery, enqueue_delivery
from storage.errors import DatabaseUnusable
from storage.inbox import InboxUpdate, save_updates
from storage.jobs import enqueue_job
from storage.models import PersonTopic, Schedule
from storage.offers import save_offer
from storage.pastes import PastePart, save_part
from storage.subscriptions import subscribe
from storage.tables import (
    articles,
    deliveries,
    jobs,
    offers,
    paste_parts,
    subscriptions,
    updates,
)
from support.builders import make_article

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
TABLES = (updates, jobs, paste_parts, deliveries, subscriptions, offers, articles)


async def fill(database: Database, bot_id: int) -> None:
    """A row in every table of the life of a bot, and an article that its job is about."""
    async with database.begin() as conn:
        article = make_article(f"Snow fell for {abs(bot_id)} days.")
        article_id = await save_article(conn, article, received_at=NOW)
        await save_updates(conn, [InboxUpdate(5, {})], bot_id=bot_id, received_at=NOW)
        await save_part(conn, PastePart(1, 1, None, 6, "x"), bot_id=bot_id, deadline_at=NOW)
        await enqueue_job(
            conn,
            "digest",
            "u5",
            bot_id=bot_id,
            chat_id=1,
            article_id=article_id,
            payload={},
            created_at=NOW,
        )
        await enqueue_delivery(
            conn, Delivery(1, "sendMessage", {"text": "x"}), "u5", bot_id=bot_id, created_at=NOW
        )
        topic = PersonTopic("Ilse Tarrow")
        await save_offer(conn, [topic], bot_id=bot_id, chat_id=1, offered_at=NOW)
        await subscribe(
            conn,
            topic,
            bot_id=bot_id,
            chat_id=1,
            schedule=Schedule(),
            next_slot_at=None,
            now=NOW,
        )


async def count(database: Database) -> list[int]:
    async with database.read() as conn:
        return [await conn.scalar(select(func.count()).select_from(t)) or 0 for t in TABLES]


async def test_conversation_that_ends_leaves_nothing_undone(database: Database) -> None:
    own, other = conversation_id(7_000), conversation_id(8_000)
    for bot_id in (own, other):
        await fill(database, bot_id)
    async with database.begin() as conn:
        assert await erase_conversation(conn, own) == 1
        assert await erase_conversation(conn, own) == 0
    assert await count(database) == [1] * len(TABLES)


async def test_only_conversations_that_began_earlier_are_erased(database: Database) -> None:
    telegram = 123_456
    for bot_id in (conversation_id(5_000), conversation_id(7_001), telegram):
        await fill(database, bot_id)
    async with database.begin() as conn:
        await erase_conversations(conn, began_before_ns=7_000)
    assert await count(database) == [2] * len(TABLES)


def test_first_conversation_knows_that_no_other_is_going_on(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "nutgraf.db")
    for _ in range(2):
        with shared_use(url) as is_first, shared_use(url) as is_second:
            assert (is_first, is_second) == (True, False)


def test_conversations_need_a_folder_to_write_in(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnusable), shared_use(sqlite_url(tmp_path / "file" / "n.db")):
        pass


def test_conversation_in_memory_is_alone() -> None:
    with shared_use("sqlite:///:memory:") as is_alone:
        assert is_alone
